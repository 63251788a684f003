// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.spectrum_os.portal.tests.guest.OrdinaryUser;

/**
 * The display of the person who started this.
 *
 * @param variables what leads a program in another session to it
 * @param name what to call it
 */
public record UserDisplay(Map<String, String> variables, String name) {
    private static final int PATIENCE_SECONDS = 5;

    /** Whether the caller's environment speaks of a display at all. */
    public static boolean isNamed() {
        return !variable("DISPLAY").isEmpty() || !variable("WAYLAND_DISPLAY").isEmpty();
    }

    /**
     * The display, if programs of {@code user} can reach it.
     *
     * @param session the folder that {@link org.spectrum_os.portal.tests.desktop.Desktop#startOn} will be given
     */
    public static Optional<UserDisplay> find(OrdinaryUser user, Path session) throws IOException, InterruptedException {
        var variables = new HashMap<String, String>();
        var names = new java.util.ArrayList<String>();
        Path wayland = Path.of(variable("XDG_RUNTIME_DIR")).resolve(variable("WAYLAND_DISPLAY"));
        if (!variable("WAYLAND_DISPLAY").isEmpty() && wayland.isAbsolute() && isReachable(wayland, user)) {
            variables.put("WAYLAND_DISPLAY", wayland.toString());
            names.add("Wayland, " + wayland);
        }
        if (!variable("DISPLAY").isEmpty()) {
            var x = new HashMap<String, String>();
            x.put("DISPLAY", variable("DISPLAY"));
            Optional<Path> cookies = cookies(user, session);
            cookies.ifPresent(file -> x.put("XAUTHORITY", file.toString()));
            x.put("PATH", variable("PATH"));
            if (said(user.command(List.of("xdotool", "getdisplaygeometry")), x).isPresent()) {
                x.remove("PATH");
                variables.putAll(x);
                names.add("X11, " + variable("DISPLAY"));
            }
        }
        if (variables.isEmpty()) {
            return Optional.empty();
        }
        joinAccessibility(user, session, variables);
        return Optional.of(new UserDisplay(Map.copyOf(variables), String.join(" or ", names)));
    }

    private static boolean isReachable(Path socket, OrdinaryUser user) throws IOException {
        return Files.exists(socket)
                && (!user.switched() || Integer.valueOf(user.uid()).equals(Files.getAttribute(socket, "unix:uid")));
    }

    /** The X server's access cookies: in a copy, when the user that programs run as cannot read the file itself. */
    private static Optional<Path> cookies(OrdinaryUser user, Path session) throws IOException {
        Path file = variable("XAUTHORITY").isEmpty()
                ? Path.of(variable("HOME"), ".Xauthority")
                : Path.of(variable("XAUTHORITY"));
        if (!Files.isReadable(file)) {
            return Optional.empty();
        }
        if (!user.switched()) {
            return Optional.of(file.toAbsolutePath());
        }
        Path copy = session.resolve("xauthority");
        Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
        user.own(copy);
        return Optional.of(copy);
    }

    /**
     * Leads to the person's own accessibility bus, so that a screen reader reads the dialog, and keeps the private session from starting one:
     * it would announce itself on the whole display.
     */
    private static void joinAccessibility(OrdinaryUser user, Path session, Map<String, String> variables)
            throws IOException, InterruptedException {
        if (!variable("DBUS_SESSION_BUS_ADDRESS").isEmpty() && !user.switched()) {
            said(
                            List.of(
                                    "gdbus",
                                    "call",
                                    "--session",
                                    "--dest=org.a11y.Bus",
                                    "--object-path=/org/a11y/bus",
                                    "--method=org.a11y.Bus.GetAddress"),
                            System.getenv())
                    .map(reply -> reply.strip().replaceAll("^\\('(.*)',\\)$", "$1"))
                    .filter(address -> address.startsWith("unix:"))
                    .ifPresent(address -> variables.put("AT_SPI_BUS_ADDRESS", address));
        }
        Path services = Files.createDirectories(session.resolve("data/dbus-1/services"));
        Files.writeString(
                services.resolve("org.a11y.Bus.service"), "[D-BUS Service]\nName=org.a11y.Bus\nExec=/bin/false\n");
        user.own(session.resolve("data"));
    }

    private static Optional<String> said(List<String> command, Map<String, String> environment)
            throws IOException, InterruptedException {
        var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            return Optional.empty();
        }
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.exitValue() == 0 ? Optional.of(text) : Optional.empty();
    }

    private static String variable(String name) {
        return System.getenv().getOrDefault(name, "");
    }
}
