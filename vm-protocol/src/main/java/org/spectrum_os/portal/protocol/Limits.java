// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.protocol;

import java.time.Duration;
import java.util.List;

/** Every bound of the link, and those that the mount of lent files needs on both sides. A message beyond one ends what carried it. */
public final class Limits {
    /** Bytes of JSON in one frame, without the length before it. */
    public static final int FRAME_BYTES = 64 * 1024;
    /** Nested objects and arrays in one frame. */
    public static final int JSON_DEPTH = 16;
    /** Code points of a title, label or other text shown to the user. */
    public static final int TEXT_CODE_POINTS = 512;
    /** Bytes of one file name, as in Linux. */
    public static final int NAME_BYTES = 255;

    public static final int FILTERS = 64;
    /** Patterns in one filter. */
    public static final int PATTERNS = 256;

    public static final int CHOICES = 16;
    /** Options in one choice. */
    public static final int OPTIONS = 64;
    /** Files lent by one answer, and names in one question. */
    public static final int FILES = 256;
    /** Requests of one link that have not ended. */
    public static final int OPEN_REQUESTS = 32;
    /** From the transport's accept to the hello. */
    public static final Duration HELLO = Duration.ofSeconds(10);
    /** From the first byte of a frame to its last. */
    public static final Duration FRAME = Duration.ofSeconds(10);

    /** Bytes of the smallest and the largest 9P message that either side agrees to; the largest holds 512 KiB of data and its header. */
    public static final int MSIZE_LEAST = 4 * 1024;

    public static final int MSIZE_MOST = 512 * 1024 + 24;

    private Limits() {}

    static <T> List<T> bounded(List<T> list, int most, String what) {
        if (list.size() > most) {
            throw new IllegalArgumentException(list.size() + " " + what + ", at most " + most + " are allowed");
        }
        return List.copyOf(list);
    }
}
