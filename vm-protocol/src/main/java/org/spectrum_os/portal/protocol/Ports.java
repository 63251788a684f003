// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.protocol;

import java.nio.file.Path;

/**
 * Where a guest finds the host. With the kernel's vsock these are ports of CID 2; where the virtual machine monitor carries vsock over
 * Unix sockets, a guest's connection to port P arrives at {@code <socket>_P} (the convention of Firecracker, Cloud Hypervisor and
 * vhost-device-vsock). Both are above 1023, so an ordinary user can listen.
 */
public final class Ports {
    /** Messages between agent and backend. */
    public static final int LINK = 5219;
    /** 9P2000.L for the lent files. */
    public static final int FILES = 5220;
    /** Where a VM that serves files itself listens for the host, and for nobody else. */
    public static final int FILE_VM = 5221;
    /** Signing, decrypting and logging in with keys that the guest does not have: {@link KeyMessage}. */
    public static final int KEYS = 5222;
    /** Where a VM that holds keys listens for the host, and for nobody else: {@link KeyMessage}. */
    public static final int VAULT = 5223;
    /** Asking for USB devices of the host: {@link UsbMessage}. */
    public static final int USB = 5224;
    /** The host's context id, as every guest sees it. */
    public static final int HOST_CID = 2;

    private Ports() {}

    /** The Unix socket on which connections to {@code port} from the VM that owns {@code socket} arrive. */
    public static Path unixSocket(Path socket, int port) {
        return socket.resolveSibling(socket.getFileName() + "_" + port);
    }
}
