// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.bus;

import java.time.Duration;
import org.spectrum_os.portal.dbus.ExportedInterface;

/** The USB half of a face. */
interface UsbFace extends ExportedInterface, AutoCloseable {
    /** Whether somebody on the bus sees or has devices by this program, which it would lose with it. */
    boolean isInUse();

    /** How long that has not been so; zero while it is. */
    Duration idle();

    /** Gives everything back. */
    @Override
    void close();
}
