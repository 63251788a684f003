// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.spectrum_os.portal.consent.contract.ContractReader;
import org.spectrum_os.portal.consent.contract.ContractWriter;
import org.spectrum_os.portal.consent.ui.gtk.GtkFront;

/** The program {@code spectrum-consent-ui}. */
public final class Main {
    private static final System.Logger LOG = System.getLogger(Main.class.getName());
    /** GTK's own recursion needs more than the JVM gives a thread. */
    private static final long STACK_BYTES = 8L * 1024 * 1024;

    private static final Set<String> OPTIONS = Set.of("--start-folder", "--portal-folder", "--arming-delay-ms");
    private static final String PORTAL = "spectrum-portal";

    private static final int EXIT_FAILED = 1;
    private static final int EXIT_USAGE = 2;

    private static final String HELP = """
            Usage: spectrum-consent-ui [--start-folder PATH] [--portal-folder PATH]... [--arming-delay-ms N]

            Draws the windows in which the user decides what a VM may have. It is started by the
            Spectrum Portal backend, which asks on standard input and is answered on standard
            output, one JSON object per line (docs/consent-contract.md). Messages for people go to
            standard error. It ends when standard input does.

              --start-folder PATH   the folder that the first file chooser begins in (default: the home
                                    folder); each later one begins where the user last lent something
              --portal-folder PATH  a folder of the portal's own, whose choice the user is warned of; may be
                                    given several times (default: spectrum-portal in $XDG_CONFIG_HOME and
                                    in $XDG_STATE_HOME)
              --arming-delay-ms N   how long a window must have been left alone before it can be answered,
                                    0 to 60000 (default: 1000). For tests only: a shorter delay lets a
                                    program hurry the user.
              --help                show this text

            Exit status: 0 the backend closed its end, 1 an error (the backend counts it as denied),
            2 wrong arguments.
            """;

    private Main() {}

    /** What the arguments say. */
    sealed interface Command {
        /**
         * Serve dialogs.
         *
         * @param home    the user's
         * @param portals the folders of the portal's own
         */
        record Serve(Path startFolder, Path home, List<Path> portals, Duration armingDelay) implements Command {
            public Serve {
                portals = List.copyOf(portals);
            }
        }

        /** Show the help. */
        record Help() implements Command {}

        /** Complain. */
        record Wrong(String why) implements Command {}
    }

    /** Starts the program; never returns normally while it serves. */
    public static void main(String[] arguments) {
        switch (parse(arguments, System.getenv())) {
            case Command.Help _ -> System.out.print(HELP);
            case Command.Wrong wrong -> {
                System.err.println("spectrum-consent-ui: " + wrong.why() + "; see spectrum-consent-ui --help");
                System.exit(EXIT_USAGE);
            }
            case Command.Serve serve -> {
                // Nothing but the contract may reach the backend, whatever a library prints.
                var out = new ContractWriter(new FileOutputStream(FileDescriptor.out));
                System.setOut(System.err);
                Thread.ofPlatform().name("gtk").stackSize(STACK_BYTES).start(() -> serve(serve, out));
            }
        }
    }

    @SuppressWarnings("CatchingUnchecked") // any error at all must end the process, or the backend would wait
    private static void serve(Command.Serve serve, ContractWriter out) {
        try {
            GtkFront.run(
                    serve.startFolder(),
                    new Risks(serve.home(), serve.portals()),
                    new Arming(serve.armingDelay(), System::nanoTime),
                    ContractReader.ofBackend(new FileInputStream(FileDescriptor.in)),
                    out);
        } catch (Throwable e) {
            LOG.log(System.Logger.Level.ERROR, "the consent window cannot go on: " + e.getMessage(), e);
            Runtime.getRuntime().halt(EXIT_FAILED);
        }
    }

    static Command parse(String[] arguments, Map<String, String> environment) {
        Path home = absolute(environment, "HOME", Path.of(System.getProperty("user.home", "/")));
        Path startFolder = Files.isDirectory(home) ? home : Path.of("/");
        List<Path> portals = new ArrayList<>();
        Duration delay = Arming.DELAY;
        Iterator<String> rest = List.of(arguments).iterator();
        while (rest.hasNext()) {
            String option = rest.next();
            if (option.equals("--help")) {
                return new Command.Help();
            }
            if (!OPTIONS.contains(option)) {
                return new Command.Wrong("there is no option " + option);
            }
            if (!rest.hasNext()) {
                return new Command.Wrong(option + " needs a value");
            }
            String value = rest.next();
            try {
                switch (option) {
                    case "--start-folder" -> {
                        startFolder = Path.of(value);
                        if (!startFolder.isAbsolute() || !Files.isDirectory(startFolder)) {
                            return new Command.Wrong(
                                    "the start folder " + startFolder + " is no absolute path of a folder");
                        }
                    }
                    case "--portal-folder" -> {
                        portals.add(Path.of(value));
                        if (!portals.getLast().isAbsolute()) {
                            return new Command.Wrong("the portal's folder " + value + " is no absolute path");
                        }
                    }
                    default -> {
                        int milliseconds = Integer.parseInt(value);
                        if (milliseconds < 0 || milliseconds > 60_000) {
                            return new Command.Wrong("the arming delay " + milliseconds + " is not within 0 to 60000");
                        }
                        delay = Duration.ofMillis(milliseconds);
                    }
                }
            } catch (NumberFormatException | InvalidPathException e) {
                return new Command.Wrong(option + " cannot be " + value);
            }
        }
        if (portals.isEmpty()) {
            portals.add(absolute(environment, "XDG_CONFIG_HOME", home.resolve(".config"))
                    .resolve(PORTAL));
            portals.add(absolute(environment, "XDG_STATE_HOME", home.resolve(".local/state"))
                    .resolve(PORTAL));
        }
        return new Command.Serve(startFolder, home, portals, delay);
    }

    private static Path absolute(Map<String, String> environment, String variable, Path otherwise) {
        String value = environment.getOrDefault(variable, "");
        return value.startsWith("/") ? Path.of(value) : otherwise;
    }
}
