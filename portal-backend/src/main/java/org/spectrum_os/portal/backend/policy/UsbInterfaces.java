// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import org.spectrum_os.portal.backend.lease.UsbInterfaceCode;

/**
 * What a device's interfaces must be.
 *
 * @param equal exactly these, each fitted by one of the device's and the other way round; empty for any
 * @param oneOf at least one that fits one of these; empty for any
 * @param noneOf none that fits one of these
 */
public record UsbInterfaces(Optional<List<Pattern>> equal, List<Pattern> oneOf, List<Pattern> noneOf) {
    public UsbInterfaces {
        equal = equal.map(List::copyOf);
        oneOf = List.copyOf(oneOf);
        noneOf = List.copyOf(noneOf);
    }

    /** A class, and maybe a subclass and a protocol; each 0 to 0xff, or empty for any. */
    public record Pattern(Optional<Integer> base, Optional<Integer> sub, Optional<Integer> protocol) {
        private static final java.util.regex.Pattern FORM =
                java.util.regex.Pattern.compile("([0-9a-f]{2})(?:([0-9a-f]{2})([0-9a-f]{2}|[*]{2})|[*]{4})");

        /** Six digits such as {@code 080650}, of which the last two or four may be asterisks. */
        static Optional<Pattern> of(String text) {
            Matcher parts = FORM.matcher(text);
            return parts.matches()
                    ? Optional.of(new Pattern(part(parts, 1), part(parts, 2), part(parts, 3)))
                    : Optional.empty();
        }

        private static Optional<Integer> part(Matcher parts, int group) {
            return Optional.ofNullable(parts.group(group))
                    .filter(digits -> !digits.equals("**"))
                    .map(digits -> Integer.parseInt(digits, 16));
        }

        public boolean fits(UsbInterfaceCode code) {
            return base.stream().allMatch(b -> b == code.base())
                    && sub.stream().allMatch(s -> s == code.sub())
                    && protocol.stream().allMatch(p -> p == code.protocol());
        }

        /** Whether it fits everything that {@code other} fits. */
        boolean covers(Pattern other) {
            return covers(base, other.base) && covers(sub, other.sub) && covers(protocol, other.protocol);
        }

        private static boolean covers(Optional<Integer> wide, Optional<Integer> narrow) {
            return wide.isEmpty() || wide.equals(narrow);
        }

        /** As {@link #of} reads it. */
        @Override
        public String toString() {
            return digits(base) + digits(sub) + digits(protocol);
        }

        private static String digits(Optional<Integer> part) {
            return part.map(number -> String.format("%02x", number)).orElse("**");
        }
    }

    /** A device that shows no interface fits nothing: what it has not said cannot be judged. */
    public boolean fit(List<UsbInterfaceCode> interfaces) {
        return !interfaces.isEmpty()
                && equal.stream()
                        .allMatch(these -> interfaces.stream()
                                        .allMatch(code -> these.stream().anyMatch(one -> one.fits(code)))
                                && these.stream()
                                        .allMatch(one -> interfaces.stream().anyMatch(one::fits)))
                && (oneOf.isEmpty()
                        || interfaces.stream().anyMatch(code -> oneOf.stream().anyMatch(one -> one.fits(code))))
                && !excludes(interfaces);
    }

    /** Whether one of them is ruled out. */
    boolean excludes(List<UsbInterfaceCode> interfaces) {
        return interfaces.stream().anyMatch(code -> noneOf.stream().anyMatch(one -> one.fits(code)));
    }
}
