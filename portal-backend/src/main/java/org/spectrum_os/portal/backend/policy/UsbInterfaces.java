// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import java.util.List;
import java.util.Optional;
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
        public boolean fits(UsbInterfaceCode code) {
            return base.stream().allMatch(b -> b == code.base())
                    && sub.stream().allMatch(s -> s == code.sub())
                    && protocol.stream().allMatch(p -> p == code.protocol());
        }
    }

    public boolean fit(List<UsbInterfaceCode> interfaces) {
        return equal.stream()
                        .allMatch(these -> interfaces.stream()
                                        .allMatch(code -> these.stream().anyMatch(one -> one.fits(code)))
                                && these.stream()
                                        .allMatch(one -> interfaces.stream().anyMatch(one::fits)))
                && (oneOf.isEmpty()
                        || interfaces.stream().anyMatch(code -> oneOf.stream().anyMatch(one -> one.fits(code))))
                && interfaces.stream().noneMatch(code -> noneOf.stream().anyMatch(one -> one.fits(code)));
    }
}
