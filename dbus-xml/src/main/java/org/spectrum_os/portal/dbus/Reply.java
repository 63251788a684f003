// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a call.
 *
 * @param values in the form that {@link Variants} describes, one for each complete type of {@code signature}
 * @param afterReply runs once the reply has been written, so what it sends comes after the reply; also when the caller wants no reply
 */
public record Reply(
        String signature, List<Object> values, @Nullable Runnable afterReply) {
    private static final Reply EMPTY = new Reply("", List.of(), null);

    public Reply {
        values = List.copyOf(values);
    }

    public static Reply empty() {
        return EMPTY;
    }

    public static Reply of(String signature, Object... values) {
        return new Reply(signature, List.of(values), null);
    }

    /** The same answer, with something to do once it has been written. Two of them run in the order given. */
    public Reply then(Runnable next) {
        Runnable first = afterReply;
        return new Reply(
                signature,
                values,
                first == null
                        ? next
                        : () -> {
                            first.run();
                            next.run();
                        });
    }
}
