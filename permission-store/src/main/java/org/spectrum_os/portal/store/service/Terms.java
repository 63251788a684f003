// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.service;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.spectrum_os.portal.dbus.marshal.MarshalException;
import org.spectrum_os.portal.dbus.marshal.MarshalReader;
import org.spectrum_os.portal.dbus.marshal.MarshalledValue;
import org.spectrum_os.portal.store.End;

/** On which terms a permission is set: the last argument of SetPermissionWithTerms. */
record Terms(End end, String reason) {
    /** Ten years of 365 days. */
    private static final long LONGEST_SECONDS = 315_360_000;

    /** The end of the year 9999: later times have no form that every reader of ISO 8601 takes. */
    private static final long LAST_SECOND = 253_402_300_799L;

    private static final int LONGEST_REASON = 1024;

    /**
     * Reads terms.
     *
     * @throws MarshalException when they are not as the interface has them, in words for the caller
     */
    static Terms read(MarshalReader in, Instant now) throws MarshalException {
        End end = new End.Never();
        String reason = "";
        Set<String> seen = new HashSet<>();
        boolean ends = false;
        for (int array = in.beginArray("{sv}"); in.hasNext(array); ) {
            in.beginStruct();
            String key = in.readString();
            MarshalledValue value = in.readVariant();
            if (!seen.add(key)) {
                throw new MarshalException("the term '" + key + "' is there twice");
            }
            if (key.equals("reason")) {
                reason = reason(value);
                continue;
            }
            if (ends) {
                throw new MarshalException("at most one of the terms for-seconds, until and uses can be there");
            }
            ends = true;
            end = switch (key) {
                case "for-seconds" -> new End.At(now.plusSeconds(number(key, value, 1, LONGEST_SECONDS)));
                case "until" -> new End.At(Instant.ofEpochSecond(number(key, value, 0, LAST_SECOND)));
                case "uses" -> new End.Uses(number(key, value, 1, End.Uses.LARGEST));
                default -> throw new MarshalException("there is no term '" + key + "'");
            };
        }
        return new Terms(end, reason);
    }

    private static String reason(MarshalledValue value) throws MarshalException {
        requireType("reason", value, "s");
        String text = value.reader().readString();
        if (text.getBytes(StandardCharsets.UTF_8).length > LONGEST_REASON) {
            throw new MarshalException("the term 'reason' has more than " + LONGEST_REASON + " bytes");
        }
        return text;
    }

    private static long number(String key, MarshalledValue value, long least, long most) throws MarshalException {
        requireType(key, value, "t");
        long number = value.reader().readInt64();
        if (number < least || number > most) {
            throw new MarshalException("the term '" + key + "' must be " + least + " to " + most + ", not "
                    + Long.toUnsignedString(number));
        }
        return number;
    }

    private static void requireType(String key, MarshalledValue value, String type) throws MarshalException {
        if (!value.type().equals(type)) {
            throw new MarshalException(
                    "the term '" + key + "' must be of type '" + type + "', not '" + value.type() + "'");
        }
    }
}
