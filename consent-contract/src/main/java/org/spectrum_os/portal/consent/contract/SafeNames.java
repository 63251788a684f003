// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.spectrum_os.portal.protocol.FileNames;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.protocol.Untrusted;

/**
 * File names that may be proposed to the user: one component of a path, nothing invisible, not hidden, no longer than a file system
 * takes. Bytes are those of UTF-8.
 */
public final class SafeNames {
    /** Room for {@code  (9999)} and the like within {@link Limits#NAME_BYTES}. */
    private static final int PROPOSED_BYTES = Limits.NAME_BYTES - 15;

    private static final int EXTENSION_BYTES = 32;
    private static final char SUBSTITUTE = '_';

    private SafeNames() {}

    /** What a guest's name becomes: its last component, with a substitute for what is not safe; empty if nothing is left of it. */
    public static String of(Untrusted<String> claimed) {
        return claimed.validate(raw -> {
            String last = raw.substring(raw.lastIndexOf('/') + 1);
            var safe = new StringBuilder();
            last.codePoints()
                    .forEach(point -> safe.appendCodePoint(ContractLimits.isUnsafe(point) ? SUBSTITUTE : point));
            String name = safe.toString().strip();
            int start = 0;
            while (start < name.length() && (name.charAt(start) == '.' || name.charAt(start) == ' ')) {
                start++;
            }
            return cut(name.substring(start), PROPOSED_BYTES);
        });
    }

    /** The same for several, in their order, none empty and no two the same. */
    public static List<String> of(List<Untrusted<String>> claimed) {
        Set<String> seen = new HashSet<>();
        List<String> names = new ArrayList<>();
        for (Untrusted<String> claim : claimed) {
            String name = of(claim);
            String free = free(name.isEmpty() ? "file" : name, seen::contains);
            seen.add(free);
            names.add(free);
        }
        return List.copyOf(names);
    }

    /** {@code name} if it is not taken, else {@code name (1).ext}, {@code name (2).ext} and so on, the first that is free. */
    public static String free(String name, Predicate<String> taken) {
        String free = name;
        for (int number = 1; taken.test(free); number++) {
            int dot = extension(name);
            String mark = " (" + number + ")";
            String stem = cut(
                    name.substring(0, dot), Limits.NAME_BYTES - (mark + name.substring(dot)).getBytes(UTF_8).length);
            free = stem + mark + name.substring(dot);
        }
        return free;
    }

    /** Whether {@code name} may be proposed, or given to a new file. */
    public static boolean isSafe(String name) {
        return FileNames.isComponent(name) && name.codePoints().noneMatch(ContractLimits::isUnsafe) && !name.isBlank();
    }

    static String require(String name) {
        if (!isSafe(name)) {
            throw new IllegalArgumentException("not a safe file name");
        }
        return name;
    }

    /** Where the extension begins, with its dot; the end if there is none. {@code .tar.gz} and the like are one. */
    private static int extension(String name) {
        int dot = name.lastIndexOf('.');
        if (dot <= 0 || name.substring(dot).getBytes(UTF_8).length > EXTENSION_BYTES) {
            return name.length();
        }
        int inner = name.lastIndexOf('.', dot - 1);
        return inner > 0 && name.substring(inner, dot).equals(".tar") ? inner : dot;
    }

    /** Keeps the extension. */
    private static String cut(String name, int mostBytes) {
        if (name.getBytes(UTF_8).length <= mostBytes) {
            return name;
        }
        int dot = extension(name);
        int room = mostBytes - name.substring(dot).getBytes(UTF_8).length;
        var stem = new StringBuilder();
        int bytes = 0;
        for (int point : name.substring(0, dot).codePoints().toArray()) {
            bytes += Character.toString(point).getBytes(UTF_8).length;
            if (bytes > room) {
                break;
            }
            stem.appendCodePoint(point);
        }
        return stem + name.substring(dot);
    }
}
