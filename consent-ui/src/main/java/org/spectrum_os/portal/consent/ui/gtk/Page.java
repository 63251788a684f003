// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui.gtk;

import org.gnome.gtk.Widget;

/** What one kind of question fills the window with, between the banner and the buttons. */
interface Page {
    Widget widget();

    /** Brings the words up to date with what is selected and set. Called often while the window is on screen. */
    void look();

    /** Says whether the dialog can be answered, and so anything be set, now. */
    void arming(boolean armed);

    /** The user presses the button that agrees. */
    void agree();

    /** The user presses Escape, and nothing within the page wants it. */
    void escape();

    /** The window goes. */
    void forget();
}
