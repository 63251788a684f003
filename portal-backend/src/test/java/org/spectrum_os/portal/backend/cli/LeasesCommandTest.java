// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LeasesCommandTest {
    @Test
    void filesAreToldApartFromFoldersAndNameWhatGoesWithThem() {
        assertEquals("/v/a.mkv", LeasesCommand.resource(Map.of("resource", "/v/a.mkv", "kind", "file")));
        assertEquals("/v/", LeasesCommand.resource(Map.of("resource", "/v", "kind", "directory")));
        assertEquals(
                "/v/a.mkv (+ a.srt, a.idx)",
                LeasesCommand.resource(
                        Map.of("resource", "/v/a.mkv", "kind", "file", "companions", List.of("a.srt", "a.idx"))));
    }

    @Test
    void aKeySaysWhetherWhatItSignsUnaskedIsSeen() {
        var key = Map.<String, Object>of("resource", "0123ABCD", "kind", "key", "access", "sign", "seen", true);
        assertEquals("0123ABCD (what is seen)", LeasesCommand.resource(key));
        assertEquals(
                "0123ABCD (unseen hashes)",
                LeasesCommand.resource(Map.of("resource", "0123ABCD", "kind", "key", "access", "sign", "seen", false)));
        assertEquals(
                "0123ABCD",
                LeasesCommand.resource(
                        Map.of("resource", "0123ABCD", "kind", "key", "access", "decrypt", "seen", false)));
    }

    @Test
    void aDeviceIsToldByItsNameNotByItsPortAlone() {
        assertEquals(
                "SanDisk Ultra, 0781:5580 at 1-2.3",
                LeasesCommand.resource(Map.of(
                        "resource",
                        "1-2.3",
                        "kind",
                        "usb",
                        "name",
                        "SanDisk Ultra",
                        "numbers",
                        "0781:5580",
                        "shared",
                        false)));
        assertEquals(
                "1050:0407 at 1-4 (shared)",
                LeasesCommand.resource(
                        Map.of("resource", "1-4", "kind", "usb", "name", "", "numbers", "1050:0407", "shared", true)));
    }
}
