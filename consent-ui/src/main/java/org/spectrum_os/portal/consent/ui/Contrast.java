// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

/** Which text colour can be read on a colour that the policy chose: WCAG 2's relative luminance and contrast ratio. */
public final class Contrast {
    private Contrast() {}

    /** {@code #000000} or {@code #ffffff}, whichever contrasts more with {@code background}, given as {@code #rrggbb}. */
    public static String textOn(String background) {
        double luminance = luminance(background);
        return ratio(luminance, 0) >= ratio(luminance, 1) ? "#000000" : "#ffffff";
    }

    /** The contrast ratio of two {@code #rrggbb} colours, from 1 to 21. */
    public static double ratio(String one, String other) {
        return ratio(luminance(one), luminance(other));
    }

    private static double ratio(double one, double other) {
        return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    }

    private static double luminance(String colour) {
        return 0.2126 * channel(colour, 1) + 0.7152 * channel(colour, 3) + 0.0722 * channel(colour, 5);
    }

    private static double channel(String colour, int at) {
        double value = Integer.parseInt(colour, at, at + 2, 16) / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
    }
}
