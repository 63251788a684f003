// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.bus;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.freedesktop.dbus.types.Variant;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.lease.LeaseTable;
import org.spectrum_os.portal.backend.usb.DeviceChoice;
import org.spectrum_os.portal.backend.usb.UsbDesk;
import org.spectrum_os.portal.consent.contract.ClaimedText;
import org.spectrum_os.portal.consent.contract.DeviceQuestion;
import org.spectrum_os.portal.dbus.DBusErrorException;
import org.spectrum_os.portal.dbus.ErrorNames;
import org.spectrum_os.portal.dbus.Reply;
import org.spectrum_os.portal.dbus.Variants;
import org.spectrum_os.portal.dbus.iface.Management1;
import org.spectrum_os.portal.protocol.DisplayText;
import org.spectrum_os.portal.protocol.Untrusted;
import org.spectrum_os.portal.store.EndReason;
import org.spectrum_os.portal.store.lease.Lease;
import org.spectrum_os.portal.store.lease.Resource;

/** The part of {@link Management} that is about USB devices. */
final class UsbCalls {
    private static final String WHERE = "; \"spectrum-portal usb list\" shows what there is";

    private final UsbDesk desk;
    private final LeaseTable leases;

    UsbCalls(UsbDesk desk, LeaseTable leases) {
        this.desk = desk;
        this.leases = leases;
    }

    Reply devices() {
        return Reply.of(
                Management1.UsbDevices.REPLY_SIGNATURE,
                desk.devices().stream().map(UsbCalls::dictionary).toList());
    }

    Reply attach(Management1.UsbAttach call) throws DBusErrorException {
        long seconds = call.seconds();
        if (seconds > UsbDesk.LONGEST.toSeconds()) {
            throw new DBusErrorException(
                    ErrorNames.PORTAL_INVALID_ARGUMENT,
                    "A device is lent for at most " + UsbDesk.LONGEST.toDays()
                            + " days; without a time, until the VM stops");
        }
        DeviceChoice choice = DeviceChoice.of(call.device()).orElseThrow(() -> noSuch(call.device()));
        UsbDesk.Entry device = one(call.device(), choice);
        try {
            return Reply.of(
                    Management1.UsbAttach.REPLY_SIGNATURE,
                    desk.attach(
                            call.instance(),
                            device.identity(),
                            seconds == 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds)),
                            call.unmount()));
        } catch (UsbDesk.RefusedException e) {
            throw new DBusErrorException(nameOf(e.why()), String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DBusErrorException(ErrorNames.FAILED, "The backend stops; nothing stays attached");
        }
    }

    private static String nameOf(UsbDesk.Why why) {
        return switch (why) {
            case NOT_FOUND -> ErrorNames.PORTAL_NOT_FOUND;
            case NO_RULE, NOT_LENDABLE -> ErrorNames.PORTAL_NOT_ALLOWED;
            case MACHINE, FAILED -> ErrorNames.PORTAL_FAILED;
        };
    }

    private UsbDesk.Entry one(String said, DeviceChoice choice) throws DBusErrorException {
        List<UsbDesk.Entry> meant = choice.among(desk.devices());
        if (meant.isEmpty()) {
            throw noSuch(said);
        }
        if (meant.size() > 1) {
            throw new DBusErrorException(
                    ErrorNames.PORTAL_INVALID_ARGUMENT,
                    safe(said) + " is plugged in " + meant.size() + " times; name the port, one of "
                            + meant.stream()
                                    .map(device -> device.identity().port())
                                    .collect(Collectors.joining(", ")));
        }
        return meant.getFirst();
    }

    Reply detach(String said) throws DBusErrorException {
        Optional<DeviceChoice> choice = DeviceChoice.of(said);
        List<String> held;
        if (choice.isPresent()) {
            UsbDesk.Entry device = one(said, choice.get());
            held = device.holdings().stream().map(UsbDesk.Holding::lease).toList();
            if (held.isEmpty()) {
                throw new DBusErrorException(
                        ErrorNames.PORTAL_NOT_FOUND,
                        "No instance has the device at " + device.identity().port());
            }
        } else {
            Lease lease = leases.list().stream()
                    .filter(one -> one.name().equals(said))
                    .findFirst()
                    .orElseThrow(() -> noSuch(said));
            if (!lease.resource().kind().equals(Resource.USB)) {
                throw new DBusErrorException(
                        ErrorNames.PORTAL_INVALID_ARGUMENT,
                        "The lease " + lease.name() + " is not of a USB device; \"spectrum-portal revoke\" ends any");
            }
            held = List.of(lease.name());
        }
        var ended = new ArrayList<String>();
        for (String lease : held) {
            leases.end(lease, EndReason.REVOKED).map(Lease::name).ifPresent(ended::add);
        }
        return Reply.of(Management1.UsbDetach.REPLY_SIGNATURE, ended);
    }

    private static DBusErrorException noSuch(String said) {
        return new DBusErrorException(
                ErrorNames.PORTAL_NOT_FOUND,
                safe(said)
                        + (DeviceChoice.of(said).isPresent()
                                ? " is not plugged in"
                                : " is no port, such as 1-2.3, no vendor and product, such as 1d50:6018, and no lease")
                        + WHERE);
    }

    private static String safe(String said) {
        return DisplayText.of(Untrusted.of(said), 64).toString();
    }

    private static Map<String, Variant<?>> dictionary(UsbDesk.Entry device) {
        var fields = new LinkedHashMap<String, Variant<?>>();
        DeviceQuestion.Candidate shown = device.shown();
        fields.put("port", Variants.of("s", shown.port()));
        fields.put("numbers", Variants.of("s", shown.numbers()));
        fields.put("name", Variants.of("s", shown.name()));
        fields.put("claim", Variants.of("s", text(shown.claim())));
        fields.put("serial", Variants.of("s", text(shown.serial())));
        fields.put(
                "kinds",
                Variants.of("as", shown.kinds().stream().map(UsbCalls::word).toList()));
        state(device, fields);
        fields.put(
                "holders",
                Variants.of(
                        "aa{sv}",
                        device.holdings().stream().map(UsbCalls::dictionary).toList()));
        fields.put(
                "permitted",
                Variants.of(
                        "aa{sv}",
                        device.permitted().stream().map(UsbCalls::dictionary).toList()));
        return fields;
    }

    private static void state(UsbDesk.Entry device, Map<String, Variant<?>> fields) {
        String word = switch (device.shown().state()) {
            case DeviceQuestion.State.Free _ -> "free";
            case DeviceQuestion.State.InUse(List<String> drivers) -> {
                fields.put("drivers", Variants.of("as", drivers));
                yield "in-use";
            }
            case DeviceQuestion.State.Mounted(List<ClaimedText> places) -> {
                fields.put(
                        "mounts",
                        Variants.of(
                                "as", places.stream().map(ClaimedText::shown).toList()));
                yield "mounted";
            }
            case DeviceQuestion.State.Impossible(DeviceQuestion.Reason reason, var _)
            when reason == DeviceQuestion.Reason.LENT -> "lent";
            case DeviceQuestion.State.Impossible(DeviceQuestion.Reason reason, var _) -> {
                fields.put("reason", Variants.of("s", word(reason)));
                yield "refused";
            }
        };
        fields.put("state", Variants.of("s", word));
    }

    private static Map<String, Variant<?>> dictionary(UsbDesk.Holding holding) {
        var fields = new LinkedHashMap<String, Variant<?>>();
        fields.put("instance", Variants.of("s", holding.instance()));
        fields.put("lease", Variants.of("s", holding.lease()));
        fields.put("shared", Variants.of("b", holding.shared()));
        holding.until().ifPresent(when -> fields.put("until", Variants.of("s", when.toString())));
        return fields;
    }

    private static Map<String, Variant<?>> dictionary(UsbDesk.Permission permission) {
        var fields = new LinkedHashMap<String, Variant<?>>();
        fields.put("instance", Variants.of("s", permission.instance()));
        fields.put("mode", Variants.of("s", word(permission.mode())));
        permission.time().ifPresent(time -> fields.put("seconds", Variants.of("t", time.toSeconds())));
        return fields;
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String text(@Nullable ClaimedText claim) {
        return claim == null ? "" : claim.shown();
    }
}
