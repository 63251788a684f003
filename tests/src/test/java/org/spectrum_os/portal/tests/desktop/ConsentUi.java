// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.desktop;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.spectrum_os.portal.consent.contract.ContractReader;
import org.spectrum_os.portal.consent.contract.ContractWriter;
import org.spectrum_os.portal.consent.contract.FromWindow;
import org.spectrum_os.portal.consent.contract.ToWindow;

/** The real window program, on the module path and with the flags it is shipped with, and this test in the backend's place. */
final class ConsentUi implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Desktop desktop;
    private final Process process;
    private final ContractWriter to;
    private final BlockingQueue<Optional<FromWindow>> said = new LinkedBlockingQueue<>();

    ConsentUi(Desktop desktop, Path startFolder, String... more) throws IOException {
        this.desktop = desktop;
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-Dsun.jnu.encoding=UTF-8",
                "--enable-native-access=org.spectrum_os.portal.protocol,org.spectrum_os.portal.consent.ui,"
                        + "org.gnome.glib,org.gnome.gobject,org.gnome.gio,org.gnome.gmodule,org.gnome.gtk,org.gnome.gdk,"
                        + "org.gnome.gdkpixbuf,org.gnome.gsk,org.gnome.graphene,org.gnome.pango,org.gnome.pango.cairo,"
                        + "org.freedesktop.cairo,org.freedesktop.harfbuzz",
                "-p",
                modulePath(),
                "-m",
                "org.spectrum_os.portal.consent.ui/org.spectrum_os.portal.consent.ui.Main",
                "--start-folder",
                startFolder.toString()));
        command.addAll(List.of(more));
        process = desktop.launch("consent-ui", true, command);
        to = new ContractWriter(process.getOutputStream());
        ContractReader<FromWindow> from = ContractReader.ofWindow(process.getInputStream());
        Thread.ofVirtual().start(() -> read(from));
    }

    /** The parts of the test's own class path that the program is made of. */
    private static String modulePath() {
        return String.join(
                File.pathSeparator,
                Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                        .filter(entry -> entry.matches(".*/(consent-ui|consent-contract|vm-protocol)/.*")
                                || entry.matches(".*/(jackson-|cairo-|harfbuzz-|g[a-z]+-|pango[a-z]*-)[^/]*\\.jar"))
                        .toList());
    }

    private void read(ContractReader<FromWindow> from) {
        try {
            Optional<FromWindow> next;
            do {
                next = from.read();
                said.add(next);
            } while (next.isPresent());
        } catch (IOException e) {
            said.add(Optional.empty());
        }
    }

    void say(ToWindow message) throws IOException {
        to.send(message);
    }

    /** The next message, which must be of the type given. */
    <M extends FromWindow> M next(Class<M> type) throws IOException, InterruptedException {
        Optional<FromWindow> next = said.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        if (next == null || next.isEmpty()) {
            throw new DesktopException("waited for " + type.getSimpleName() + ", but the window "
                    + (next == null ? "said nothing" : "ended") + "; its log:\n" + desktop.log("consent-ui"));
        }
        if (!type.isInstance(next.get())) {
            throw new DesktopException("waited for " + type.getSimpleName() + ", but the window said " + next.get());
        }
        return type.cast(next.get());
    }

    /** What the window says within {@code wait}, or empty if it keeps silent. */
    Optional<FromWindow> within(Duration wait) throws InterruptedException {
        Optional<FromWindow> next = said.poll(wait.toMillis(), TimeUnit.MILLISECONDS);
        return next == null ? Optional.empty() : next;
    }

    Process process() {
        return process;
    }

    /** Ends the program as the backend does, and returns its exit status. */
    int end() throws IOException, InterruptedException {
        process.getOutputStream().close();
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new DesktopException("the window's program does not end with its standard input");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
