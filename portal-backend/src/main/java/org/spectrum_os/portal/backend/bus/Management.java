// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.bus;

import static java.lang.System.Logger.Level.WARNING;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.freedesktop.dbus.types.Variant;
import org.spectrum_os.portal.backend.agent.LinkException;
import org.spectrum_os.portal.backend.lease.HostEntries;
import org.spectrum_os.portal.backend.lease.HostEntry;
import org.spectrum_os.portal.backend.lease.KeyLoan;
import org.spectrum_os.portal.backend.lease.LeaseTable;
import org.spectrum_os.portal.backend.lease.UsbLoan;
import org.spectrum_os.portal.backend.policy.Policy;
import org.spectrum_os.portal.backend.policy.PolicyException;
import org.spectrum_os.portal.backend.policy.PolicyProblem;
import org.spectrum_os.portal.backend.usb.UsbDesk;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.BusException;
import org.spectrum_os.portal.dbus.DBusErrorException;
import org.spectrum_os.portal.dbus.ErrorNames;
import org.spectrum_os.portal.dbus.MethodCall;
import org.spectrum_os.portal.dbus.Reply;
import org.spectrum_os.portal.dbus.Variants;
import org.spectrum_os.portal.dbus.iface.Management1;
import org.spectrum_os.portal.store.End;
import org.spectrum_os.portal.store.EndReason;
import org.spectrum_os.portal.store.lease.Lease;
import org.spectrum_os.portal.store.lease.Resource;

/** {@code org.spectrum_os.Portal.Management1}: what is running, what is lent, taking it back, ending a block, reading the
 * policy again, and USB devices. */
public final class Management implements LeaseTable.Listener {
    public static final String BUS_NAME = "org.spectrum_os.Portal";
    public static final String PATH = "/org/spectrum_os/Portal";
    static final long VERSION = 1;
    private static final System.Logger LOG = System.getLogger(Management.class.getName());

    private final BusConnection bus;
    private final Overview overview;
    private final LeaseTable leases;
    private final Predicate<String> unblock;
    private final Reloading policy;
    private final UsbCalls usb;

    /** What the rest of the backend knows of the instances. */
    public interface Overview {
        List<InstanceState> instances();
    }

    /** Puts the policy file, as it is now, in force. */
    public interface Reloading {
        Policy reload() throws PolicyException, LinkException;
    }

    /**
     * One instance as it is now.
     *
     * @param link    how it reaches the host, in words
     * @param linked  whether its agent has a link
     * @param mounted whether it has its lent files mounted, which says that it runs
     * @param serving whether it serves files of its own to other instances
     * @param blocked whether the user blocked it
     * @param files   the policy's rule for files
     * @param leases  how many it holds
     */
    public record InstanceState(
            String name,
            String colour,
            String link,
            boolean linked,
            boolean mounted,
            boolean serving,
            boolean blocked,
            String files,
            int leases) {}

    /**
     * What {@link ManagementWhenReady} answers with, at {@link #PATH}.
     *
     * @param unblock ends the block of an instance; false if there was none
     */
    public Management(
            BusConnection bus,
            Overview overview,
            LeaseTable leases,
            Predicate<String> unblock,
            Reloading policy,
            UsbDesk devices) {
        this.bus = bus;
        this.overview = overview;
        this.leases = leases;
        this.unblock = unblock;
        this.policy = policy;
        this.usb = new UsbCalls(devices, leases);
    }

    /** Answers one call; it may block. */
    Reply handle(MethodCall call) throws DBusErrorException {
        return switch (Management1.Call.of(call)) {
            case Management1.ListInstances list ->
                Reply.of(
                        Management1.ListInstances.REPLY_SIGNATURE,
                        overview.instances().stream()
                                .map(Management::dictionary)
                                .toList());
            case Management1.ListLeases list ->
                Reply.of(
                        Management1.ListLeases.REPLY_SIGNATURE,
                        leases.list().stream().map(Management::dictionary).toList());
            case Management1.Revoke(String name) -> {
                if (leases.end(name, EndReason.REVOKED).isEmpty()) {
                    throw new DBusErrorException(
                            ErrorNames.PORTAL_NOT_FOUND, "There is no lease of this name; it may have ended already");
                }
                yield Reply.empty();
            }
            case Management1.Unblock(String instance) -> {
                if (!unblock.test(instance)) {
                    throw new DBusErrorException(
                            ErrorNames.PORTAL_NOT_FOUND,
                            "Nothing of this name is blocked; \"spectrum-portal instances\" shows what is");
                }
                yield Reply.empty();
            }
            case Management1.ReloadPolicy reload -> reload();
            case Management1.UsbDevices all -> usb.devices();
            case Management1.UsbAttach attach -> usb.attach(attach);
            case Management1.UsbDetach(String device) -> usb.detach(device);
        };
    }

    private Reply reload() {
        int instances = 0;
        List<PolicyProblem> problems = List.of();
        try {
            instances = policy.reload().instances().size();
        } catch (PolicyException e) {
            problems = e.problems();
        } catch (LinkException e) {
            problems = String.valueOf(e.getMessage())
                    .lines()
                    .map(line -> new PolicyProblem(0, 0, line))
                    .toList();
        }
        return Reply.of(
                Management1.ReloadPolicy.REPLY_SIGNATURE,
                instances,
                problems.stream().map(Management::dictionary).toList());
    }

    private static Map<String, Variant<?>> dictionary(PolicyProblem problem) {
        var fields = new LinkedHashMap<String, Variant<?>>();
        fields.put("line", Variants.of("u", problem.line()));
        fields.put("column", Variants.of("u", problem.column()));
        fields.put("message", Variants.of("s", problem.message()));
        return fields;
    }

    private static Map<String, Variant<?>> dictionary(InstanceState instance) {
        var fields = new LinkedHashMap<String, Variant<?>>();
        fields.put("name", Variants.of("s", instance.name()));
        fields.put("colour", Variants.of("s", instance.colour()));
        fields.put("link", Variants.of("s", instance.link()));
        fields.put("linked", Variants.of("b", instance.linked()));
        fields.put("mounted", Variants.of("b", instance.mounted()));
        fields.put("serving", Variants.of("b", instance.serving()));
        fields.put("blocked", Variants.of("b", instance.blocked()));
        fields.put("files", Variants.of("s", instance.files()));
        fields.put("leases", Variants.of("u", instance.leases()));
        return fields;
    }

    private static Map<String, Variant<?>> dictionary(Lease lease) {
        var fields = new LinkedHashMap<String, Variant<?>>();
        fields.put("lease", Variants.of("s", lease.name()));
        fields.put("instance", Variants.of("s", lease.owner()));
        fields.put("resource", Variants.of("s", lease.resource().name()));
        HostEntries.of(lease.resource()).ifPresent(what -> {
            fields.put("kind", Variants.of("s", what.main().kind() == HostEntry.Kind.DIRECTORY ? "directory" : "file"));
            fields.put(
                    "companions",
                    Variants.of(
                            "as",
                            what.companions().stream().map(HostEntry::name).toList()));
        });
        KeyLoan.of(lease.resource()).ifPresent(what -> {
            fields.put("kind", Variants.of("s", "key"));
            fields.put("seen", Variants.of("b", what.seen()));
        });
        UsbLoan.of(lease.resource()).ifPresent(what -> {
            fields.put("kind", Variants.of("s", Resource.USB));
            fields.put("name", Variants.of("s", what.name()));
            fields.put("numbers", Variants.of("s", what.device().numbers()));
            fields.put("shared", Variants.of("b", what.shared()));
        });
        fields.put("access", Variants.of("s", String.join(",", lease.access())));
        fields.put("reason", Variants.of("s", lease.reason()));
        fields.put("end", Variants.of("s", lease.end().word()));
        if (lease.end() instanceof End.At(var when)) {
            fields.put("until", Variants.of("s", when.toString()));
        }
        if (lease.end() instanceof End.Uses(var most)) {
            fields.put("uses-left", Variants.of("t", Math.max(0, most - lease.uses())));
        }
        fields.put("uses", Variants.of("t", lease.uses()));
        fields.put("created", Variants.of("s", lease.created().toString()));
        return fields;
    }

    @Override
    public void granted(Lease lease) {
        emit(Management1.LeaseAdded.MEMBER, Management1.LeaseAdded.SIGNATURE, dictionary(lease));
    }

    @Override
    public void ended(Lease lease, EndReason why) {
        emit(Management1.LeaseEnded.MEMBER, Management1.LeaseEnded.SIGNATURE, lease.name(), why.toString());
    }

    private void emit(String member, String signature, Object... arguments) {
        try {
            bus.emit(null, PATH, Management1.NAME, member, signature, arguments);
        } catch (BusException e) {
            LOG.log(WARNING, "nobody hears {0}: {1}", member, e.getMessage());
        }
    }
}
