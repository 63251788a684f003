// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Objects;
import java.util.function.Function;

/**
 * A value that somebody on the other side of the border wrote. It cannot be printed, compared or used; the only way out is
 * {@link #validate}, where the caller says what the value must be.
 *
 * @param <T> the value's type, immutable
 */
public final class Untrusted<T> {
    private final T claim;

    private Untrusted(T claim) {
        this.claim = Objects.requireNonNull(claim);
    }

    /** Marks {@code claim} as not to be believed. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static <T> Untrusted<T> of(T claim) {
        return new Untrusted<>(claim);
    }

    /** Hands the claim to {@code check} and returns what it makes of it; the check throws to refuse. */
    public <R> R validate(Function<? super T, ? extends R> check) {
        return check.apply(claim);
    }

    /** For writing an own message to the wire; reading it back wraps it again. */
    @JsonValue
    private T onTheWire() {
        return claim;
    }

    /** Never shows the claim, so that it cannot reach a log by accident. */
    @Override
    public String toString() {
        return "Untrusted";
    }
}
