// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.spectrum_os.portal.protocol.LentDevice;
import org.spectrum_os.portal.protocol.MessageChannel;
import org.spectrum_os.portal.protocol.Ports;
import org.spectrum_os.portal.protocol.Untrusted;
import org.spectrum_os.portal.protocol.UsbDeviceInfo;
import org.spectrum_os.portal.protocol.UsbMessage;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.SocketKind;

/** The guest's half of what is said about USB devices, without a guest: to measure the host's half alone. Used from one thread. */
final class UsbGuest implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final MessageChannel channel;
    private final Map<String, UsbDeviceInfo> devices = new LinkedHashMap<>();
    private long requests;

    private UsbGuest(MessageChannel channel) {
        this.channel = channel;
    }

    /**
     * Begins a session and waits until every device has been told.
     *
     * @param vsock the socket that stands for the guest
     */
    static UsbGuest connect(Path vsock) throws IOException {
        var guest = new UsbGuest(
                new MessageChannel(Connection.connectUnix(Ports.unixSocket(vsock, Ports.USB), SocketKind.STREAM)));
        try {
            guest.channel.send(new UsbMessage.Hello(UsbMessage.VERSION, Untrusted.of("measure")));
            if (!(guest.receive() instanceof UsbMessage.Welcome)) {
                throw new IOException("the backend does not welcome us");
            }
            while (!(guest.receive() instanceof UsbMessage.Listed)) {
                // Each device is noted as it comes.
            }
            return guest;
        } catch (IOException e) {
            guest.close();
            throw e;
        }
    }

    /** What the guest may see now. */
    List<UsbDeviceInfo> devices() {
        return List.copyOf(devices.values());
    }

    /** Asks for a device, which must be granted. */
    LentDevice acquire(UsbDeviceInfo device) throws IOException {
        long request = ++requests;
        channel.send(new UsbMessage.Acquire(request, false, List.of(Untrusted.of(device.id()))));
        while (true) {
            switch (receive()) {
                case UsbMessage.Granted granted
                when granted.request() == request -> {
                    return granted.devices().getFirst();
                }
                case UsbMessage.Ended ended
                when ended.request() == request -> throw new IOException("the request ended with " + ended.outcome());
                default -> {
                    // About another device, or an earlier request.
                }
            }
        }
    }

    void release(LentDevice device) throws IOException {
        channel.send(new UsbMessage.Release(device.lease()));
    }

    private UsbMessage.FromHost receive() throws IOException {
        UsbMessage.FromHost message = channel.receive(UsbMessage.FromHost.class, PATIENCE);
        switch (message) {
            case UsbMessage.Present present -> devices.put(present.device().id(), present.device());
            case UsbMessage.Absent absent -> devices.remove(absent.id());
            default -> {
                // The caller's.
            }
        }
        return message;
    }

    @Override
    public void close() {
        channel.close();
    }
}
