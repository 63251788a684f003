// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign;

import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.policy.KeyPlace;
import org.spectrum_os.portal.backend.policy.Policy;
import org.spectrum_os.portal.backend.policy.PolicyReader;
import org.spectrum_os.portal.protocol.KeyMessage.SignOpenpgp.Form;

/** Where secrets are, while the policy changes. */
@Timeout(60)
class KeyPlacesTest {
    private static Instance vault(int cid) throws Exception {
        Policy policy = PolicyReader.parse(
                "test",
                "{\"version\": 1, \"instances\": {\"vault\": {\"colour\": \"#3584e4\", \"link\": {\"vsock\": " + cid
                        + "}, \"rules\": {}, \"holds-keys\": true}}}");
        return policy.instance("vault").orElseThrow();
    }

    @Test
    void aVaultThatHasMovedIsReachedWhereItIsNow() throws Exception {
        Path folder = Files.createTempDirectory(Path.of("/tmp"), "k");
        var now = new AtomicReference<>(vault(4001));
        try (var places = new KeyPlaces(folder, Optional.empty(), _ -> Optional.of(now.get()))) {
            Files.createDirectory(folder.resolve("vault"));
            var place = new KeyPlace.Vault("vault");
            var before = places.home(place);
            before.sign("0".repeat(40), Form.DETACHED, false).close();
            now.set(vault(4002));
            var after = places.home(place);
            assertNotSame(before, after);
            // The agent's socket of the one before is in the way no more.
            after.sign("0".repeat(40), Form.DETACHED, false).close();
            assertThrows(IOException.class, () -> before.sign("0".repeat(40), Form.DETACHED, false));
        } finally {
            try (var files = Files.walk(folder)) {
                for (Path file :
                        List.copyOf(files.sorted(Comparator.reverseOrder()).toList())) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
