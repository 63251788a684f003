// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.sign;

import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.protocol.KeyMessage.SignOpenpgp.Form;

/** What a gpg command line asks for; made by {@link GpgArguments}. */
sealed interface GpgCommand {
    /** Something for the guest's own gpg. */
    record Own() implements GpgCommand {}

    /**
     * A signature that the host cannot make as it is wanted.
     *
     * @param reason names the option, and says what to do
     */
    record Impossible(String reason, int statusFd) implements GpgCommand {}

    /**
     * A signature by the host.
     *
     * @param key      as given with {@code -u}, or {@code --default-key}, or empty
     * @param input    a file, or null for standard input
     * @param output   a file, or null for standard output
     * @param statusFd the descriptor for status lines, or -1
     * @param loggerFd the descriptor for messages
     * @param replace  whether an output file may be replaced
     * @param quiet    whether progress is of no interest
     */
    record Sign(
            Form form,
            boolean armour,
            String key,
            @Nullable String input,
            @Nullable String output,
            int statusFd,
            int loggerFd,
            boolean replace,
            boolean quiet)
            implements GpgCommand {}
}
