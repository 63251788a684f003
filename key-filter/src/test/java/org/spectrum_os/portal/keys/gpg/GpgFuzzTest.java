// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.gpg;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.keys.JazzerRun;

/** Whatever a guest or a gpg-agent says, nothing is thrown that nobody catches, and nothing hangs. */
@Timeout(7200)
class GpgFuzzTest {
    private static final String GRIP = "A".repeat(40);

    /** What ended badly once, in hexadecimal, with its target. */
    private static final List<Found> FOUND = List.of();

    private record Found(Target target, String input) {}

    private interface Target {
        void fuzzerTestOneInput(byte[] input) throws Exception;
    }

    @TempDir
    Path folder;

    @Test
    void whatEndedBadlyOnceEndsWell() throws Exception {
        for (Found found : FOUND) {
            found.target().fuzzerTestOneInput(HexFormat.of().parseHex(found.input()));
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "os.arch", matches = "amd64|aarch64")
    void everyLineAndExpressionIsReadOrRefused() throws Exception {
        List<byte[]> seeds = seeds(
                "\0SETHASH 8 " + "0".repeat(64),
                "\0SETHASH --hash=sha1 " + "0".repeat(40),
                "\0HAVEKEY --list=1000",
                "\0HAVEKEY " + GRIP,
                "\0KEYINFO --list --data --ssh-fpr",
                "\0SETKEY --another " + GRIP,
                "\0OPTION putenv=A=B",
                "\0OPTION pinentry-mode=ask",
                "\0PKSIGN -- 0123456789ABCDEF01234567",
                "\0PKDECRYPT --kem=PGP",
                "\0READKEY --no-data -- " + GRIP,
                "\0GETINFO cmd_has_option A b",
                "\0SCD SERIALNO",
                "\1(7:enc-val(3:rsa(1:a1:x)))",
                "\1(7:enc-val(3:elg(1:a1:x)(1:b1:x)))",
                "\1(7:enc-val(4:ecdh(1:s1:x)(1:e32:xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx)))",
                "\5(7:enc-val(3:ecc(1:c1:9)(1:h2:10)(1:e32:xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx)(1:s1:s)(10:kdf-params2:xy)))",
                "\2(7:sig-val(5:eddsa(1:r1:a)(1:s1:b)))",
                "\2(5:value25:\30" + "x".repeat(24) + ")",
                "\3(1:a(1:b(1:c))1:d)%25");
        for (byte[] seed : seeds) {
            ParserFuzz.fuzzerTestOneInput(seed);
        }
        new JazzerRun(ParserFuzz.class, 1200, 200).run(folder, seeds);
    }

    @Test
    @EnabledIfSystemProperty(named = "os.arch", matches = "amd64|aarch64")
    void everyConversationEnds() throws Exception {
        List<byte[]> seeds = seeds(
                "RESET\nOPTION display=:0\nGETINFO version\nKEYINFO --list\nHAVEKEY --list",
                "SIGKEY " + GRIP + "\nSETKEYDESC x\nSETHASH 2 " + "0".repeat(40) + "\nPKSIGN",
                "SETKEY " + FakeKeys.DECRYPTS + "\nPKDECRYPT\nD (7:enc-val\nD (3:rsa(1:a1:x)))\nEND",
                "SETKEY " + FakeKeys.DECRYPTS
                        + "\nPKDECRYPT --kem=PGP\nD (7:enc-val(3:ecc(1:c1:9)(1:h2:10)(1:e32:xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx)(1:s1:s)(10:kdf-params2:xy)))\nEND",
                "SETKEY " + FakeKeys.FORBIDDEN + "\nPKDECRYPT\nCAN\nREADKEY " + FakeKeys.FORBIDDEN,
                "NOP\n".repeat(50),
                "EXPORT_KEY " + GRIP);
        for (byte[] seed : seeds) {
            ConversationFuzz.fuzzerTestOneInput(seed);
        }
        new JazzerRun(ConversationFuzz.class, 2000, 10).run(folder, seeds);
    }

    @Test
    @EnabledIfSystemProperty(named = "os.arch", matches = "amd64|aarch64")
    void everyAnswerOfAnAgentIsUsedOrAFailure() throws Exception {
        List<byte[]> seeds = seeds(
                "\0OK hello\nOK\nOK\nOK\nOK\nINQUIRE PINENTRY_LAUNCHED 1\nD (7:sig-val(3:rsa\nD (1:s1:%0A)))\nOK\n",
                "\0OK\nERR 174 x\nOK\nOK\nOK\nERR 67108963 cancelled <Pinentry>\n",
                "\1OK\nOK\nOK\nOK\nS INQUIRE_MAXLEN 4096\nINQUIRE CIPHERTEXT\n# x\nS PADDING 0\nD (5:value1:a)%00\nOK\n",
                "\2OK\nOK\nD (10:public-key(3:rsa(1:n1:a)(1:e1:b)))\nOK\n",
                "\3OK\nOK\nD 2.4.8\nOK\n");
        for (byte[] seed : seeds) {
            RealAgentFuzz.fuzzerTestOneInput(seed);
        }
        new JazzerRun(RealAgentFuzz.class, 2000, 20).run(folder, seeds);
    }

    private static List<byte[]> seeds(String... texts) {
        return Stream.of(texts)
                .map(text -> text.getBytes(StandardCharsets.ISO_8859_1))
                .toList();
    }
}
