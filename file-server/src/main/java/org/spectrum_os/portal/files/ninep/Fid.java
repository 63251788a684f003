// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.util.List;

/** What a fid stands for. A fid is walked to a node, then may be opened; from there it can only be clunked. */
sealed interface Fid {
    Node node();

    record Walked(Node node) implements Fid {}

    record OpenFile(Node.LentFile node) implements Fid {}

    /**
     * An open directory.
     *
     * @param leases what it lists: the leases there were when it was opened or last read from the start
     */
    record OpenDirectory(Node node, List<Lease> leases) implements Fid {}
}
