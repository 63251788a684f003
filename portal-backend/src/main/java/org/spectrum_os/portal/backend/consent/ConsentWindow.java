// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.consent;

import java.io.IOException;
import org.spectrum_os.portal.consent.contract.FromWindow;
import org.spectrum_os.portal.consent.contract.ToWindow;

/** The trusted window, wherever it runs. */
public interface ConsentWindow {
    /**
     * Says something to the window.
     *
     * @throws IOException if the window is not there to hear it
     */
    void tell(ToWindow message) throws IOException;

    /** Ends a window that hangs; {@link Events#lost} follows, and another window after that. */
    void restart(String why);

    /** What the window says back. Called from one thread at a time. */
    interface Events {
        void said(FromWindow message);

        /** The window is gone; it may come back, which a new {@code Ready} tells. */
        void lost(String why);
    }
}
