// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.hypervisor.crosvm;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What crosvm is asked: {@code VmRequest} in vm_control/src/lib.rs, as serde writes it. */
sealed interface Request {
    /** USB ports of a VM: 1 to 8 are for USB 2, 9 to 16 for USB 3. */
    int PORTS = 16;

    /** Goes to the controller's process, and comes back from there. */
    sealed interface Usb extends Request {}

    /** With one descriptor: of {@code /dev/bus/usb/BBB/DDD}. */
    record AttachDevice() implements Usb {}

    /** With one descriptor: of {@code /dev/hidrawN}. */
    record AttachSecurityKey() implements Usb {}

    /** {@code port} 0 is none that ever has a device. */
    record DetachDevice(int port) implements Usb {}

    /** Of all ports. crosvm's own command line leaves the last one out. */
    record ListDevice() implements Usb {}

    /** Which processes and threads run the VM. */
    record VcpuPidTid() implements Request {}

    /** One packet. Descriptors are numbered from 0, and each that is sent must be named. */
    default ByteBuffer packet() {
        String text = switch (this) {
            case AttachDevice() -> "{\"UsbCommand\":{\"AttachDevice\":{\"file\":0}}}";
            case AttachSecurityKey() -> "{\"UsbCommand\":{\"AttachSecurityKey\":{\"file\":0}}}";
            case DetachDevice(int port) -> "{\"UsbCommand\":{\"DetachDevice\":{\"port\":" + port + "}}}";
            case ListDevice() ->
                "{\"UsbCommand\":{\"ListDevice\":{\"ports\":["
                        + IntStream.rangeClosed(1, PORTS)
                                .mapToObj(Integer::toString)
                                .collect(Collectors.joining(","))
                        + "]}}}";
            case VcpuPidTid() -> "\"VcpuPidTid\"";
        };
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }
}
