// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

import java.time.Duration;
import java.time.Instant;

/** Time as the store needs it; injected, so that tests own it. */
public interface StoreTime {
    /** The wall clock, which may be set at any moment. */
    Instant now();

    /** Time since the machine started, that in which it was suspended included. Never goes back. */
    Duration sinceBoot();

    /** Runs {@code task} once, after {@code delay} or later. A suspended machine may make it later. */
    Alarm after(Duration delay, Runnable task);

    /** Something that will run. */
    interface Alarm {
        /** Makes it not run, if it has not begun. */
        void cancel();
    }
}
