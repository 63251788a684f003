// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.protocol;

/** What goes over a {@link MessageChannel}: one message in one frame. */
public sealed interface Framed permits Message, UsbMessage {}
