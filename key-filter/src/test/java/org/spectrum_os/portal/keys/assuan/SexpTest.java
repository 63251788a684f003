// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.assuan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SexpTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(1:a)",
                "(1:a0:)",
                "(7:enc-val(3:rsa(1:a3:)(:)))",
                "(7:sig-val(5:eddsa(1:r2:\0\u00ff)(1:s1:\n)))",
                "(1:a(1:b(1:c(1:d(1:e(1:f(1:g(1:h))))))))"
            })
    void whatIsCanonicalComesOutAsItWas(String text) throws Exception {
        assertArrayEquals(bytes(text), Sexp.parse(bytes(text)).canonical());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "(",
                ")",
                "()",
                "1:a",
                "(1:a",
                "(1:a))",
                "(1:a)(1:b)",
                "(1:a)\0",
                " (1:a)",
                "(1:a )",
                "((1:a))",
                "(01:a)",
                "(:a)",
                "(2:a)",
                "(9999999999:a)",
                "(-1:a)",
                "(+1:a)",
                "(a)",
                "(\"a\")",
                "(#61#)",
                "(|YQ==|)",
                "([1:x]1:a)",
                "(1:a[1:x]1:b)",
                "{MTphKQ==}",
                "(1:a(1:b(1:c(1:d(1:e(1:f(1:g(1:h(1:i)))))))))"
            })
    void anythingElseIsMalformed(String text) {
        assertThrows(MalformedAssuanException.class, () -> Sexp.parse(bytes(text)));
    }

    @Test
    void elementsAreBounded() throws Exception {
        String most = "(" + "1:a".repeat(AssuanLimits.ELEMENTS) + ")";
        assertEquals(AssuanLimits.ELEMENTS, Sexp.parse(bytes(most)).elements().size());
        assertThrows(
                MalformedAssuanException.class,
                () -> Sexp.parse(bytes("(" + "1:a".repeat(AssuanLimits.ELEMENTS + 1) + ")")));
        assertThrows(
                MalformedAssuanException.class,
                () -> Sexp.parse(bytes("(1:a" + "(1:b)".repeat(AssuanLimits.ELEMENTS) + ")")));
    }

    @Test
    void listsAreTakenByNameAndOrder() throws Exception {
        Sexp.Node node = Sexp.parse(bytes("(1:x(1:r1:1)(1:s1:2))"));
        assertTrue(node.lists("r", "s").isPresent());
        assertTrue(node.lists("s", "r").isEmpty());
        assertTrue(node.lists("r").isEmpty());
        assertTrue(node.lists("r", "s", "t").isEmpty());
    }
}
