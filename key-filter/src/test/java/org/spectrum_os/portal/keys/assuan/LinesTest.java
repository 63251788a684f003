// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.assuan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.SocketKind;

@Timeout(60)
class LinesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Connection.Ends ends;
    private LineReader reader;
    private LineWriter writer;

    @BeforeEach
    void connect() throws Exception {
        ends = Connection.pair(SocketKind.STREAM);
        reader = new LineReader(ends.first());
        writer = new LineWriter(ends.second(), PATIENCE);
    }

    @AfterEach
    void close() {
        ends.first().close();
        ends.second().close();
    }

    private void send(String bytes) throws Exception {
        ends.second().write(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)));
    }

    @Test
    void linesComeOneByOne() throws Exception {
        send("NOP\nGETINFO version\r\n\nD a%0Ab\0\u00ff\n" + "x".repeat(AssuanLimits.LINE_BYTES) + "\r\n");
        assertEquals("NOP", reader.next(PATIENCE));
        assertEquals("GETINFO version", reader.next(PATIENCE));
        assertEquals("", reader.next(PATIENCE));
        assertEquals("D a%0Ab\0\u00ff", reader.next(PATIENCE));
        assertEquals("x".repeat(AssuanLimits.LINE_BYTES), reader.next(PATIENCE));
        ends.second().close();
        assertNull(reader.next(PATIENCE));
    }

    @Test
    void aLineInPiecesIsOne() throws Exception {
        send("NO");
        Thread.ofPlatform().start(() -> {
            try {
                send("P\n");
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        assertEquals("NOP", reader.next(PATIENCE));
    }

    @Test
    void aLineIsBounded() throws Exception {
        send("x".repeat(AssuanLimits.LINE_BYTES + 1) + "\n");
        assertThrows(MalformedAssuanException.class, () -> reader.next(PATIENCE));
    }

    @Test
    void aLineWithoutAnEndIsBounded() throws Exception {
        send("x".repeat(AssuanLimits.LINE_BYTES + 2));
        assertThrows(MalformedAssuanException.class, () -> reader.next(PATIENCE));
    }

    @Test
    void noLineHoldsANulOrACarriageReturn() throws Exception {
        send("NOP\0\nNOP\rNOP\nNOP\r\r\nD \r1\n");
        for (int i = 0; i < 4; i++) {
            assertThrows(MalformedAssuanException.class, () -> reader.next(PATIENCE));
        }
    }

    @Test
    void aLineThatIsCutOffIsNone() throws Exception {
        send("BYE");
        ends.second().close();
        assertThrows(MalformedAssuanException.class, () -> reader.next(PATIENCE));
    }

    @Test
    void aLineThatTakesTooLongIsNotWaitedFor() throws Exception {
        send("NO");
        assertThrows(SocketTimeoutException.class, () -> reader.next(Duration.ofMillis(50)));
    }

    @Test
    void dataOfAnyBytesComesThroughInLinesThatFit() throws Exception {
        byte[] data = new byte[3000];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) i;
        }
        writer.data(data);
        writer.data(new byte[0]);
        writer.ok();
        writer.flush();
        var received = new ByteArrayOutputStream();
        int lines = 0;
        for (String line = reader.next(PATIENCE); line != null && !line.equals("OK"); line = reader.next(PATIENCE)) {
            assertEquals("D ", line.substring(0, 2));
            received.writeBytes(Escaping.unescape(line.substring(2)));
            lines++;
        }
        assertArrayEquals(data, received.toByteArray());
        assertEquals(4, lines);
    }

    @Test
    void whatIsNoLineIsNotWritten() {
        for (String bad : new String[] {"a\nb", "a\rb", "\u0100", "x".repeat(AssuanLimits.LINE_BYTES + 1)}) {
            assertThrows(IllegalArgumentException.class, () -> writer.line(bad));
        }
    }

    @Test
    void percentSignsStandForBytes() throws Exception {
        assertArrayEquals(new byte[] {'%', '\n', (byte) 0xff, '+'}, Escaping.unescape("%25%0a%FF+"));
        for (String bad : new String[] {"%", "%2", "%2g", "%g2", "%%25", "% 2", "%\u0661\u0661"}) {
            assertThrows(MalformedAssuanException.class, () -> Escaping.unescape(bad), bad);
        }
    }

    @Test
    void anArgumentIsOneWord() {
        assertEquals("a+b%2B%25%0A%22\u00c3\u00a4", Escaping.argument("a b+%\n\"ä"));
    }
}
