// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrdinaryUserTest {
    @Test
    void isNeverRoot() {
        assertThrows(IllegalArgumentException.class, () -> new OrdinaryUser("root", 0, 0, true));
    }

    @Test
    void commandsRunAsItWithoutARootRight() throws IOException, InterruptedException {
        OrdinaryUser user = OrdinaryUser.current();
        Process process = user.process(
                        Path.of("/tmp"), List.of("sh", "-c", "id -u; grep -E '^CapEff' /proc/self/status | cut -f 2"))
                .start();
        List<String> lines = process.inputReader().lines().toList();
        assertEquals(0, process.waitFor());
        assertEquals(List.of(Integer.toString(user.uid()), "0000000000000000"), lines);
    }

    @Test
    void leavesCommandsOfAnOrdinaryUserAlone() {
        OrdinaryUser user = new OrdinaryUser("someone", 1234, 1234, false);
        assertEquals(List.of("true"), user.command(List.of("true")));
    }
}
