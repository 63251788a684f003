// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.hypervisor.life;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.spectrum_os.portal.backend.hypervisor.MachineException;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Peer;

/**
 * Who listens behind a monitor's socket. Equal peers are the same run of a VM.
 *
 * @param process    the one that called listen
 * @param socketFile device, inode and birth of the socket's file: an inode alone is soon another file's
 */
public record VmPeer(ProcessIdentity process, String socketFile) {
    private static final int ROOT = 0;
    private static final int OWN = own();

    private static int own() {
        try {
            return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw new IllegalStateException("/proc does not show this very process; it must be mounted", e);
        }
    }

    /**
     * Looks who is there.
     *
     * @param connection with {@code socket}
     * @throws MachineException.WrongPeer if it is neither this user nor root, who could do as they like anyway
     * @throws IOException                if that cannot be seen, as it has gone meanwhile for one: no word of who was there before
     */
    public static VmPeer of(Connection connection, Path socket) throws IOException {
        Peer.HostProcess credentials = connection.credentials();
        if (credentials.uid() != OWN && credentials.uid() != ROOT) {
            throw new MachineException.WrongPeer(
                    "behind " + socket + " is " + credentials + ", but this is user " + OWN
                            + ": nothing was passed to it; run the VM as this user, in a folder that only this user can write to");
        }
        BasicFileAttributes file = Files.readAttributes(socket, BasicFileAttributes.class);
        return new VmPeer(ProcessIdentity.of(credentials.pid()), file.fileKey() + " of " + file.creationTime());
    }
}
