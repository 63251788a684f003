// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.guest;

/**
 * What a command in the guest came to.
 *
 * @param status exit status, 0 to 255; 124 when its time was up and it was killed, 125 when it could not be started,
 *     128 + N when signal N ended it
 * @param output what it wrote to standard output, decoded as UTF-8, at most 16 MiB
 * @param errors what it wrote to standard error, likewise
 */
public record CommandResult(int status, String output, String errors) {

    /** The output without the white space around it, for the many commands that print one word. */
    public String text() {
        return output.strip();
    }

    /**
     * Insists that the command worked.
     *
     * @throws GuestException with everything the command wrote, if its status is not 0
     */
    public CommandResult orThrow() throws GuestException {
        if (status != 0) {
            throw new GuestException(
                    "A command in the guest failed with status " + status + ". It wrote:\n" + output + errors);
        }
        return this;
    }
}
