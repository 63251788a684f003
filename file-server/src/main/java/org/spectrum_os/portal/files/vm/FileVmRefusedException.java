// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.vm;

import java.io.IOException;

/** The VM's file server answered that it did not do what it was asked. The message is safe to show, but the VM's own. */
public final class FileVmRefusedException extends IOException {
    FileVmRefusedException(String why) {
        super("the VM's file server refused: " + why);
    }
}
