// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign.content;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.spectrum_os.portal.consent.contract.ContentView;
import org.spectrum_os.portal.consent.contract.ShownText;
import org.spectrum_os.portal.protocol.DisplayText;
import org.spectrum_os.portal.protocol.Untrusted;

/** Makes a view of content from its beginning: an object of git if it is one in every detail, else text if it is text, else data. */
public final class ContentViews {
    /** Bytes at the beginning that are looked at. Made safe, each is at most eight characters, so that a {@link ShownText} holds them. */
    public static final int SEEN_BYTES = 64 * 1024;

    private ContentViews() {}

    /**
     * The view of it.
     *
     * @param head its first bytes; those beyond {@link #SEEN_BYTES} only say that there are some
     * @param more whether there is more than {@code head}
     */
    public static ContentView of(byte[] head, boolean more) {
        boolean cut = more || head.length > SEEN_BYTES;
        byte[] seen = head.length > SEEN_BYTES ? Arrays.copyOf(head, SEEN_BYTES) : head;
        return text(seen, cut)
                .map(text -> GitObject.view(text, cut).orElseGet(() -> plain(text, cut)))
                .orElseGet(() -> data(seen));
    }

    private static ContentView plain(String text, boolean cut) {
        return new ContentView.Text(shown(withoutUniformCarriageReturns(text, cut), cut));
    }

    private static ContentView data(byte[] seen) {
        byte[] head = Arrays.copyOf(seen, Math.min(seen.length, ContentView.HEAD_BYTES));
        return new ContentView.Data(
                DataType.of(seen).orElse(null), HexFormat.of().formatHex(head));
    }

    static ShownText shown(String text, boolean cut) {
        DisplayText safe = DisplayText.lines(Untrusted.of(text), Math.max(1, text.length()));
        return new ShownText(safe.text(), cut);
    }

    /** UTF-8 without control characters but tab, line feed and carriage return; a last character that was cut in the middle is left out. */
    private static Optional<String> text(byte[] bytes, boolean cut) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CharBuffer into = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(ByteBuffer.wrap(bytes), into, !cut);
        if (result.isError()) {
            return Optional.empty();
        }
        String text = into.flip().toString();
        boolean controls = text.chars().anyMatch(c -> c < ' ' && c != '\t' && c != '\n' && c != '\r');
        return controls ? Optional.empty() : Optional.of(text);
    }

    /**
     * Mail is signed with CR LF at the end of each line. If all line ends are so and no other CR is there, they are shown as line ends; in
     * any other case a CR might hide something and stays, to be made visible.
     */
    private static String withoutUniformCarriageReturns(String text, boolean cut) {
        int end = cut && text.endsWith("\r") ? text.length() - 1 : text.length();
        boolean returned = false;
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (returned != (c == '\n')) {
                return text;
            }
            returned = c == '\r';
        }
        return returned ? text : text.substring(0, end).replace("\r", "");
    }
}
