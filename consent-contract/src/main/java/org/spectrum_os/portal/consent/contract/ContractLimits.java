// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.contract;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.spectrum_os.portal.protocol.Limits;

/** The bounds of the contract that are not those of the guest's link ({@link Limits}) already. */
public final class ContractLimits {
    /**
     * Bytes of one line from the backend, without its line feed. A request is at most one frame of {@link Limits#FRAME_BYTES}, and
     * making it safe to show turns one byte into at most 12 ({@code ⟨U+007F⟩}), so a whole request fits.
     */
    public static final int TO_WINDOW_BYTES = 1024 * 1024;
    /** Bytes of one line from the window, without its line feed: 256 files with paths of about 1000 bytes. */
    public static final int FROM_WINDOW_BYTES = 256 * 1024;
    /** Code points of a claim: the guest's, each of which may have become {@code ⟨U+XXXXXX⟩}. */
    public static final int CLAIM_CODE_POINTS = Limits.TEXT_CODE_POINTS * 10;
    /** Code points of an instance's name and of the user's phrase. */
    public static final int LABEL_CODE_POINTS = 64;
    /** UTF-16 units of an identifier or pattern. */
    public static final int TOKEN_CHARS = 1024;
    /** Characters of a lease's name, at most; the backend's are shorter. */
    public static final int LEASE_NAME_CHARS = 48;
    /** Files and folders that may be lent along with one file. */
    public static final int COMPANIONS = 63;
    /** Bytes of a path, as in Linux. */
    public static final int PATH_BYTES = 4096;

    private ContractLimits() {}

    static void checkId(long id) {
        if (id <= 0) {
            throw new IllegalArgumentException("dialog number " + id + " is not positive");
        }
    }

    static <T> List<T> bounded(List<T> list, int most, String what) {
        if (list.size() > most) {
            throw new IllegalArgumentException(list.size() + " " + what + ", at most " + most + " are allowed");
        }
        return List.copyOf(list);
    }

    static String token(String text, String what) {
        if (text.length() > TOKEN_CHARS || text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(what + " is longer than " + TOKEN_CHARS + " characters or holds a NUL");
        }
        return text;
    }

    static <T> void checkDistinct(List<T> rows, Function<T, String> id, String what) {
        Set<String> seen = new HashSet<>();
        for (T row : rows) {
            if (!seen.add(id.apply(row))) {
                throw new IllegalArgumentException("two " + what + " have one id");
            }
        }
    }

    /** One line, nothing that controls or reorders text: what a label may hold. */
    static String oneLine(String text, int mostCodePoints, String what) {
        if (text.codePointCount(0, text.length()) > mostCodePoints) {
            throw new IllegalArgumentException(what + " is longer than " + mostCodePoints + " code points");
        }
        if (text.codePoints().anyMatch(ContractLimits::isUnsafe)) {
            throw new IllegalArgumentException(what + " holds a control or invisible character");
        }
        return text;
    }

    static boolean isUnsafe(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }
}
