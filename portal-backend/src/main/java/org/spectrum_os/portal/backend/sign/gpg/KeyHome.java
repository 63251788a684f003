// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign.gpg;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import org.spectrum_os.portal.keys.gpg.AgentSocket;
import org.spectrum_os.portal.protocol.KeyMessage;

/** Where secret OpenPGP keys are. Thread-safe. */
public interface KeyHome {
    /** The VM that holds them; empty for this host. */
    Optional<String> vault();

    /** All keys of which some secret is there. */
    List<OpenpgpKey> keys() throws IOException;

    /** Its gpg-agent; each call connects anew. */
    AgentSocket agent();

    /** Writes the public keys of these fingerprints, as OpenPGP data. */
    void export(List<String> fingerprints, OutputStream to) throws IOException;

    /**
     * Begins a data signature of content, which follows.
     *
     * @param fingerprint of the part that signs
     */
    GpgSigning sign(String fingerprint, KeyMessage.SignOpenpgp.Form form, boolean armour) throws IOException;
}
