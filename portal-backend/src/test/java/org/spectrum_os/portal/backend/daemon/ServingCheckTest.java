// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.backend.policy.Policy;
import org.spectrum_os.portal.backend.policy.PolicyReader;

class ServingCheckTest {
    @TempDir
    Path folder;

    private Policy policy(String files) throws Exception {
        return PolicyReader.read(Files.writeString(folder.resolve("policy.json"), """
                {"version": 1, "instances": {
                  "disk": {"colour": "#3584e4", "link": {"vsock": 7}, "rules": {}, "serves-files": true},
                  "mail": {"colour": "#3584e5", "link": {"vsock": 8}, "rules": {"file": "deny"}, "files": [%s]}}}
                """.formatted(files)));
    }

    private Doctor.Finding check(String files, ServingCheck.Backend backend) throws Exception {
        List<Doctor.Finding> findings = ServingCheck.of(policy(files), backend);
        assertEquals(1, findings.size(), findings.toString());
        assertEquals("files served by disk", findings.getFirst().check());
        return findings.getFirst();
    }

    @Test
    void itIsToldWhetherAVmServesItsFiles() throws Exception {
        String given = "{\"vm\": \"disk\", \"path\": \"a\"}";
        assertEquals(
                Doctor.State.GOOD,
                check(given, () -> List.of(Map.of("name", "disk", "serving", true)))
                        .state());
        Doctor.Finding not = check(
                given,
                () -> List.of(Map.of("name", "disk", "serving", false), Map.of("name", "mail", "serving", true)));
        assertEquals(Doctor.State.CARE, not.state());
        assertTrue(not.advice().contains("--serve-vsock 5221"), not.advice());
        assertTrue(check("", List::of).found().contains("no instance is given"));
    }
}
