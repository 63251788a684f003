// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.usb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.agent.link.HostAddress;
import org.spectrum_os.portal.protocol.LentDevice;
import org.spectrum_os.portal.protocol.MessageChannel;
import org.spectrum_os.portal.protocol.Outcome;
import org.spectrum_os.portal.protocol.UsbDeviceInfo;
import org.spectrum_os.portal.protocol.UsbMessage;

@Timeout(60)
final class HostUsbTest {
    private final UsbHost host;
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final BlockingQueue<UsbAnswer> answers = new LinkedBlockingQueue<>();
    private final HostUsb conversation;

    HostUsbTest(@TempDir Path folder) throws Exception {
        host = new UsbHost(folder.resolve("vm"));
        conversation = new HostUsb(host.address(), "test", new Heard());
    }

    @AfterEach
    void stop() {
        conversation.close();
        host.close();
    }

    private final class Heard implements UsbEvents {
        @Override
        public void present(UsbDeviceInfo device, boolean changed) {
            heard.add((changed ? "changed " : "present ") + device.id());
        }

        @Override
        public void absent(String id) {
            heard.add("absent " + id);
        }

        @Override
        public void again(LentDevice device) {
            heard.add("again " + device.lease());
        }

        @Override
        public void taken(String lease) {
            heard.add("taken " + lease);
        }

        @Override
        public void lost(String why) {
            heard.add("lost " + why);
        }
    }

    private MessageChannel begun(int devices) throws Exception {
        conversation.start();
        MessageChannel channel = host.welcomed(devices);
        conversation.awaitListed();
        return channel;
    }

    private String next() throws InterruptedException {
        String event = heard.poll(15, TimeUnit.SECONDS);
        assertNotNull(event, "nothing was heard");
        return event;
    }

    private UsbAnswer answer() throws InterruptedException {
        UsbAnswer answer = answers.poll(15, TimeUnit.SECONDS);
        assertNotNull(answer, "no answer came");
        return answer;
    }

    private void assertLost(String part) throws InterruptedException {
        String event = next();
        while (!event.startsWith("lost ")) {
            event = next();
        }
        assertTrue(event.contains(part), event);
    }

    @Test
    void tellsWhatTheHostTells() throws Exception {
        MessageChannel channel = begun(1);
        channel.send(new UsbMessage.Present(UsbHost.device(1)));
        channel.send(new UsbMessage.Absent(UsbHost.id(1)));
        channel.send(new UsbMessage.Absent(UsbHost.id(1)));
        channel.send(new UsbMessage.Again(UsbHost.lent(1, 1)));
        channel.send(new UsbMessage.Taken("lease-1"));
        String id = UsbHost.id(1);
        assertEquals(
                List.of("present " + id, "changed " + id, "absent " + id, "again lease-1", "taken lease-1"),
                List.of(next(), next(), next(), next(), next()));
    }

    @Test
    void aHostThatIsAwayIsSaidAtOnce(@TempDir Path nowhere) {
        var nobody = new HostUsb(new HostAddress.UnixSocket(nowhere.resolve("vm")), "test", new Heard());
        nobody.start();
        String said = String.valueOf(
                assertThrows(NoHostException.class, nobody::awaitListed).getMessage());
        assertTrue(said.contains("5224") && said.contains("must be running"), said);
    }

    @Test
    void aRefusalIsSaidInTheHostsWords() throws Exception {
        conversation.start();
        MessageChannel channel = host.connection();
        channel.send(new UsbMessage.Refused("no \u202e devices"));
        String said = String.valueOf(
                assertThrows(NoHostException.class, conversation::awaitListed).getMessage());
        assertTrue(said.contains("refuses: no ⟨U+202E⟩ devices"), said);
    }

    @Test
    void anotherVersionIsNotTalkedTo() throws Exception {
        conversation.start();
        host.connection().send(new UsbMessage.Welcome(UsbMessage.VERSION + 1));
        assertThrows(NoHostException.class, conversation::awaitListed);
    }

    @Test
    void whatMakesNoSenseEndsIt() throws Exception {
        MessageChannel channel = begun(0);
        channel.send(new UsbMessage.Welcome(UsbMessage.VERSION));
        assertLost("makes no sense");
        UsbHost.expectEnd(channel);
    }

    @Test
    void aGrantThatNobodyAskedForEndsIt() throws Exception {
        MessageChannel channel = begun(1);
        channel.send(new UsbMessage.Granted(1, List.of(UsbHost.lent(1, 1))));
        assertLost("makes no sense");
    }

    @Test
    void aDeviceThatWasNotAskedForEndsIt() throws Exception {
        MessageChannel channel = begun(2);
        long number = conversation.acquire(List.of(UsbHost.id(1)), false, answers::add);
        channel.send(new UsbMessage.Granted(number, List.of(UsbHost.lent(2, 1))));
        assertInstanceOf(UsbAnswer.Lost.class, answer());
        assertLost("not asked for");
    }

    @Test
    void moreDevicesThanAllowedEndIt() throws Exception {
        conversation.start();
        MessageChannel channel = host.welcomed(UsbMessage.MOST_DEVICES + 1);
        assertLost("more than 64 devices");
        channel.close();
    }

    @Test
    void theEndAnswersWhatIsOpenAndWhatComesLater() throws Exception {
        MessageChannel channel = begun(1);
        conversation.acquire(List.of(UsbHost.id(1)), false, answers::add);
        UsbHost.expect(channel, UsbMessage.Acquire.class);
        channel.close();
        assertInstanceOf(UsbAnswer.Lost.class, answer());
        assertLost("closed the connection");
        conversation.seek(null, null, 8, false, answers::add);
        assertInstanceOf(UsbAnswer.Lost.class, answer());
    }

    @Test
    void whatIsGrantedAfterTheWithdrawalIsGivenBack() throws Exception {
        MessageChannel channel = begun(1);
        long number = conversation.acquire(List.of(UsbHost.id(1)), false, answers::add);
        UsbHost.expect(channel, UsbMessage.Acquire.class);
        conversation.withdraw(number);
        channel.send(new UsbMessage.Granted(number, List.of(UsbHost.lent(1, 1))));
        assertEquals(number, UsbHost.expect(channel, UsbMessage.Withdraw.class).request());
        assertEquals(
                "lease-1", UsbHost.expect(channel, UsbMessage.Release.class).lease());
        assertTrue(answers.isEmpty());
    }

    @Test
    void tenThousandRequestsArriveInTheirOrder() throws Exception {
        MessageChannel channel = begun(1);
        int many = 10_000;
        var asking = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < many; i++) {
                conversation.withdraw(conversation.acquire(List.of(UsbHost.id(1)), false, answers::add));
            }
            conversation.seek(0x1d50, null, null, true, answers::add);
        });
        for (long i = 1; i <= many; i++) {
            assertEquals(i, UsbHost.expect(channel, UsbMessage.Acquire.class).request());
            assertEquals(i, UsbHost.expect(channel, UsbMessage.Withdraw.class).request());
        }
        long last = UsbHost.expect(channel, UsbMessage.Seek.class).request();
        channel.send(new UsbMessage.Ended(last, Outcome.DENIED));
        assertEquals(new UsbAnswer.Refused(Outcome.DENIED), answer());
        asking.join();
        assertTrue(answers.isEmpty());
    }

    @Test
    void theHostHearsEverythingBeforeTheEnd() throws Exception {
        MessageChannel channel = begun(0);
        conversation.release("lease-9");
        var finishing = Thread.ofPlatform().start(() -> {
            try {
                conversation.finish();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        assertEquals(
                "lease-9", UsbHost.expect(channel, UsbMessage.Release.class).lease());
        UsbHost.expectEnd(channel);
        assertTrue(finishing.isAlive(), "it waits until the host has read all");
        channel.close();
        finishing.join();
    }
}
