// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyBoolean;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoInteractions;
import static org.mockito.Mockito.when;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spectrum_os.portal.backend.sign.gpg.GpgSigning;
import org.spectrum_os.portal.backend.sign.gpg.KeyHome;
import org.spectrum_os.portal.backend.sign.gpg.OpenpgpKey;
import org.spectrum_os.portal.keys.gpg.Keygrip;
import org.spectrum_os.portal.protocol.KeyChannel;
import org.spectrum_os.portal.protocol.KeyMessage;
import org.spectrum_os.portal.protocol.KeyMessage.SignOpenpgp.Form;
import org.spectrum_os.portal.protocol.Untrusted;

/** Which contents take one of the places for large ones, and a gpg while they come. */
class OpenpgpSignatureTest {
    private static final OpenpgpKey.Part PART =
            new OpenpgpKey.Part("A".repeat(40), new Keygrip("1".repeat(40)), "s", true, 0);

    private final Semaphore places = new Semaphore(1);
    private final KeyHome home = mock(KeyHome.class);
    private final ByteArrayOutputStream toGpg = new ByteArrayOutputStream();

    @BeforeEach
    void answer() throws Exception {
        GpgSigning gpg = mock(GpgSigning.class);
        when(gpg.content()).thenReturn(toGpg);
        when(gpg.output()).thenReturn(InputStream.nullInputStream());
        when(home.sign(anyString(), any(), anyBoolean())).thenReturn(gpg);
    }

    private OpenpgpSignature signature() {
        var ask = new KeyMessage.SignOpenpgp(
                KeyMessage.VERSION, Untrusted.of(""), Form.DETACHED, false, Untrusted.of(""));
        return new OpenpgpSignature(home, PART, ask, mock(KeyChannel.class), places);
    }

    @Test
    void whatFitsInMemoryTakesNoPlaceAndNoGpgBeforeTheUserAgrees() throws Exception {
        try (var signature = signature()) {
            signature.take(ByteBuffer.allocate(ReceivedContent.HEAD - 1));
            signature.take(ByteBuffer.allocate(1));
            assertEquals(1, places.availablePermits());
            verifyNoInteractions(home);
        }
        assertEquals(1, places.availablePermits());
    }

    /** Whatever the pieces are that a guest makes of it. */
    @ParameterizedTest
    @ValueSource(ints = {1000, ReceivedContent.HEAD / 2, ReceivedContent.HEAD - 1, ReceivedContent.HEAD})
    void whatIsLargerTakesOnePlaceForAsLongAsItIsThere(int piece) throws Exception {
        try (var signature = signature()) {
            int sent = 0;
            for (; sent <= 2 * ReceivedContent.HEAD; sent += piece) {
                signature.take(ByteBuffer.allocate(piece));
            }
            assertEquals(0, places.availablePermits());
            verify(home).sign(PART.fingerprint(), Form.DETACHED, false);
            assertEquals(sent, toGpg.size());
        }
        assertEquals(1, places.availablePermits());
    }
}
