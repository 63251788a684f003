// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a policy may write in the place of an interface's numbers; the numbers are of the USB class codes that usb.org keeps. A security key has
 * none: to its class it is an input device.
 */
enum UsbWord {
    BLUETOOTH("bluetooth", "e00101"),
    CAMERA("camera", "0e****"),
    FIRMWARE("firmware", "fe01**"),
    INPUT("input", "03****"),
    KEYBOARD("keyboard", "030101"),
    MOUSE("mouse", "030102"),
    PHOTOS("photos", "06****"),
    PRINTER("printer", "07****"),
    SERIAL("serial", "0202**"),
    SMART_CARD("smart-card", "0b****"),
    SOUND("sound", "01****"),
    SPECIAL("special", "ff****"),
    STORAGE("storage", "08****");

    private final String word;
    private final String pattern;

    UsbWord(String word, String pattern) {
        this.word = word;
        this.pattern = pattern;
    }

    String word() {
        return word;
    }

    UsbInterfaces.Pattern pattern() {
        return UsbInterfaces.Pattern.of(pattern).orElseThrow();
    }

    /** Whether there are devices of this kind that do not say so by their class: to rule it out needs a wider word. */
    boolean isOnlySometimesSaid() {
        return this == KEYBOARD || this == MOUSE;
    }

    static Optional<UsbWord> of(String word) {
        return Arrays.stream(values()).filter(one -> one.word.equals(word)).findFirst();
    }

    static List<String> words() {
        return Arrays.stream(values()).map(UsbWord::word).toList();
    }
}
