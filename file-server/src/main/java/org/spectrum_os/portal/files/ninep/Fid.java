// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

/** What a fid stands for. A fid is walked to a node, then may be opened; from there it can only be clunked. Holds what it names. */
sealed interface Fid {
    Node node();

    default void retain() {
        node().retain();
    }

    default void release() {
        node().release();
    }

    record Walked(Node node) implements Fid {}

    /**
     * An open file.
     *
     * @param open the file as this fid opened it
     */
    record OpenFile(Node node, Handle open) implements Fid {
        @Override
        public void retain() {
            node.retain();
            open.retain();
        }

        @Override
        public void release() {
            open.release();
            node.release();
        }
    }

    record OpenDirectory(Node node, Listing listing) implements Fid {
        @Override
        public void retain() {
            node.retain();
            listing.retain();
        }

        @Override
        public void release() {
            listing.release();
            node.release();
        }
    }
}
