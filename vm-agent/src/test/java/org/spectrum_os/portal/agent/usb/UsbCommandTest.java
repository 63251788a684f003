// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.usb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.protocol.MessageChannel;
import org.spectrum_os.portal.protocol.Outcome;
import org.spectrum_os.portal.protocol.UsbMessage;

@Timeout(60)
final class UsbCommandTest {
    private final Path folder;
    private final UsbHost host;
    private final UsbTree tree;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    UsbCommandTest(@TempDir Path folder) throws Exception {
        this.folder = folder.toRealPath();
        host = new UsbHost(this.folder.resolve("vm"));
        tree = new UsbTree(this.folder);
    }

    @AfterEach
    void stop() {
        host.close();
    }

    private CompletableFuture<Integer> running(UsbCommand command) {
        var status = new CompletableFuture<Integer>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                status.complete(command.run("test", new PrintStream(printed, true, StandardCharsets.UTF_8)));
            } catch (Exception e) {
                status.completeExceptionally(e);
            }
        });
        return status;
    }

    private UsbRequest request(Duration patience, String... command) {
        return new UsbRequest(host.address(), 0x1d50, null, 8, patience, List.of(command), tree.nodes());
    }

    private String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    @Test
    void listsWhatMayBeAskedFor() throws Exception {
        var status = running(new UsbCommand.Devices(host.address()));
        host.welcomed(2);
        assertEquals(0, status.get());
        assertEquals("1d50:6018 OpenMoko Black Magic (serial1)\n1d50:6018 OpenMoko Black Magic (serial2)\n", printed());
    }

    @Test
    void aDeviceStaysAndIsGivenBackLater() throws Exception {
        tree.plug(1, "1-1", 2, 0x1d50, 0x6018, "");
        var status = running(request(Duration.ofSeconds(30)));
        MessageChannel link = host.welcomed(1);
        var seek = UsbHost.expect(link, UsbMessage.Seek.class);
        assertTrue(seek.keep());
        assertEquals(8, seek.interfaceClass());
        link.send(new UsbMessage.Granted(seek.request(), List.of(UsbHost.lent(1, 1))));
        assertEquals(0, status.get());
        assertEquals(tree.node(1, 2) + " lease-1\n", printed());
        UsbHost.expectEnd(link);

        var back = running(new UsbCommand.GiveBack(host.address(), "lease-1"));
        MessageChannel other = host.welcomed(1);
        assertEquals("lease-1", UsbHost.expect(other, UsbMessage.Release.class).lease());
        UsbHost.expectEnd(other);
        other.close();
        assertEquals(0, back.get());
    }

    @Test
    void aCommandHasTheDeviceAsLongAsItRuns() throws Exception {
        tree.plug(1, "1-1", 2, 0x1d50, 0x6018, "");
        Path said = folder.resolve("said");
        var status = running(request(
                Duration.ofSeconds(30),
                "/bin/sh",
                "-c",
                "echo $SPECTRUM_USB_DEVICE $SPECTRUM_USB_LEASE > " + said + "; exit 7"));
        MessageChannel link = host.welcomed(1);
        var seek = UsbHost.expect(link, UsbMessage.Seek.class);
        assertFalse(seek.keep());
        link.send(new UsbMessage.Granted(seek.request(), List.of(UsbHost.lent(1, 1))));
        assertEquals(7, status.get());
        UsbHost.expectEnd(link);
        assertEquals(tree.node(1, 2) + " lease-1\n", Files.readString(said));
    }

    @Test
    void eachNoHasItsStatus() throws Exception {
        for (Outcome outcome : Outcome.values()) {
            var status = running(request(Duration.ofSeconds(30)));
            MessageChannel link = host.welcomed(0);
            long number = UsbHost.expect(link, UsbMessage.Seek.class).request();
            link.send(new UsbMessage.Ended(number, outcome));
            assertEquals(
                    switch (outcome) {
                        case DENIED -> UsbCommand.DENIED;
                        case CANCELLED -> UsbCommand.FAILED;
                        case EXPIRED -> UsbCommand.NO_ANSWER;
                    },
                    status.get());
        }
    }

    @Test
    void whoWaitsNoLongerWithdraws() throws Exception {
        var status = running(request(Duration.ofMillis(300)));
        MessageChannel link = host.welcomed(0);
        UsbHost.expect(link, UsbMessage.Seek.class);
        UsbHost.expect(link, UsbMessage.Withdraw.class);
        UsbHost.expectEnd(link);
        link.close();
        assertEquals(UsbCommand.NO_ANSWER, status.get());
    }

    @Test
    void aDeviceThatDoesNotComeIsGivenBack() throws Exception {
        var status = running(request(Duration.ofSeconds(30)));
        MessageChannel link = host.welcomed(1);
        long number = UsbHost.expect(link, UsbMessage.Seek.class).request();
        link.send(new UsbMessage.Granted(number, List.of(UsbHost.lent(1, 1))));
        assertEquals("lease-1", UsbHost.expect(link, UsbMessage.Release.class).lease());
        UsbHost.expectEnd(link);
        link.close();
        assertEquals(UsbCommand.FAILED, status.get());
    }
}
