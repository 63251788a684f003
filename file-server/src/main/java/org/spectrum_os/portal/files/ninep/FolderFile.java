// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import org.jspecify.annotations.Nullable;

/**
 * A file in a lease's folder: one that was lent, or one that a guest staged there. What changes is guarded by the {@link FolderNames}.
 */
final class FolderFile {
    private final Handle base;
    /** Lent, or installed in the place of what was; a staged file otherwise. */
    private boolean isLent;
    /** The lent name under which it was created anew, as long as the host's file has not been replaced by it. */
    private @Nullable WireName pending;

    private int opens;

    FolderFile(Handle base, boolean isLent) {
        this.base = base;
        this.isLent = isLent;
    }

    /** Open for reading if lent so, for reading and writing otherwise. */
    Handle base() {
        return base;
    }

    boolean isLent() {
        return isLent;
    }

    void installed() {
        isLent = true;
        pending = null;
    }

    void pending(@Nullable WireName name) {
        pending = name;
    }

    @Nullable
    WireName pending() {
        return pending;
    }

    void opened() {
        opens++;
    }

    /** True if nobody has it open any more. */
    boolean closed() {
        return --opens == 0;
    }
}
