// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.ssh;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signatures of servers by RSA and ECDSA, right and wrong; {@link LoginTest} has those of a real sshd. */
@Timeout(60)
class HostSignatureTest {
    private static final byte[] SESSION = FakeServer.session(1);

    private static void expectBadWhenChanged(byte[] key, byte[] signature) throws Exception {
        HostSignature.verify(key, SESSION, signature);
        assertThrows(RefusedException.class, () -> HostSignature.verify(key, FakeServer.session(2), signature));
        for (int at : new int[] {0, 8, signature.length / 2, signature.length - 1}) {
            byte[] changed = signature.clone();
            changed[at] ^= 1;
            assertThrows(RefusedException.class, () -> HostSignature.verify(key, SESSION, changed), "byte " + at);
        }
        byte[] longer = Arrays.copyOf(signature, signature.length + 1);
        assertThrows(RefusedException.class, () -> HostSignature.verify(key, SESSION, longer));
        byte[] changedKey = key.clone();
        changedKey[key.length - 1] ^= 2;
        assertThrows(RefusedException.class, () -> HostSignature.verify(changedKey, SESSION, signature));
        byte[] longerKey = Arrays.copyOf(key, key.length + 1);
        assertThrows(RefusedException.class, () -> HostSignature.verify(longerKey, SESSION, signature));
    }

    private static byte[] rsaKey(KeyPair pair) {
        var key = (RSAPublicKey) pair.getPublic();
        return new WireWriter()
                .string("ssh-rsa")
                .string(key.getPublicExponent().toByteArray())
                .string(key.getModulus().toByteArray())
                .toBytes();
    }

    private static byte[] rsaSignature(KeyPair pair, String name, String javaName) throws Exception {
        Signature signer = Signature.getInstance(javaName);
        signer.initSign(pair.getPrivate());
        signer.update(SESSION);
        return new WireWriter().string(name).string(signer.sign()).toBytes();
    }

    private static KeyPair rsa(int bits) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(bits);
        return generator.generateKeyPair();
    }

    @Test
    void rsaIsVerifiedButNotWithSha1NorWithFewBits() throws Exception {
        KeyPair pair = rsa(2048);
        expectBadWhenChanged(rsaKey(pair), rsaSignature(pair, "rsa-sha2-256", "SHA256withRSA"));
        expectBadWhenChanged(rsaKey(pair), rsaSignature(pair, "rsa-sha2-512", "SHA512withRSA"));
        byte[] sha1 = rsaSignature(pair, "ssh-rsa", "SHA1withRSA");
        assertThrows(RefusedException.class, () -> HostSignature.verify(rsaKey(pair), SESSION, sha1));

        KeyPair few = rsa(1024);
        byte[] signature = rsaSignature(few, "rsa-sha2-256", "SHA256withRSA");
        assertThrows(RefusedException.class, () -> HostSignature.verify(rsaKey(few), SESSION, signature));
    }

    @ParameterizedTest
    @CsvSource({"secp256r1, nistp256, SHA256, 32", "secp384r1, nistp384, SHA384, 48", "secp521r1, nistp521, SHA512, 66"
    })
    void ecdsaIsVerifiedWithTheHashOfItsCurve(String javaName, String name, String hash, int bytes) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(javaName));
        KeyPair pair = generator.generateKeyPair();
        var w = ((ECPublicKey) pair.getPublic()).getW();
        byte[] point = new byte[1 + 2 * bytes];
        point[0] = 4;
        place(w.getAffineX(), point, 1 + bytes);
        place(w.getAffineY(), point, 1 + 2 * bytes);
        byte[] key = new WireWriter()
                .string("ecdsa-sha2-" + name)
                .string(name)
                .string(point)
                .toBytes();
        Signature signer = Signature.getInstance(hash + "withECDSAinP1363Format");
        signer.initSign(pair.getPrivate());
        signer.update(SESSION);
        byte[] both = signer.sign();
        byte[] numbers = new WireWriter()
                .string(new BigInteger(1, both, 0, bytes).toByteArray())
                .string(new BigInteger(1, both, bytes, bytes).toByteArray())
                .toBytes();

        expectBadWhenChanged(
                key,
                new WireWriter().string("ecdsa-sha2-" + name).string(numbers).toBytes());
    }

    private static void place(BigInteger number, byte[] into, int end) {
        byte[] bytes = number.toByteArray();
        int skip = bytes[0] == 0 ? 1 : 0;
        System.arraycopy(bytes, skip, into, end - (bytes.length - skip), bytes.length - skip);
    }
}
