// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.control;

import java.io.IOException;

/**
 * The file server answered that it did not do what it was asked. Every other {@link IOException} of {@link FileServerClient} leaves open
 * whether it did.
 */
public final class FileServerRefusedException extends IOException {
    FileServerRefusedException(String why) {
        super("the file server refused: " + why);
    }
}
