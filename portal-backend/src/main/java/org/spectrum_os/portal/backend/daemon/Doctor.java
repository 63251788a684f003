// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.daemon;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.bus.Management;
import org.spectrum_os.portal.backend.bus.ManagementClient;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.policy.LinkAddress;
import org.spectrum_os.portal.backend.policy.Policy;
import org.spectrum_os.portal.backend.policy.PolicyException;
import org.spectrum_os.portal.backend.policy.PolicyReader;
import org.spectrum_os.portal.backend.policy.StaticFile;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.BusException;

/** Examines the machine and the session for what the backend needs. Changes nothing. */
public final class Doctor {
    private static final String BUS = "org.freedesktop.DBus";

    private final Map<String, String> environment;
    private final @Nullable Path policyFile;
    private final List<Finding> findings = new ArrayList<>();
    private OptionalLong backend = OptionalLong.empty();

    /** How one check came out. */
    public enum State {
        GOOD("good"),
        /** Works, but not as well as it could, or only for some. */
        CARE("care"),
        WRONG("wrong");

        private final String word;

        State(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    /** One check; {@code advice} is empty when all is well. */
    public record Finding(String check, State state, String found, String advice) {}

    public Doctor(Map<String, String> environment, @Nullable Path policyFile) {
        this.environment = Map.copyOf(environment);
        this.policyFile = policyFile;
    }

    /** Runs every check. */
    public List<Finding> examine() {
        Folders folders = Folders.of(environment);
        Optional<Policy> policy = policy(policyFile == null ? folders.policy() : policyFile);
        runtimeFolder(folders);
        sessionBus();
        display();
        gtk();
        findings.add(ConfinementCheck.of(List.of("bwrap")));
        policy.ifPresent(this::links);
        policy.ifPresent(this::givenFiles);
        policy.ifPresent(read -> findings.addAll(ServingCheck.of(read, this::instances)));
        policy.ifPresent(read -> findings.addAll(KeysCheck.of(read, environment, KeysCheck.Programs.USUAL)));
        policy.ifPresent(read -> findings.addAll(new UsbCheck(Path.of("/"), MachineCheck::connect).of(read)));
        policy.ifPresent(read -> state(read, folders.state()));
        return List.copyOf(findings);
    }

    private void add(String check, State state, String found, String advice) {
        findings.add(new Finding(check, state, found, advice));
    }

    private Optional<Policy> policy(Path file) {
        try {
            Policy policy = PolicyReader.read(file);
            add("policy", State.GOOD, file + ", " + policy.instances().size() + " instance(s)", "");
            if (policy.phrase() == null) {
                add(
                        "phrase",
                        State.CARE,
                        "the policy has none",
                        "add \"phrase\": words only you know; every real dialog shows them, a forged one cannot");
            }
            return Optional.of(policy);
        } catch (PolicyException e) {
            e.problems().forEach(problem -> add("policy", State.WRONG, file + ": " + problem, "correct the file"));
            return Optional.empty();
        }
    }

    private void runtimeFolder(Folders folders) {
        if (folders.runtime().isEmpty()) {
            add("session", State.WRONG, "XDG_RUNTIME_DIR is not set", "run this in a user's login session");
        } else {
            Path parent = folders.runtime().get().getParent();
            boolean good = parent != null && Files.isWritable(parent);
            add(
                    "session",
                    good ? State.GOOD : State.WRONG,
                    "XDG_RUNTIME_DIR " + parent,
                    good ? "" : "make the folder, owned by this user, mode 0700");
        }
    }

    private void sessionBus() {
        try (BusConnection bus = BusConnection.session()) {
            Optional<String> owner = bus.nameOwner(Management.BUS_NAME);
            boolean running = owner.isPresent();
            if (running) {
                List<Object> process = bus.call(BUS, "/", BUS, "GetConnectionUnixProcessID", "s", owner.get());
                backend = OptionalLong.of(((Number) process.getFirst()).longValue());
            }
            add("session bus", State.GOOD, "reachable", "");
            add(
                    "backend",
                    running ? State.GOOD : State.CARE,
                    running ? "running" : "not running",
                    running ? "" : "start it: spectrum-portal run");
        } catch (BusException e) {
            add(
                    "session bus",
                    State.WRONG,
                    String.valueOf(e.getMessage()),
                    "start a session bus (dbus-user-session) or set DBUS_SESSION_BUS_ADDRESS");
        }
    }

    /** As the backend that runs tells. */
    private List<Map<String, Object>> instances() throws ManagementClient.UnavailableException {
        try (var client = ManagementClient.connect()) {
            return client.instances();
        }
    }

    private void state(Policy policy, Path state) {
        var check = new StateCheck(Path.of("/proc/locks"), backend);
        policy.instances()
                .forEach(instance -> findings.addAll(check.of(instance.name(), state.resolve(instance.name()))));
    }

    private void display() {
        String display = environment.getOrDefault("WAYLAND_DISPLAY", environment.getOrDefault("DISPLAY", ""));
        add(
                "display",
                display.isEmpty() ? State.WRONG : State.GOOD,
                display.isEmpty() ? "neither WAYLAND_DISPLAY nor DISPLAY is set" : display,
                display.isEmpty() ? "without one nobody can be asked, so everything is denied" : "");
    }

    private void gtk() {
        try (Arena arena = Arena.ofConfined()) {
            SymbolLookup.libraryLookup("libgtk-4.so.1", arena);
            add("GTK", State.GOOD, "libgtk-4.so.1", "");
        } catch (IllegalArgumentException e) {
            add("GTK", State.WRONG, "libgtk-4.so.1 cannot be loaded", "install GTK 4 (Debian: libgtk-4-1)");
        }
    }

    /** What the policy gives must be there to be lent. */
    private void givenFiles(Policy policy) {
        for (Instance instance : policy.instances()) {
            for (StaticFile file : instance.files()) {
                boolean good = switch (file.access()) {
                    case READ -> Files.isReadable(file.path());
                    case WRITE -> Files.isReadable(file.path()) && Files.isWritable(file.path());
                };
                if (!good) {
                    add(
                            "files of " + instance.name(),
                            State.WRONG,
                            file.path()
                                    + (Files.exists(file.path())
                                            ? " is not this user's to "
                                                    + file.access().word()
                                            : " does not exist"),
                            "correct \"files\" of " + instance.name()
                                    + " in the policy, then: spectrum-portal policy reload");
                }
            }
        }
    }

    private void links(Policy policy) {
        policy.instances().forEach(instance -> {
            String check = "link of " + instance.name();
            switch (instance.link()) {
                case LinkAddress.Unix(var socket) -> {
                    Path folder = socket.getParent();
                    boolean good = folder != null && Files.isDirectory(folder) && Files.isWritable(folder);
                    add(
                            check,
                            good ? State.GOOD : State.WRONG,
                            folder + (good ? " can be written to" : " is no folder this user can write to"),
                            good ? "" : "make it, or correct \"unix\" of " + instance.name() + " in the policy");
                }
                case LinkAddress.Vsock(int cid) -> {
                    boolean good = Files.exists(Path.of("/dev/vhost-vsock"));
                    add(
                            check,
                            good ? State.GOOD : State.WRONG,
                            good ? "the kernel offers vsock to VMs" : "/dev/vhost-vsock does not exist",
                            good ? "" : "load the module: modprobe vhost_vsock");
                }
            }
        });
    }
}
