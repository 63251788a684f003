// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.spectrum_os.portal.chooser.ChooserOptions;
import org.spectrum_os.portal.chooser.ChooserOptions.Purpose;
import org.spectrum_os.portal.protocol.ChosenOption;
import org.spectrum_os.portal.protocol.FileAsk;
import org.spectrum_os.portal.protocol.LentFile;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.protocol.Message;
import org.spectrum_os.portal.protocol.Outcome;

@Timeout(20)
final class RequestBookTest {
    private final FakeHost host = new FakeHost();
    private final RequestBook book = new RequestBook(
            events -> host, new LentFolder("/run/portal", path -> path.endsWith("/here.txt")), Duration.ofMillis(300));
    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();

    /** A link that keeps what was sent on it. */
    private static final class FakeLine implements Host.Line {
        final BlockingQueue<Message.FromGuest> sent = new LinkedBlockingQueue<>();
        volatile boolean broken;

        @Override
        public void send(Message.FromGuest message) throws IOException {
            if (broken) {
                throw new IOException("broken");
            }
            sent.add(message);
        }
    }

    private static final class FakeHost implements Host {
        volatile @Nullable FakeLine line = new FakeLine();

        FakeLine up() {
            return Objects.requireNonNull(line);
        }

        @Override
        public Line awaitLine(Duration patience) throws HostAwayException, InterruptedException {
            FakeLine now = line;
            if (now == null) {
                throw new HostAwayException("away");
            }
            return now;
        }
    }

    private BookedRequest opened() throws Exception {
        return opened(new Purpose.Open(false, false));
    }

    private BookedRequest opened(Purpose purpose) throws Exception {
        var filter = new ChooserOptions.Filter("T", List.of(new ChooserOptions.Pattern(0, "*")));
        FileAsk ask = new ChooserOptions(purpose, List.of(filter), null, List.of(), "").ask("", "title");
        BookedRequest request = book.open(ask, answers::add);
        request.start();
        return request;
    }

    private long sent() throws InterruptedException {
        return sent(Message.OpenFile.class);
    }

    private long sent(Class<? extends Message.Ask> kind) throws InterruptedException {
        return assertInstanceOf(kind, host.up().sent.poll(5, TimeUnit.SECONDS)).request();
    }

    private Answer answer() throws InterruptedException {
        Answer answer = answers.poll(5, TimeUnit.SECONDS);
        assertTrue(answer != null, "no answer came");
        return answer;
    }

    private void awaitEmpty() {
        while (book.size() > 0) {
            Thread.onSpinWait();
        }
    }

    private static Message.Granted grant(long number, String name, @Nullable Integer filter) {
        return new Message.Granted(
                number, List.of(new LentFile("a1", name)), List.of(new ChosenOption("c", "o")), filter, false);
    }

    @Test
    void lendsWhatCanBeSeen() throws Exception {
        BookedRequest request = opened();
        book.granted(host.up(), grant(sent(), "here.txt", 0));
        var lent = assertInstanceOf(Answer.Lent.class, answer());
        assertEquals(0, lent.responseCode());
        assertEquals(List.of(new LentFile("a1", "here.txt")), lent.files());
        assertEquals(List.of(new ChosenOption("c", "o")), lent.choices());
        assertEquals(0, lent.filter());
        assertEquals(RequestBook.State.GRANTED, request.state());
        awaitEmpty();
    }

    @Test
    void failsWhenTheMountIsDead() throws Exception {
        opened();
        book.granted(host.up(), grant(sent(), "elsewhere.txt", null));
        var failed = assertInstanceOf(Answer.Failed.class, answer());
        assertEquals(2, failed.responseCode());
        assertTrue(failed.reason().contains("/run/portal/a1/elsewhere.txt"));
    }

    @Test
    void aFileServerThatHangsHoldsNoRequestForEver() throws Exception {
        var never = new java.util.concurrent.CountDownLatch(1);
        var slow = new RequestBook(
                events -> host,
                new LentFolder(
                        "/run/portal",
                        path -> {
                            try {
                                never.await();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                            return true;
                        },
                        Duration.ofMillis(50)),
                Duration.ofMillis(300));
        slow.open(ChooserOptions.of(new Purpose.Open(false, false)).ask("", ""), answers::add)
                .start();
        slow.granted(host.up(), grant(sent(), "here.txt", null));
        assertInstanceOf(Answer.Failed.class, answer());
        never.countDown();
    }

    @ParameterizedTest
    @CsvSource({"DENIED,1", "CANCELLED,2", "EXPIRED,2"})
    void passesOnHowTheHostEndedIt(Outcome outcome, int code) throws Exception {
        BookedRequest request = opened();
        book.ended(host.up(), new Message.Ended(sent(), outcome));
        assertEquals(code, answer().responseCode());
        assertEquals(RequestBook.State.ENDED, request.state());
    }

    @Test
    void withdrawingTellsTheHostAndAnswersNobody() throws Exception {
        BookedRequest request = opened();
        long number = sent();
        assertTrue(request.withdraw());
        assertEquals(
                number,
                assertInstanceOf(Message.Cancel.class, host.up().sent.poll(5, TimeUnit.SECONDS))
                        .request());
        assertFalse(request.withdraw());
        book.granted(host.up(), grant(number, "here.txt", null));
        awaitEmpty();
        assertNull(answers.poll());
        assertEquals(RequestBook.State.WITHDRAWN, request.state());
    }

    @Test
    void anAnswerComesOnceOnly() throws Exception {
        BookedRequest request = opened();
        long number = sent();
        book.ended(host.up(), new Message.Ended(number, Outcome.DENIED));
        book.granted(host.up(), grant(number, "here.txt", null));
        assertFalse(request.withdraw());
        assertEquals(1, answer().responseCode());
        awaitEmpty();
        assertNull(answers.poll());
    }

    @Test
    void theEndOfALineEndsItsRequests() throws Exception {
        opened();
        sent();
        FakeLine first = host.up();
        host.line = new FakeLine();
        opened();
        long second = sent();
        book.lost(first, "gone");
        assertEquals(2, answer().responseCode());
        assertNull(answers.poll());
        book.ended(host.up(), new Message.Ended(second, Outcome.DENIED));
        assertEquals(1, answer().responseCode());
    }

    @Test
    void anAnswerOnAnotherLineIsNoAnswer() throws Exception {
        opened();
        long number = sent();
        book.ended(new FakeLine(), new Message.Ended(number, Outcome.DENIED));
        book.ended(host.up(), new Message.Ended(number, Outcome.EXPIRED));
        assertEquals(2, answer().responseCode());
    }

    @Test
    void failsWhenTheHostIsAway() throws Exception {
        host.line = null;
        opened();
        assertEquals("away", assertInstanceOf(Answer.Failed.class, answer()).reason());
    }

    @Test
    void failsWhenTheLineBreaksUnderTheQuestion() throws Exception {
        host.up().broken = true;
        opened();
        assertEquals(2, answer().responseCode());
    }

    private static Message.Granted files(long number, int count, @Nullable Integer filter, boolean writable) {
        return new Message.Granted(
                number, Collections.nCopies(count, new LentFile("a1", "here.txt")), List.of(), filter, writable);
    }

    @Test
    void everyKindOfRequestGoesTheSameWay() throws Exception {
        opened(new Purpose.Open(true, false));
        book.granted(host.up(), files(sent(), 3, 0, false));
        assertEquals(3, assertInstanceOf(Answer.Lent.class, answer()).files().size());
        opened(new Purpose.Save("new.txt"));
        book.granted(host.up(), files(sent(Message.SaveFile.class), 1, 0, true));
        assertTrue(assertInstanceOf(Answer.Lent.class, answer()).writable());
        opened(new Purpose.SaveSeveral(List.of("a", "b")));
        book.granted(host.up(), files(sent(Message.SaveFiles.class), 2, null, true));
        assertEquals(2, assertInstanceOf(Answer.Lent.class, answer()).files().size());
    }

    @Test
    void refusesAnswersThatMakeNoSense() throws Exception {
        opened();
        book.granted(host.up(), files(sent(), 1, 1, false));
        assertInstanceOf(Answer.Failed.class, answer());
        for (int count : new int[] {0, 2}) {
            opened();
            book.granted(host.up(), files(sent(), count, null, false));
            assertInstanceOf(Answer.Failed.class, answer());
            opened(new Purpose.Save(""));
            book.granted(host.up(), files(sent(Message.SaveFile.class), count, null, true));
            assertInstanceOf(Answer.Failed.class, answer());
        }
        opened(new Purpose.Save(""));
        book.granted(host.up(), files(sent(Message.SaveFile.class), 1, null, false));
        assertEquals(2, assertInstanceOf(Answer.Failed.class, answer()).responseCode());
        opened(new Purpose.SaveSeveral(List.of("a", "b")));
        book.granted(host.up(), files(sent(Message.SaveFiles.class), 1, null, true));
        assertInstanceOf(Answer.Failed.class, answer());
        opened(new Purpose.SaveSeveral(List.of("a", "b")));
        book.granted(host.up(), files(sent(Message.SaveFiles.class), 2, 0, true));
        assertInstanceOf(Answer.Failed.class, answer());
    }

    @Test
    void isBoundedAndKnowsWhenItIsIdle() throws Exception {
        assertTrue(book.idle().isPositive());
        BookedRequest last = opened();
        for (int i = 1; i < Limits.OPEN_REQUESTS; i++) {
            last = opened();
        }
        assertEquals(Duration.ZERO, book.idle());
        var e = assertThrows(RequestBook.TooManyRequestsException.class, this::opened);
        assertTrue(String.valueOf(e.getMessage()).contains("32 requests"));
        last.withdraw();
        while (book.size() == Limits.OPEN_REQUESTS) {
            Thread.onSpinWait();
        }
        opened();
    }
}
