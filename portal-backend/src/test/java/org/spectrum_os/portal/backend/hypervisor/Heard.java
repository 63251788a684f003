// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.hypervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What is heard of a VM's life, in order. */
public final class Heard implements Machine.Life {
    private final LinkedBlockingQueue<String> events = new LinkedBlockingQueue<>();

    @Override
    public void started() {
        events.add("started");
    }

    @Override
    public void stopped() {
        events.add("stopped");
    }

    public void expect(String event) throws InterruptedException {
        assertEquals(event, events.poll(30, TimeUnit.SECONDS));
    }

    public void expectNothing() {
        assertNull(events.poll());
    }
}
