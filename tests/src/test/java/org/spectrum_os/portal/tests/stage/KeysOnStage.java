// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.spectrum_os.portal.protocol.KeyMessage;
import org.spectrum_os.portal.tests.desktop.Patience;

/** The real backend with real keys, a scripted window that keeps what it is asked, and the test in the place of a guest. */
abstract class KeysOnStage {
    static final Duration PATIENCE = Duration.ofSeconds(60);
    static final String SIGN = "\"sign\": \"ask\"";

    final Stage stage;
    final KeyRing ring;
    final KeyGuest guest;
    final KeyPolicy policy;
    /** Closed at the end, the last first. */
    final List<AutoCloseable> toClose = new ArrayList<>();

    KeysOnStage() throws Exception {
        stage = new Stage();
        ring = stage.keyRing();
        guest = new KeyGuest(stage);
        policy = new KeyPolicy(stage);
    }

    @AfterEach
    void close() throws Exception {
        release();
        for (AutoCloseable each : toClose.reversed()) {
            each.close();
        }
        stage.close();
    }

    private Path asked() {
        return stage.session().resolve("home/asked.jsonl");
    }

    private Path holdFile() {
        return stage.session().resolve("home/hold");
    }

    /** Starts the backend with {@link #policy} and a window that does as {@code script} says. */
    BackendProcess start(String... script) throws Exception {
        var words = new ArrayList<>(Arrays.asList(script));
        words.addAll(List.of("--log", asked().toString(), "--hold", holdFile().toString()));
        return stage.startBackend(policy.write(), stage.scriptedWindow(words.toArray(String[]::new)));
    }

    /** From now on the window answers nothing, until {@link #release}. */
    void hold() throws IOException {
        Files.writeString(holdFile(), "");
    }

    void release() throws IOException {
        Files.deleteIfExists(holdFile());
    }

    /** What the window was told, from the first. */
    List<JsonNode> told(String type) throws IOException {
        if (!Files.exists(asked())) {
            return List.of();
        }
        var all = new ArrayList<JsonNode>();
        for (String line : Files.readAllLines(asked())) {
            JsonNode message = new JsonMapper().readTree(line);
            if (message.get("type").asText().equals(type)) {
                all.add(message);
            }
        }
        return all;
    }

    /** What the user was asked, from the first. */
    List<JsonNode> questions() throws IOException {
        return told("show").stream().map(message -> message.get("question")).toList();
    }

    /** Waits until the window was told so many of that type. */
    void awaitTold(String type, int count) throws IOException {
        Patience.await(
                count + " × " + type + "; the backend says:\n" + stage.backend().log(), PATIENCE, () -> {
                    try {
                        return told(type).size() >= count ? Optional.of(true) : Optional.empty();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Insists that a signature by itself is good, and is made by that key. */
    void verify(byte[] content, byte[] signature, KeyRing.Key key) throws Exception {
        Path folder = Files.createTempDirectory(ring.home(), "verify");
        Files.write(folder.resolve("content"), content);
        Files.write(folder.resolve("signature"), signature);
        stage.own(folder);
        var verified = ring.commands()
                .run(
                        new byte[0],
                        "gpg",
                        "--batch",
                        "--status-fd",
                        "1",
                        "--verify",
                        folder.resolve("signature").toString(),
                        folder.resolve("content").toString());
        assertEquals(0, verified.status(), verified.text() + verified.errors());
        String valid = verified.text()
                .lines()
                .filter(line -> line.contains("VALIDSIG"))
                .findFirst()
                .orElse("");
        assertTrue(valid.endsWith(key.fingerprint()), verified.text());
    }

    /** Signs, and insists on a good signature. */
    void signed(KeyRing.Key key, String content) throws Exception {
        KeyGuest.Signature signature = guest.sign(KeyGuest.detached(key.fingerprint()), bytes(content));
        assertInstanceOf(
                KeyMessage.Signed.class,
                signature.answer(),
                () -> stage.backend().log());
        verify(bytes(content), signature.bytes(), key);
    }

    /** Signs, and insists that there is none, for that reason. */
    void refused(String key, String content, KeyMessage.Why why) throws Exception {
        KeyGuest.Signature signature = guest.sign(KeyGuest.detached(key), bytes(content));
        assertEquals(
                new KeyMessage.Failed(why),
                signature.answer(),
                () -> stage.backend().log());
        assertEquals(0, signature.bytes().length, "bytes of a signature that there is none of");
    }

    static void assertContains(String whole, String part) {
        assertTrue(whole.contains(part), () -> "“" + part + "” is not in:\n" + whole);
    }
}
