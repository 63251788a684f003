// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.ssh;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.keys.JazzerRun;

/** Coverage-guided fuzzing of everything that a guest can say to its ssh-agent. */
@Timeout(7200)
class SshFuzzTest {
    @TempDir
    Path folder;

    @Test
    @EnabledIfSystemProperty(named = "os.arch", matches = "amd64|aarch64")
    void everyMessageIsUnderstoodOrRefused() throws Exception {
        var server = new FakeServer();
        byte[] session = FakeServer.session(1);
        SshKey key = SignedDataTest.KEY;
        byte[] point = new byte[65];
        point[0] = 4;
        byte[] numbers =
                new WireWriter().string(new byte[] {1}).string(new byte[] {1}).toBytes();
        var seeds = new ArrayList<byte[]>();
        seeds.add(seed(0, new byte[] {11}));
        seeds.add(seed(0, server.bind(session, true)));
        seeds.add(seed(0, FakeServer.signRequest(key, FakeServer.file("git", "sha512", new byte[64]), 0)));
        seeds.add(seed(0, new WireWriter().octet(27).string("query").toBytes()));
        seeds.add(seed(
                1,
                new WireWriter()
                        .string("ecdsa-sha2-nistp256")
                        .string("nistp256")
                        .string(point)
                        .toBytes(),
                new WireWriter().string("ecdsa-sha2-nistp256").string(numbers).toBytes()));
        seeds.add(seed(1, server.key(), server.sign(FakeServer.session(2))));
        seeds.add(seed(2, "a.example,[b.example]:22 ssh-rsa AQID c\n@revoked * ssh-rsa AQID\n".getBytes(US_ASCII)));
        seeds.add(seed(3, FakeServer.file("git", "sha512", new byte[64])));
        seeds.add(seed(3, FakeServer.login(session, "jo", key, "ssh-ed25519", null)));
        seeds.add(seed(3, FakeServer.login(session, "jo", key, "ssh-ed25519", server.key())));
        new JazzerRun(ParserFuzz.class, 1024, 2_000).run(folder, seeds);
    }

    private static byte[] seed(int which, byte[]... parts) {
        var all = new WireWriter().octet(which);
        for (byte[] part : parts) {
            all.bytes(part);
        }
        return all.toBytes();
    }

    @Test
    @EnabledIfSystemProperty(named = "os.arch", matches = "amd64|aarch64")
    void everyConversationIsAnsweredOrEnds() throws Exception {
        var seeds = new ArrayList<byte[]>();
        for (String script : List.of(
                // Of each act one.
                "00 00 01 04 02 04 03 00 03 08 04 04 00 10 ff 05 06 01 20 00 06 02 0b 00 07 03 00 00 00",
                // Bound to a login; the login, with and without the server's key, and to another session.
                "01 04 02 04 02 06 02 08 02 86",
                "01 05 02 04 01 04 02 06 02 86",
                // Forwarded twice, then a login.
                "01 06 01 0a 01 0c 02 0c 02 0e 02 8e 02 04",
                // The same session twice, by a forger, for a login, and one more after the login's.
                "01 06 01 06 01 07 01 04 01 08 01 08 01 0c")) {
            seeds.add(HexFormat.of().parseHex(script.replace(" ", "")));
        }
        new JazzerRun(ConversationFuzz.class, 512, 20).run(folder, seeds);
    }
}
