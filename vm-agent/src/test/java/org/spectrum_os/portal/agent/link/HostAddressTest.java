// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HostAddressTest {
    @Test
    void readsEachForm() {
        assertEquals(new HostAddress.Vsock(2, 0), HostAddress.parse("vsock"));
        assertEquals(new HostAddress.Vsock(3, 0), HostAddress.parse("vsock:3"));
        assertEquals(new HostAddress.Vsock(-2, 7), HostAddress.parse("vsock:4294967294:7"));
        assertEquals(new HostAddress.UnixSocket(Path.of("/a:b")), HostAddress.parse("unix:/a:b"));
    }

    @Test
    void describesWhereItConnects() {
        assertEquals("vsock CID 2 port 5219", HostAddress.DEFAULT.describe(5219));
        assertEquals("vsock CID 3 port 77", HostAddress.parse("vsock:3:77").describe(5219));
        assertEquals("socket /a/vm_5220", HostAddress.parse("unix:/a/vm").describe(5220));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "unix:",
                "vsock:",
                "vsock:x",
                "vsock:0",
                "vsock:4294967295",
                "vsock:99999999999",
                "vsock:2:0",
                "tcp:1"
            })
    void refusesTheRest(String text) {
        var e = assertThrows(IllegalArgumentException.class, () -> HostAddress.parse(text));
        assertTrue(String.valueOf(e.getMessage()).contains("vsock"));
    }
}
