// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent;

import java.time.Duration;
import java.util.List;
import java.util.ListIterator;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.agent.link.HostAddress;
import org.spectrum_os.portal.agent.mount.MountStep;

/**
 * What the program was told to do.
 *
 * @param idleExit leave after so long without an open request; zero stays
 * @param msize    bytes in the largest message of the mount
 * @param replace  whether to take the bus name from another owner
 * @param stay     whether to keep the mount alive instead of leaving
 */
record CommandLine(
        Command command,
        HostAddress host,
        String mountPoint,
        Duration idleExit,
        int msize,
        boolean replace,
        boolean stay) {

    enum Command {
        MOUNT,
        FRONTEND,
        BACKEND,
        HELP,
        VERSION
    }

    /** The words make no sense; the message says which. */
    static final class UsageException extends Exception {
        private static final long serialVersionUID = 1;

        UsageException(String message) {
            super(message + "; see spectrum-agent --help");
        }
    }

    static final String HELP = """
            Usage: spectrum-agent COMMAND [OPTION]...

            The portal's half inside a VM: asks the host for the user's files in the name of applications.

            Commands:
              mount     mount the folder in which lent files appear, then leave; needs root, run at start-up
              frontend  be org.freedesktop.portal.Desktop on the session bus, in place of xdg-desktop-portal
              backend   be org.freedesktop.impl.portal.desktop.spectrum, beneath xdg-desktop-portal

            Options:
              --host vsock[:CID[:PORT]]  where the host is (default: vsock:2, the host of this VM, standard ports)
              --host unix:PATH           the host behind Unix sockets PATH_5219 (link) and PATH_5220 (files)
              --mount-point DIR          the folder of lent files (default: /run/portal)
              --msize BYTES              mount: largest message of the file system, 4096 to 524312 (default: 524288)
              --stay                     mount: do not leave; when the host was away, mount again. SIGTERM ends it, the mount stays
              --idle-exit SECONDS        frontend, backend: leave after so long without an open request (default: 0, stay)
              --replace                  frontend, backend: take the bus name from its present owner if that allows it
              --help, --version          print this, or the version, and leave

            The faces find the session bus by DBUS_SESSION_BUS_ADDRESS, else at $XDG_RUNTIME_DIR/bus.
            Exit status: 0 done, or another program took the bus name; 1 failed; 2 wrong usage.
            """;

    static CommandLine parse(List<String> words) throws UsageException {
        Command command = null;
        HostAddress host = HostAddress.DEFAULT;
        String mountPoint = "/run/portal";
        Duration idleExit = Duration.ZERO;
        int msize = MountStep.DEFAULT_MSIZE;
        boolean replace = false;
        boolean stay = false;
        ListIterator<String> rest = words.listIterator();
        while (rest.hasNext()) {
            String word = rest.next();
            switch (word) {
                case "--help", "-h" -> command = Command.HELP;
                case "--version" -> command = firstOf(command, Command.VERSION);
                case "mount" -> command = only(command, Command.MOUNT);
                case "frontend" -> command = only(command, Command.FRONTEND);
                case "backend" -> command = only(command, Command.BACKEND);
                case "--host" -> host = host(value(word, rest));
                case "--mount-point" -> mountPoint = absolute(word, value(word, rest));
                case "--idle-exit" -> idleExit = Duration.ofSeconds(number(word, value(word, rest), 0, 86_400));
                case "--msize" ->
                    msize = number(word, value(word, rest), MountStep.SMALLEST_MSIZE, MountStep.LARGEST_MSIZE);
                case "--replace" -> replace = true;
                case "--stay" -> stay = true;
                default -> throw new UsageException("'" + word + "' is no command or option");
            }
            if (command == Command.HELP) {
                break;
            }
        }
        if (command == null) {
            throw new UsageException("a command is missing: mount, frontend or backend");
        }
        return new CommandLine(command, host, mountPoint, idleExit, msize, replace, stay);
    }

    private static Command firstOf(@Nullable Command before, Command now) {
        return before == Command.HELP ? before : now;
    }

    private static Command only(@Nullable Command before, Command now) throws UsageException {
        if (before == Command.VERSION) {
            return before;
        }
        if (before != null) {
            throw new UsageException("two commands were given; one is allowed");
        }
        return now;
    }

    private static String value(String option, ListIterator<String> rest) throws UsageException {
        if (!rest.hasNext()) {
            throw new UsageException(option + " needs a value");
        }
        return rest.next();
    }

    private static HostAddress host(String text) throws UsageException {
        try {
            return HostAddress.parse(text);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--host: " + e.getMessage());
        }
    }

    private static String absolute(String option, String path) throws UsageException {
        if (!path.startsWith("/") || path.indexOf('\0') >= 0) {
            throw new UsageException(option + " needs an absolute path, not '" + path + "'");
        }
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private static int number(String option, String text, int least, int most) throws UsageException {
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // Said below, with the range.
        }
        throw new UsageException(option + " needs a number from " + least + " to " + most + ", not '" + text + "'");
    }
}
