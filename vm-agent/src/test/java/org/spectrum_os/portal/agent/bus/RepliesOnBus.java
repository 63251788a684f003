// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.bus;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.testing.PrivateBus;

/**
 * The replies to one connection in the order in which the bus carries them, by dbus-monitor. A client cannot tell: what waits for its replies
 * runs on threads of their own.
 */
final class RepliesOnBus implements AutoCloseable {
    private final Process monitor;
    private final BufferedReader lines;

    /** Hears every reply that comes after this. */
    RepliesOnBus(PrivateBus bus, BusConnection to) throws Exception {
        String rule = "type='method_return',destination='" + to.uniqueName() + "'";
        monitor = bus.command("dbus-monitor", "--session", rule)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        lines = monitor.inputReader(StandardCharsets.UTF_8);
        // It listens when the bus has taken the name of its own connection from it.
        String line;
        do {
            line = next();
        } while (!line.contains("member=NameLost"));
    }

    /**
     * The first value in each of the next {@code count} replies, as dbus-monitor writes it; empty for a reply without one, and for the last,
     * whose end is told by the one that follows.
     */
    List<String> first(int count) throws IOException {
        var values = new ArrayList<String>();
        while (values.size() < count) {
            String line = next();
            if (line.startsWith("method return")) {
                values.add("");
            } else if (!values.isEmpty() && values.getLast().isEmpty()) {
                values.set(values.size() - 1, line.strip());
            }
        }
        return values;
    }

    private String next() throws IOException {
        String line = lines.readLine();
        if (line == null) {
            throw new IOException("dbus-monitor has ended");
        }
        return line;
    }

    @Override
    public void close() {
        monitor.destroy();
    }
}
