// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.bus;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.spectrum_os.portal.dbus.testing.PrivateBus;

/** Starts one of the client programs beside the tests with the system's Python, which has the GObject bindings. */
final class Python {
    private Python() {}

    /** What a client printed; it must end by itself. */
    static String said(Process client) throws IOException, InterruptedException {
        if (!client.waitFor(50, TimeUnit.SECONDS)) {
            client.destroyForcibly();
            throw new AssertionError("the client did not end");
        }
        return new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    static Process start(PrivateBus bus, String script, String... arguments) throws IOException {
        Path file = Files.createTempFile("client", ".py");
        file.toFile().deleteOnExit();
        try (InputStream source = Objects.requireNonNull(Python.class.getResourceAsStream(script), script)) {
            Files.write(file, source.readAllBytes());
        }
        var builder = bus.command("/usr/bin/python3", file.toString());
        builder.command().addAll(List.of(arguments));
        return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }
}
