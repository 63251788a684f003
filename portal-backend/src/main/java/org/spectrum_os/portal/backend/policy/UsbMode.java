// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

/** What happens with a device that a rule fits. */
public enum UsbMode {
    /** The instance does not see it; the user attaches it from the host. */
    MANUAL,
    /** The instance sees it and may ask for it; the user is asked. */
    ASK,
    /** It is attached without a question, as soon as it and the VM are there, unless another instance has it. */
    AUTO
}
