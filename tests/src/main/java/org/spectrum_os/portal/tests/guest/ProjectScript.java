// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.guest;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One of the project's own scripts, found from the folder the program was started in. */
record ProjectScript(Path file) {
    private static final String ROOT_PROPERTY = "spectrum.portal.root";

    /** Finds a script by its path inside the project, for example {@code tests/guest/build-image}. */
    static ProjectScript find(String path) throws GuestException {
        String root = System.getProperty(ROOT_PROPERTY);
        Path start = Path.of(root == null ? "" : root).toAbsolutePath().normalize();
        for (Path folder = start; folder != null; folder = folder.getParent()) {
            Path script = folder.resolve(path);
            if (Files.isExecutable(script)) {
                return new ProjectScript(script);
            }
        }
        throw new GuestException("The project's script " + path + " is neither in " + start + " nor above it."
                + " Start this from the project's folder, or name that folder with -D" + ROOT_PROPERTY + "=FOLDER.");
    }

    /**
     * Runs the script and returns the lines it wrote to standard output. Blocks until it ends.
     *
     * @param progress given each line of standard error at once, on a thread of this call's own
     */
    List<String> run(List<String> arguments, Consumer<String> progress) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(file.toString());
        command.addAll(arguments);
        Process process = new ProcessBuilder(command).start();
        List<String> said = new ArrayList<>();
        try {
            process.getOutputStream().close();
            Thread errors = Thread.ofVirtual().start(() -> {
                try (BufferedReader reader = process.errorReader(StandardCharsets.UTF_8)) {
                    reader.lines().forEach(line -> {
                        said.add(line);
                        progress.accept(line);
                    });
                } catch (IOException e) {
                    said.add("(reading its messages failed: " + e.getMessage() + ")");
                }
            });
            List<String> output;
            try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
                output = reader.lines().toList();
            }
            int status = process.waitFor();
            errors.join();
            if (status != 0) {
                throw new GuestException(
                        file + " failed with status " + status + ". It said:\n" + String.join("\n", said));
            }
            return output;
        } finally {
            process.destroy();
        }
    }
}
