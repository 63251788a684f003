// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.spectrum_os.portal.protocol.MessageChannel;
import org.spectrum_os.portal.protocol.Untrusted;
import org.spectrum_os.portal.protocol.UsbDeviceInfo;
import org.spectrum_os.portal.protocol.UsbMessage;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.SocketKind;

/** What an agent does, by hand. */
final class UsbGuest implements AutoCloseable {
    private static final long SOON = 20;

    final MessageChannel channel;
    final List<UsbDeviceInfo> devices = new ArrayList<>();
    private final Thread server;
    private long requests;

    UsbGuest(UsbPortal portal, String instance) throws IOException {
        Connection.Ends ends = Connection.pair(SocketKind.STREAM);
        channel = new MessageChannel(ends.first());
        server = Thread.ofPlatform().daemon().start(() -> portal.serve(instance, ends.second()));
        channel.send(new UsbMessage.Hello(UsbMessage.VERSION, Untrusted.of("test")));
        assertInstanceOf(UsbMessage.Welcome.class, next());
        for (UsbMessage.FromHost told = next(); !(told instanceof UsbMessage.Listed); told = next()) {
            devices.add(assertInstanceOf(UsbMessage.Present.class, told).device());
        }
    }

    UsbMessage.FromHost next() throws IOException {
        return channel.receive(UsbMessage.FromHost.class, Duration.ofSeconds(SOON));
    }

    /** The next message of that kind; what else is said before is heard and dropped. */
    <M extends UsbMessage.FromHost> M next(Class<M> kind) throws IOException {
        while (true) {
            UsbMessage.FromHost told = next();
            if (kind.isInstance(told)) {
                return kind.cast(told);
            }
        }
    }

    long acquire(boolean keep, String... ids) throws IOException {
        channel.send(new UsbMessage.Acquire(
                ++requests, keep, Arrays.stream(ids).map(Untrusted::of).toList()));
        return requests;
    }

    long seek() throws IOException {
        channel.send(new UsbMessage.Seek(++requests, false, null, null, null));
        return requests;
    }

    String id() {
        return devices.getFirst().id();
    }

    /** Leaves; what follows on the host is done when this returns. */
    void leave() throws InterruptedException {
        channel.close();
        served();
    }

    void served() throws InterruptedException {
        server.join(TimeUnit.SECONDS.toMillis(SOON));
        assertTrue(!server.isAlive(), "the connection is still served");
    }

    @Override
    public void close() throws InterruptedException {
        leave();
    }
}
