// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageCodecTest {
    private static final FileRequest ASK = new FileRequest(
            Untrusted.of("org.example.Mail"),
            Untrusted.of("Attach \"it\""),
            true,
            false,
            List.of(new FileFilter(
                    Untrusted.of("Images"),
                    List.of(
                            new FileFilter.Pattern(FileFilter.Kind.GLOB, Untrusted.of("*.png")),
                            new FileFilter.Pattern(FileFilter.Kind.MIME, Untrusted.of("image/*"))))),
            0,
            List.of(new Choice(
                    Untrusted.of("enc"),
                    Untrusted.of("Encoding"),
                    List.of(new Choice.Option(Untrusted.of("utf8"), Untrusted.of("UTF-8"))),
                    Untrusted.of("utf8"))),
            Untrusted.of("/home/app"));

    private static final SaveRequest SAVE = new SaveRequest(
            ASK.appId(),
            ASK.title(),
            Untrusted.of("Ünï \"1\".txt"),
            ASK.filters(),
            null,
            ASK.choices(),
            ASK.currentFolder());

    private static final SaveFilesRequest SAVES = new SaveFilesRequest(
            ASK.appId(),
            ASK.title(),
            List.of(Untrusted.of("a"), Untrusted.of("b/../c")),
            ASK.choices(),
            ASK.currentFolder());

    static List<Message> messages() {
        return List.of(
                new Message.Hello(Message.VERSION, Untrusted.of("spectrum-agent 0.1")),
                new Message.OpenFile(1, ASK),
                Message.Ask.of(2, SAVE),
                Message.Ask.of(3, SAVES),
                new Message.Cancel(Long.MAX_VALUE),
                new Message.Welcome(Message.VERSION, "mail"),
                new Message.Refused(Message.Reason.ALREADY_LINKED, "another"),
                new Message.Granted(
                        7,
                        List.of(new LentFile("k3v9q2mw", "Ünïcode & \"quotes\" 100%.txt")),
                        List.of(new ChosenOption("enc", "utf8")),
                        null,
                        false),
                new Message.Ended(7, Outcome.EXPIRED));
    }

    private static Message decode(Message like, byte[] json) throws ProtocolException {
        return switch (like) {
            case Message.FromGuest guest -> MessageCodec.decode(json, Message.FromGuest.class);
            case Message.FromHost host -> MessageCodec.decode(json, Message.FromHost.class);
        };
    }

    @ParameterizedTest
    @MethodSource("messages")
    void everyMessageSurvivesTheWire(Message message) throws Exception {
        byte[] json = MessageCodec.encode(message);
        Message back = decode(message, json);
        assertEquals(message.getClass(), back.getClass());
        assertArrayEquals(json, MessageCodec.encode(back));
    }

    @Test
    void theWireFormatIsAsDocumented() throws Exception {
        assertEquals(
                "{\"type\":\"ended\",\"request\":7,\"outcome\":\"EXPIRED\"}",
                new String(MessageCodec.encode(new Message.Ended(7, Outcome.EXPIRED)), StandardCharsets.UTF_8));
        assertEquals(
                "{\"type\":\"hello\",\"version\":1,\"agent\":\"a\"}",
                new String(MessageCodec.encode(new Message.Hello(1, Untrusted.of("a"))), StandardCharsets.UTF_8));
    }

    @Test
    void whatIsAskedIsWrittenAsDocumented() throws Exception {
        var save = new SaveRequest(
                Untrusted.of("app"),
                Untrusted.of("Save"),
                Untrusted.of("new.txt"),
                List.of(),
                null,
                List.of(),
                Untrusted.of(""));
        assertEquals(
                "{\"type\":\"save-file\",\"request\":7,\"ask\":{\"appId\":\"app\",\"title\":\"Save\",\"currentName\":\"new.txt\","
                        + "\"filters\":[],\"currentFilter\":null,\"choices\":[],\"currentFolder\":\"\"}}",
                new String(MessageCodec.encode(Message.Ask.of(7, save)), StandardCharsets.UTF_8));
        var saves = new SaveFilesRequest(
                Untrusted.of("app"),
                Untrusted.of("Save"),
                List.of(Untrusted.of("a"), Untrusted.of("b")),
                List.of(),
                Untrusted.of("/home"));
        String json = new String(MessageCodec.encode(Message.Ask.of(8, saves)), StandardCharsets.UTF_8);
        assertEquals(
                "{\"type\":\"save-files\",\"request\":8,\"ask\":{\"appId\":\"app\",\"title\":\"Save\",\"names\":[\"a\",\"b\"],"
                        + "\"choices\":[],\"currentFolder\":\"/home\"}}",
                json);
        var back =
                (Message.SaveFiles) MessageCodec.decode(json.getBytes(StandardCharsets.UTF_8), Message.FromGuest.class);
        assertEquals(
                List.of("a", "b"),
                back.ask().names().stream()
                        .map(name -> name.<String>validate(text -> text))
                        .toList());
    }

    @Test
    void namesAreOneToTheLimit() throws Exception {
        String before = "{\"type\":\"save-files\",\"request\":1,\"ask\":{\"appId\":\"\",\"title\":\"\",\"names\":[";
        String after = "],\"choices\":[],\"currentFolder\":\"\"}}";
        for (int count : new int[] {0, 1, Limits.FILES, Limits.FILES + 1}) {
            byte[] json = (before + String.join(",", Collections.nCopies(count, "\"n\"")) + after)
                    .getBytes(StandardCharsets.UTF_8);
            if (count == 0 || count > Limits.FILES) {
                assertThrows(ProtocolException.class, () -> MessageCodec.decode(json, Message.FromGuest.class));
            } else {
                assertEquals(
                        Message.SaveFiles.class,
                        MessageCodec.decode(json, Message.FromGuest.class).getClass());
            }
        }
        byte[] withNull = (before + "null" + after).getBytes(StandardCharsets.UTF_8);
        assertThrows(ProtocolException.class, () -> MessageCodec.decode(withNull, Message.FromGuest.class));
    }

    @Test
    void aCurrentFilterIsOneOfTheFilters() {
        for (int filter : new int[] {-1, 1}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new SaveRequest(
                            ASK.appId(),
                            ASK.title(),
                            Untrusted.of(""),
                            ASK.filters(),
                            filter,
                            List.of(),
                            Untrusted.of("")));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "\"hello\"",
                "{}",
                "{\"type\":\"open-door\"}",
                "{\"type\":\"hello\"}",
                "{\"type\":\"hello\",\"version\":1}",
                "{\"type\":\"hello\",\"version\":\"1\",\"agent\":\"a\"}",
                "{\"type\":\"hello\",\"version\":1.0,\"agent\":\"a\"}",
                "{\"type\":\"hello\",\"version\":1,\"agent\":null}",
                "{\"type\":\"hello\",\"version\":1,\"agent\":{}}",
                "{\"type\":\"hello\",\"version\":1,\"agent\":\"a\",\"instance\":\"vault\"}",
                "{\"type\":\"hello\",\"version\":1,\"version\":2,\"agent\":\"a\"}",
                "{\"type\":\"hello\",\"version\":1,\"agent\":\"a\"}{}",
                "{\"type\":\"hello\",\"version\":99999999999,\"agent\":\"a\"}",
                "{\"type\":\"cancel\",\"request\":0}",
                "{\"type\":\"save-file\",\"request\":1,\"ask\":{}}",
                "{\"type\":\"save-file\",\"request\":0,\"ask\":{\"appId\":\"\",\"title\":\"\",\"currentName\":\"\",\"filters\":[],\"currentFilter\":null,\"choices\":[],\"currentFolder\":\"\"}}",
                "{\"type\":\"save-file\",\"request\":1,\"ask\":{\"appId\":\"\",\"title\":\"\",\"currentName\":null,\"filters\":[],\"currentFilter\":null,\"choices\":[],\"currentFolder\":\"\"}}",
                "{\"type\":\"save-file\",\"request\":1,\"ask\":{\"appId\":\"\",\"title\":\"\",\"currentName\":\"\",\"filters\":[],\"currentFilter\":0,\"choices\":[],\"currentFolder\":\"\"}}",
                "{\"type\":\"open-file\",\"request\":1,\"ask\":{\"appId\":\"\",\"title\":\"\",\"names\":[\"a\"],\"choices\":[],\"currentFolder\":\"\"}}",
                "{\"type\":\"cancel\",\"request\":-1}",
                "{\"type\":\"welcome\",\"version\":1,\"instance\":\"mail\"}",
                "{\"type\":\"hello\",\"version\":1,\"agent\":\"a\"",
                "{'type':'cancel','request':1}",
                "{\"type\":\"cancel\",\"request\":NaN}"
            })
    void anythingElseFromAGuestIsRefused(String json) {
        assertThrows(
                ProtocolException.class,
                () -> MessageCodec.decode(json.getBytes(StandardCharsets.UTF_8), Message.FromGuest.class));
    }

    @Test
    void deepNestingIsRefusedWithoutRecursion() {
        // The type comes last, so all that is before it must be held until it is known.
        String deep = "{\"ask\":" + "[".repeat(30_000);
        var error = assertThrows(
                ProtocolException.class,
                () -> MessageCodec.decode(deep.getBytes(StandardCharsets.UTF_8), Message.FromGuest.class));
        assertTrue(String.valueOf(error.getMessage()).contains("StreamConstraints"), error.toString());
    }

    @Test
    void errorsDoNotQuoteTheGuest() {
        var error = assertThrows(
                ProtocolException.class,
                () -> MessageCodec.decode(
                        "{\"type\":\"SECRET\\u001b[31m\"}".getBytes(StandardCharsets.UTF_8), Message.FromGuest.class));
        assertFalse(String.valueOf(error.getMessage()).contains("SECRET"));
    }

    @Test
    void countsAreBounded() {
        var many = java.util.stream.IntStream.range(0, Limits.CHOICES + 1)
                .mapToObj(i -> new Choice(Untrusted.of("" + i), Untrusted.of(""), List.of(), Untrusted.of("")))
                .toList();
        assertThrows(
                IllegalArgumentException.class,
                () -> new FileRequest(
                        Untrusted.of(""), Untrusted.of(""), false, false, List.of(), null, many, Untrusted.of("")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "a\u0000b", "/"})
    void lentNamesAreSingleComponents(String name) {
        assertThrows(IllegalArgumentException.class, () -> new LentFile("k3v9q2mw", name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "..", "A", "a/b", "-a", "ü"})
    void leaseNamesArePlain(String lease) {
        assertThrows(IllegalArgumentException.class, () -> new LentFile(lease, "a"));
    }

    /** Random damage to good messages: a message or a ProtocolException, nothing else. */
    @Test
    void damagedMessagesNeverThrowAnythingElse() throws Exception {
        Damage.tryOn(messages(), 7, MessageCodecTest::decode);
    }
}
