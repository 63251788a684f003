// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.agent.keys.KeyService;
import org.spectrum_os.portal.agent.link.HostAddress;
import org.spectrum_os.portal.agent.sign.GpgSign;
import org.spectrum_os.portal.agent.sign.SshSign;
import org.spectrum_os.portal.agent.usb.UsbCommand;

/** What the program was told to do; made by {@link CommandLineParser}. */
sealed interface CommandLine {
    /** Print {@link #HELP}. */
    record Help() implements CommandLine {}

    /** Print the version. */
    record Version() implements CommandLine {}

    /**
     * Mount the lent files.
     *
     * @param msize bytes in the largest message of the mount
     * @param stay  whether to keep the mount alive instead of leaving
     */
    record Mount(HostAddress host, String mountPoint, int msize, boolean stay) implements CommandLine {}

    /** One of the two faces. */
    enum Face {
        FRONTEND,
        BACKEND
    }

    /**
     * Serve the file chooser.
     *
     * @param idleExit leave after so long without an open request; zero stays
     * @param replace  whether to take the bus name from another owner
     */
    record Choose(Face face, HostAddress host, String mountPoint, Duration idleExit, boolean replace)
            implements CommandLine {}

    /** Serve the agent sockets. */
    record Keys(KeyService service) implements CommandLine {}

    /** Fetch public keys; {@code home} is gpg's folder, or null for its own choice. */
    record Sync(HostAddress host, @Nullable String home) implements CommandLine {}

    /** Be gpg, for a signature. */
    record SignGpg(GpgSign command) implements CommandLine {}

    /** Be ssh-keygen, for a signature. */
    record SignSsh(SshSign command) implements CommandLine {}

    /** Lend this VM's agents to the host; {@code socket} is listened on in place of vsock, or null. */
    record HoldKeys(@Nullable Path socket) implements CommandLine {}

    /** Have to do with USB devices of the host. */
    record Usb(UsbCommand command) implements CommandLine {}

    /** The words make no sense; the message says which. */
    final class UsageException extends Exception {
        private static final long serialVersionUID = 1;

        UsageException(String message) {
            super(message + "; see spectrum-agent --help");
        }
    }

    String HELP = """
            Usage: spectrum-agent COMMAND [OPTION]...

            The portal's half inside a VM: asks the host for the user's files, keys and USB devices in the name of applications.

            Commands:
              mount     mount the folder in which lent files appear, then leave; needs root, run at start-up
              frontend  be org.freedesktop.portal.Desktop on the session bus, in place of xdg-desktop-portal
              backend   be org.freedesktop.impl.portal.desktop.spectrum, beneath xdg-desktop-portal
              keys      be gpg-agent and ssh-agent, with the host's keys
              gpg sync  put the public keys of the host's keys into this VM's keyring, and trust them
              gpg-sign  be gpg and sign with the host's keys, the content in the user's sight; run by spectrum-gpg
              ssh-sign  be ssh-keygen -Y sign, likewise; run by spectrum-ssh-keygen
              usb list  print the USB devices of the host that this VM may ask for
              usb request
                        ask for one, wait for its node, print the node's path and the lease's name, and leave; the device stays
              usb release LEASE
                        give back what usb request got
              vault     in a VM that holds keys: lend its gpg-agent and ssh-agent to the host, and to nobody else

            Options:
              --host vsock[:CID[:PORT]]  where the host is (default: vsock:2, the host of this VM, standard ports)
              --host unix:PATH           the host behind Unix sockets PATH_5219 (link), PATH_5220 (files), PATH_5222 (keys) and PATH_5224 (USB)
              --mount-point DIR          the folder of lent files (default: /run/portal)
              --msize BYTES              mount: largest message of the file system, 4096 to 524312 (default: 524288)
              --stay                     mount: do not leave; when the host was away, mount again. SIGTERM ends it, the mount stays
              --idle-exit SECONDS        frontend, backend, keys: leave after so long without an open request or connection
                                         (default: 0, stay)
              --replace                  frontend, backend: take the bus name from its present owner if that allows it
              --gpg-socket PATH          keys: where gpg looks for its agent (default: what gpgconf says)
              --ssh-socket PATH          keys: the ssh-agent's socket (default: $XDG_RUNTIME_DIR/spectrum-portal/ssh-agent)
              --homedir DIR              gpg sync: gpg's folder (default: gpg's own choice)
              --own PROGRAM              gpg-sign, ssh-sign: the guest's own program, for all that is no signature
              --descriptors N,N...       gpg-sign, ssh-sign: what the caller has opened; the guest's own program gets these and no more
              -- ARGUMENT...             gpg-sign, ssh-sign: the arguments of gpg, or of ssh-keygen
              --vendor XXXX              usb request: only from this vendor, four hexadecimal digits
              --product XXXX             usb request: only this product of the vendor
              --class WORD|XX            usb request: only with an interface of this class, two hexadecimal digits or a word of the host's
                                         policy: camera, input, photos, printer, smart-card, sound, special, storage; and these,
                                         which ask for all of their class: keyboard and mouse (03), serial (02), bluetooth (e0),
                                         firmware (fe)
              --timeout SECONDS          usb request: wait so long for the user (default: 300)
              -- COMMAND [ARGUMENT]...   usb request: run this with the node's path in SPECTRUM_USB_DEVICE and the lease's name in
                                         SPECTRUM_USB_LEASE, and give the device back when it ends
              --listen unix:PATH         vault: be there instead of at vsock port 5223; for tests, whoever connects is the host
              --help, --version          print this, or the version, and leave

            The faces find the session bus by DBUS_SESSION_BUS_ADDRESS, else at $XDG_RUNTIME_DIR/bus. keys takes the sockets that
            systemd listens on for it (FileDescriptorName=gpg and ssh), and makes none then.
            Exit status: 0 done, or another program took the bus name; 1 failed; 2 wrong usage. gpg-sign: gpg's, 0 or 2.
            ssh-sign: ssh-keygen's, 0 or 255. usb request: also 3 the user or the policy said no, 4 nobody answered in time; with a
            COMMAND that was run, its status.
            """;
}
