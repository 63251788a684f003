// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.spectrum_os.portal.consent.contract.KeyQuestion.Again;
import org.spectrum_os.portal.consent.contract.KeyQuestion.Operation;
import org.spectrum_os.portal.consent.contract.KeyQuestion.Subject;
import org.spectrum_os.portal.consent.contract.ToWindow.Show;
import org.spectrum_os.portal.protocol.DisplayText;
import org.spectrum_os.portal.protocol.Untrusted;

class KeyQuestionTest {
    private static final String FINGERPRINT = "0123456789ABCDEF0123456789ABCDEF01234567";
    private static final String SSH = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU";
    private static final String HASH = "0a".repeat(32);
    private static final String ID = "c".repeat(40);
    private static final ClaimedText CLAIM = new ClaimedText("<b>Ada</b>", false);
    private static final ShownText TEXT = new ShownText("tree\n\n\"x\" \\ ü\n", true);
    private static final KeyQuestion.Key KEY = new KeyQuestion.Key(CLAIM, FINGERPRINT, null, null);
    private static final String HASHED =
            "{\"type\":\"show\",\"id\":7,\"instance\":{\"kind\":\"VM\",\"name\":\"mail\",\"colour\":\"#3584e4\","
                    + "\"terms\":{\"access\":\"READ\",\"loan\":{\"until\":\"stopped\"}}},\"phrase\":null,"
                    + "\"question\":{\"about\":\"key\",\"operation\":\"SIGN\",\"key\":{\"name\":{\"text\":\"<b>Ada</b>\","
                    + "\"shortened\":false},\"fingerprint\":\"" + FINGERPRINT + "\",\"subkey\":null,\"vault\":null},"
                    + "\"subject\":{\"kind\":\"unseen-hash\",\"algorithm\":\"SHA-256\",\"hash\":\"" + HASH + "\"},"
                    + "\"again\":{\"uses\":5,\"seconds\":0}}}";

    private static final Map<Operation, List<Subject>> SUBJECTS = Map.of(
            Operation.SIGN,
            Stream.concat(
                            Stream.of(
                                            new ContentView.GitCommit(ID, List.of(), CLAIM, null, CLAIM, TEXT),
                                            new ContentView.GitCommit(
                                                    "d".repeat(64),
                                                    Collections.nCopies(ContentView.PARENTS_MOST, ID),
                                                    CLAIM,
                                                    CLAIM,
                                                    CLAIM,
                                                    TEXT),
                                            new ContentView.GitTag(CLAIM, ID, "commit", null, CLAIM, TEXT),
                                            new ContentView.GitTag(CLAIM, ID, "blob", CLAIM, CLAIM, TEXT),
                                            new ContentView.Text(TEXT),
                                            new ContentView.Data(null, ""),
                                            new ContentView.Data("PDF document", "ab".repeat(ContentView.HEAD_BYTES)))
                                    .flatMap(view -> Stream.of(
                                            content(0, view, null, null), content(Long.MAX_VALUE, view, CLAIM, CLAIM))),
                            Stream.of(
                                    new Subject.UnseenHash("SHA-256", HASH),
                                    new Subject.UnseenSshSignature(CLAIM, "SHA-512", HASH.repeat(2))))
                    .toList(),
            Operation.DECRYPT,
            List.of(new Subject.UnseenCiphertext()),
            Operation.LOG_IN,
            List.of(
                    new Subject.Login(CLAIM, CLAIM, SSH, false),
                    new Subject.Login(CLAIM, null, SSH, true),
                    new Subject.Login(CLAIM, null, null, false)));

    private static Subject content(
            long bytes, ContentView view, @Nullable ClaimedText origin, @Nullable ClaimedText namespace) {
        return new Subject.Content(bytes, HASH, view, origin, namespace);
    }

    private static Show show(KeyQuestion question) {
        return new Show(7, new InstanceLabel("mail", "#3584e4"), null, question);
    }

    static List<KeyQuestion> questions() {
        return SUBJECTS.entrySet().stream()
                .flatMap(entry -> entry.getValue().stream()
                        .flatMap(subject -> Stream.of(
                                new KeyQuestion(entry.getKey(), KEY, subject, null),
                                new KeyQuestion(
                                        entry.getKey(),
                                        new KeyQuestion.Key(CLAIM, SSH, "F".repeat(64), "vault"),
                                        subject,
                                        new Again(0, 600)))))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("questions")
    void everyQuestionComesBackFromALine(KeyQuestion question) throws Exception {
        Show show = show(question);
        assertEquals(show, ContractCodec.decodeToWindow(ContractCodec.encode(show)));
    }

    @Test
    void theDocumentedFormIsTheOneThatIsWritten() throws Exception {
        var question = new KeyQuestion(Operation.SIGN, KEY, new Subject.UnseenHash("SHA-256", HASH), new Again(5, 0));
        assertEquals(HASHED, new String(ContractCodec.encode(show(question)), UTF_8));
        assertEquals(
                "{\"type\":\"agreed\",\"id\":7,\"again\":true}",
                new String(ContractCodec.encode(new FromWindow.Agreed(7, true)), UTF_8));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"about\":\"key\"|\"about\":\"keys\"",
                "\"about\":\"key\",|",
                "\"operation\":\"SIGN\"|\"operation\":\"sign\"",
                "\"operation\":\"SIGN\"|\"operation\":null",
                "\"operation\":\"SIGN\"|\"operation\":\"DECRYPT\"",
                "\"operation\":\"SIGN\",|",
                "\"subkey\":null,|",
                "\"vault\":null|\"vault\":null,\"more\":1",
                "\"kind\":\"unseen-hash\"|\"kind\":\"content\"",
                "\"kind\":\"unseen-hash\"|\"kind\":\"anything\"",
                "\"algorithm\":\"SHA-256\",|",
                "\"algorithm\":\"SHA-256\"|\"algorithm\":null",
                "\"uses\":5|\"uses\":\"5\"",
                "\"uses\":5|\"uses\":5.0",
                "\"uses\":5|\"uses\":0",
                "\"uses\":5|\"uses\":1001",
                "\"seconds\":0|\"seconds\":1",
                "\"again\":{|\"again\":{\"always\":true,",
            })
    void aQuestionThatIsNotQuiteOneIsRefused(String good, @Nullable String bad) {
        assertTrue(HASHED.contains(good), good);
        byte[] line = HASHED.replace(good, bad == null ? "" : bad).getBytes(UTF_8);
        assertThrows(ContractException.class, () -> ContractCodec.decodeToWindow(line));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"agreed\",\"id\":4}",
                "{\"type\":\"agreed\",\"id\":4,\"again\":null}",
                "{\"type\":\"agreed\",\"id\":4,\"again\":1}",
                "{\"type\":\"agreed\",\"id\":0,\"again\":false}",
                "{\"type\":\"agreed\",\"id\":4,\"again\":false,\"key\":\"x\"}"
            })
    void anAnswerThatIsNotQuiteOneIsRefused(String line) {
        assertThrows(ContractException.class, () -> ContractCodec.decodeFromWindow(line.getBytes(UTF_8)));
    }

    @Test
    void noSubjectFitsAnotherOperation() {
        for (Operation operation : Operation.values()) {
            SUBJECTS.forEach((own, subjects) -> subjects.forEach(subject -> {
                if (operation == own) {
                    assertDoesNotThrow(() -> new KeyQuestion(operation, KEY, subject, null));
                } else {
                    assertThrows(IllegalArgumentException.class, () -> new KeyQuestion(operation, KEY, subject, null));
                }
            }));
        }
    }

    @Test
    void anAnswerMustFitItsQuestion() {
        var once = new KeyQuestion(Operation.DECRYPT, KEY, new Subject.UnseenCiphertext(), null);
        var more = new KeyQuestion(Operation.DECRYPT, KEY, new Subject.UnseenCiphertext(), new Again(1, 0));
        assertEquals(Optional.empty(), once.objectionTo(new FromWindow.Agreed(7, false)));
        assertTrue(once.objectionTo(new FromWindow.Agreed(7, true)).isPresent(), "nothing was offered");
        assertEquals(Optional.empty(), more.objectionTo(new FromWindow.Agreed(7, true)));
        assertEquals(Optional.empty(), more.objectionTo(new FromWindow.Agreed(7, false)));
        var chosen =
                new FromWindow.Chosen(7, List.of(FromWindow.PickedFile.file("/a", 1, 1)), List.of(), null, Terms.LEAST);
        assertTrue(more.objectionTo(chosen).isPresent(), "files for a key");
        var files = new FileQuestion(CLAIM, CLAIM, new Purpose.OpenFiles(false), List.of(), null, List.of(), null);
        assertTrue(files.objectionTo(new FromWindow.Agreed(7, false)).isPresent(), "agreed without files");
        assertFalse(once.isShareable(), "each is an operation of its own");
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1,1", "-1,0", "0,-1", "1001,0", "0,86401", "-1,5"})
    void againIsSoOftenOrSoLong(int uses, int seconds) {
        assertThrows(IllegalArgumentException.class, () -> new Again(uses, seconds));
    }

    @Test
    void theBoundsOfAgainAreAllowed() {
        assertEquals(1000, new Again(Again.MOST_USES, 0).uses());
        assertEquals(86_400, new Again(0, Again.MOST_SECONDS).seconds());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0123",
                "0123456789abcdef0123456789abcdef01234567",
                "0123456789ABCDEF0123456789ABCDEF01234567 ",
                "SHA256:short",
                "MD5:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
                "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuF<"
            })
    void onlyAFingerprintNamesAKey(String text) {
        assertThrows(IllegalArgumentException.class, () -> new KeyQuestion.Key(CLAIM, text, null, null));
        assertThrows(IllegalArgumentException.class, () -> new KeyQuestion.Key(CLAIM, FINGERPRINT, text, null));
        assertThrows(IllegalArgumentException.class, () -> new Subject.Login(CLAIM, null, text, false));
    }

    private static void refused(Runnable made) {
        assertThrows(IllegalArgumentException.class, made::run);
    }

    @Test
    void everythingHasItsForm() {
        refused(() -> new KeyQuestion.Key(CLAIM, FINGERPRINT, null, "v\u202e"));
        refused(() -> new KeyQuestion.Key(CLAIM, FINGERPRINT, null, "v".repeat(ContractLimits.LABEL_CODE_POINTS + 1)));
        refused(() -> new Subject.Login(CLAIM, CLAIM, null, false));
        refused(() -> content(-1, new ContentView.Text(TEXT), null, null));
        for (String hash : List.of("", "0a", "0A".repeat(32), "0g".repeat(32), "0a".repeat(65))) {
            refused(() -> new Subject.Content(1, hash, new ContentView.Text(TEXT), null, null));
            refused(() -> new Subject.UnseenHash("SHA-256", hash));
            refused(() -> new Subject.UnseenSshSignature(CLAIM, "SHA-256", hash));
        }
        refused(() -> new Subject.UnseenHash("x".repeat(ContractLimits.TOKEN_CHARS + 1), HASH));
        for (String id : List.of("", "c".repeat(39), "C".repeat(40), "c".repeat(41), "z".repeat(40))) {
            refused(() -> new ContentView.GitCommit(id, List.of(), CLAIM, null, CLAIM, TEXT));
            refused(() -> new ContentView.GitCommit(ID, List.of(id), CLAIM, null, CLAIM, TEXT));
            refused(() -> new ContentView.GitTag(CLAIM, id, "commit", null, CLAIM, TEXT));
        }
        List<String> many = Collections.nCopies(ContentView.PARENTS_MOST + 1, ID);
        refused(() -> new ContentView.GitCommit(ID, many, CLAIM, null, CLAIM, TEXT));
        refused(() -> new ContentView.GitTag(CLAIM, ID, "branch", null, CLAIM, TEXT));
        for (String head : Arrays.asList("a", "AB", "ab ", "ab".repeat(ContentView.HEAD_BYTES + 1))) {
            refused(() -> new ContentView.Data(null, head));
        }
        refused(() -> new ContentView.Data("a\nb", "ab"));
        for (String text : List.of("a\tb", "a\rb", "a\u202eb", "a\u2028b", "\ud800", "x".repeat(ShownText.MOST + 1))) {
            refused(() -> new ShownText(text, false));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u007f", "\"", "\n", "é", "画", "\u202e", "\uE000", "😀"})
    void theLargestTextThatIsShownFitsALine(String piece) throws Exception {
        String content = piece.repeat(ShownText.SHOWN_BYTES / piece.getBytes(UTF_8).length);
        DisplayText safe = DisplayText.lines(Untrusted.of(content), ShownText.SHOWN_BYTES);
        Show show = show(new KeyQuestion(
                Operation.SIGN,
                KEY,
                content(1, new ContentView.Text(new ShownText(safe.text(), true)), null, null),
                null));
        assertEquals(show, ContractCodec.decodeToWindow(ContractCodec.encode(show)));
    }
}
