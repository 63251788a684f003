// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every source file of every module says whose it is. The formatter sees to it but for module and package descriptors. */
class LicenceHeaderTest {
    private static final String HEADER = """
            // SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
            // SPDX-License-Identifier: Apache-2.0
            """;

    @Test
    void everySourceFileHasIt() throws IOException {
        Path root = Path.of("").toAbsolutePath().getParent();
        List<Path> sources = new ArrayList<>();
        try (Stream<Path> modules = Files.list(root)) {
            for (Path module : modules.filter(folder -> Files.exists(folder.resolve("pom.xml")))
                    .toList()) {
                try (Stream<Path> files = Files.walk(module.resolve("src"))) {
                    files.filter(file -> file.toString().endsWith(".java"))
                            .map(root::relativize)
                            .forEach(sources::add);
                }
            }
        }
        assertTrue(sources.size() > 200, sources.size() + " files");
        assertEquals(
                List.of(),
                sources.stream()
                        .filter(file -> !start(root.resolve(file)).startsWith(HEADER))
                        .toList());
    }

    private static String start(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
