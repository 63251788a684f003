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
import org.spectrum_os.portal.files.vm.FileVmServer;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.FileState;
import org.spectrum_os.portal.transport.SocketKind;

/**
 * {@code spectrum-file-server}: exit code 0 when the backend closed the control socket, 1 on failure, 2 on wrong arguments. In a VM that
 * serves its own files it runs until it is ended.
 */
public final class FileServerMain {
    private static final String HELP = """
            Usage: spectrum-file-server --control PATH
                   spectrum-file-server --serve-vsock PORT --root DIR

            Serves files and directories lent by the portal backend to VMs as 9P2000.L. It is started
            by the backend, connects to the backend's control socket, and gets everything lent and
            every VM's connection from there as an open descriptor. When the control socket closes,
            all leases end and it exits.

              --control PATH   the Unix socket (SOCK_SEQPACKET) that the backend listens on
              --help           this text
              --version        the version

            In a VM that owns a disk of its own, the second form lends what is beneath a folder to
            other VMs. It serves nobody but the host (vsock CID 2), whose backend says which VM sees
            what and relays their connections. It runs until it is ended.

              --serve-vsock PORT   the vsock port to listen on; the backend connects to 5221
              --root DIR           the folder to lend from: absolute, no symbolic link in it
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
        try {
            if (arguments.length == 2 && arguments[0].equals("--control")) {
                return serve(Path.of(arguments[1]), log);
            }
            if (arguments.length == 4 && arguments[0].equals("--serve-vsock") && arguments[2].equals("--root")) {
                return serveVsock(arguments[1], Path.of(arguments[3]), log);
            }
        } catch (InvalidPathException e) {
            log.accept("\"" + e.getInput() + "\" is not a path: " + e.getReason());
            return 2;
        }
        log.accept("expected --control PATH, or --serve-vsock PORT --root DIR, and nothing else; --help tells more");
        return 2;
    }

    private static int serveVsock(String port, Path root, Consumer<String> log) {
        int number;
        try {
            number = Integer.parseUnsignedInt(port);
        } catch (NumberFormatException _) {
            log.accept("the argument of --serve-vsock is a port number such as 5221, not \"" + port + "\"");
            return 2;
        }
        if (!root.isAbsolute()) {
            log.accept("the argument of --root is an absolute path, not \"" + root + "\"");
            return 2;
        }
        try (var server = FileVmServer.listen(number, root, log)) {
            FileState.clearUmask();
            log.accept("ready: lends from " + root + " to whom the host says, on vsock port " + port);
            server.run();
            return 0;
        } catch (IOException e) {
            log.accept("cannot serve " + root + " on vsock port " + port + ": " + e.getMessage());
            return 1;
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
