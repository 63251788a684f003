// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The whole of it on one machine: a desktop, the backend on its session bus, a guest with an application in it. Shared by the end-to-end
 * tests, the measurements and the demo.
 *
 * <p>Everything here runs as an ordinary user, and everything that is started is ended. Nothing here may answer a question otherwise than a
 * person at the screen would.
 */
@NullMarked
package org.spectrum_os.portal.tests.stage;

import org.jspecify.annotations.NullMarked;
