// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.gpg;

import java.nio.ByteBuffer;
import java.util.List;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.SocketKind;

/** What Jazzer calls with all that a gpg-agent says to one operation, which the first byte chooses: it fails or comes to something. */
public final class RealAgentFuzz {
    private static final Keygrip KEY = new Keygrip("A".repeat(40));

    private RealAgentFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) throws Exception {
        if (input.length == 0) {
            return;
        }
        Connection.Ends ends = Connection.pair(SocketKind.STREAM);
        try (Connection real = ends.second();
                var agent = new RealAgent(ends::first, List.of(new SessionOption("display", ":7")))) {
            real.write(ByteBuffer.wrap(input, 1, input.length - 1));
            real.finishWriting();
            switch (input[0] & 3) {
                case 0 -> require(agent.sign(KEY, "why", HashAlgorithm.SHA256, new byte[32])[0] == '(');
                case 1 ->
                    require(agent.decrypt(KEY, "why", new Ciphertext.Rsa(new byte[] {1}))
                                    .value()[0]
                            == '(');
                case 2 -> require(agent.publicKey(KEY)[0] == '(');
                default -> require(!agent.version().isEmpty());
            }
        } catch (AgentFailure e) {
            require(!String.valueOf(e.getMessage()).matches("(?s).*\\p{Cntrl}.*"));
        }
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw new AssertionError();
        }
    }
}
