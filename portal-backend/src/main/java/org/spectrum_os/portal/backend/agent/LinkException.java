// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.agent;

import java.util.List;

/** Some places where VMs should reach the host cannot be listened on; carries every one. */
public final class LinkException extends Exception {
    LinkException(List<String> problems) {
        super(String.join("\n", problems));
    }
}
