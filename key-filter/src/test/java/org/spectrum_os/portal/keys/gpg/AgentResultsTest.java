// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.gpg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spectrum_os.portal.keys.assuan.MalformedAssuanException;

class AgentResultsTest {
    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(7:sig-val(3:rsa(1:s3:abc)))",
                "(7:sig-val(3:dsa(1:r1:a)(1:s1:b)))",
                "(7:sig-val(5:ecdsa(1:r1:a)(1:s1:b)))",
                "(7:sig-val(5:eddsa(1:r1:a)(1:s1:b)))"
            })
    void signaturesArePassedOn(String text) throws Exception {
        assertArrayEquals(bytes(text), AgentResults.signature(bytes(text)));
        assertArrayEquals(bytes(text), AgentResults.signature(bytes(text + "\0")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "(5:value3:abc)",
                "(7:sig-val(3:rsa(1:s3:abc))(4:hash4:sha1))",
                "(7:sig-val(3:rsa(1:r1:a)(1:s1:b)))",
                "(7:sig-val(3:dsa(1:s1:b)))",
                "(7:sig-val(3:elg(1:r1:a)(1:s1:b)))",
                "(7:sig-val(3:rsa(1:s(1:a))))",
                "(11:private-key(3:rsa(1:d1:x)))",
                "(7:sig-val(3:rsa(1:s3:abc)))\0\0"
            })
    void nothingElseIs(String text) {
        assertThrows(MalformedAssuanException.class, () -> AgentResults.signature(bytes(text)));
    }

    @Test
    void valuesArePassedOn() throws Exception {
        assertArrayEquals(bytes("abc"), AgentResults.value(bytes("(5:value3:abc)\0")));
        assertArrayEquals(bytes("(5:value3:abc)"), AgentResults.valueExpression(bytes("abc")));
        for (String bad : new String[] {"(5:value)", "(5:value1:a1:b)", "(5:value(1:a))", "(3:key1:a)"}) {
            assertThrows(MalformedAssuanException.class, () -> AgentResults.value(bytes(bad)), bad);
        }
    }

    @Test
    void publicKeysArePassedOnAndPrivateOnesAreNot() throws Exception {
        byte[] key = bytes("(10:public-key(3:ecc(5:curve7:Ed25519)(5:flags5:eddsa)(1:q1:x)))");
        assertArrayEquals(key, AgentResults.publicKey(key));
        assertThrows(
                MalformedAssuanException.class,
                () -> AgentResults.publicKey(bytes("(11:private-key(3:rsa(1:n1:x)(1:d1:x)))")));
    }
}
