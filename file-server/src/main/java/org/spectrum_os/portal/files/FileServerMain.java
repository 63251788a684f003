// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.spectrum_os.portal.files.control.ControlServer;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.FileState;
import org.spectrum_os.portal.transport.SocketKind;

/** {@code spectrum-file-server}: exit code 0 when the backend closed the control socket, 1 on failure, 2 on wrong arguments. */
public final class FileServerMain {
    private static final String HELP = """
            Usage: spectrum-file-server --control PATH

            Serves files and directories lent by the portal backend to VMs as 9P2000.L. It is started
            by the backend, connects to the backend's control socket, and gets everything lent and
            every VM's connection from there as an open descriptor. When the control socket closes,
            all leases end and it exits.

              --control PATH   the Unix socket (SOCK_SEQPACKET) that the backend listens on
              --help           this text
              --version        the version
            """;

    private FileServerMain() {}

    public static void main(String[] arguments) {
        System.exit(run(arguments, new PrintStream(System.out, true, StandardCharsets.UTF_8), FileServerMain::log));
    }

    private static synchronized void log(String line) {
        System.err.println("file-server: " + line);
    }

    static int run(String[] arguments, PrintStream out, Consumer<String> log) {
        if (arguments.length == 1 && arguments[0].equals("--help")) {
            out.print(HELP);
            return 0;
        }
        if (arguments.length == 1 && arguments[0].equals("--version")) {
            out.println("spectrum-file-server " + version());
            return 0;
        }
        if (arguments.length != 2 || !arguments[0].equals("--control")) {
            log.accept("expected --control PATH and nothing else; --help tells more");
            return 2;
        }
        try {
            return serve(Path.of(arguments[1]), log);
        } catch (InvalidPathException e) {
            log.accept("the argument of --control is not a path: " + e.getReason());
            return 2;
        }
    }

    private static int serve(Path path, Consumer<String> log) {
        Connection control;
        try {
            control = Connection.connectUnix(path, SocketKind.SEQPACKET);
        } catch (IOException e) {
            log.accept("cannot connect to the control socket " + path + ": " + e.getMessage()
                    + "; is the portal backend running?");
            return 1;
        }
        try (control) {
            // Guests' kernels have applied their own.
            FileState.clearUmask();
            log.accept("ready");
            new ControlServer(control, log).run();
            log.accept("the backend closed the control socket; every lease has ended");
            return 0;
        } catch (IOException e) {
            log.accept("the control socket failed: " + e.getMessage() + "; every lease has ended");
            return 1;
        }
    }

    private static String version() {
        String version = FileServerMain.class.getPackage().getImplementationVersion();
        return version == null ? "(development build)" : version;
    }
}
