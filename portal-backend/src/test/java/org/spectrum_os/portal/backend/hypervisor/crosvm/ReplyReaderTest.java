// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.hypervisor.crosvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What crosvm says, and what answers can be made of. */
class ReplyReaderTest {
    private static final String PORTS = ",{\"port\":0,\"vendor_id\":0,\"product_id\":0}".repeat(14);
    private static final String DEVICES =
            "{\"UsbResponse\":{\"Devices\":[{\"port\":1,\"vendor_id\":1921,\"product_id\":21888,\"later\":[]}" + PORTS
                    + ",{\"port\":16,\"vendor_id\":1,\"product_id\":0}]}}";

    private static Reply read(String text) throws ReplyReader.NonsenseException {
        return ReplyReader.read(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void eachAnswerThatIsNeededIsUnderstood() throws Exception {
        assertEquals(new Reply.Ok(9), read("{\"UsbResponse\":{\"Ok\":{\"port\":9,\"later\":1}}}"));
        for (Reply.Word word : Reply.Word.values()) {
            assertEquals(word, read("{\"UsbResponse\":\"" + word.name + "\"}"));
        }
        assertEquals(new Reply.Err(19), read(" {\"Err\":19} "));
        assertEquals(
                new Reply.Pids(Set.of(4242)),
                read("{\"VcpuPidTidResponse\":{\"pid_tid_map\":{\"0\":[4242,4250],\"1\":[4242,4251]}}}"));
        assertTrue(read(DEVICES) instanceof Reply.Devices devices
                && devices.at(1).equals(new Reply.Slot(1921, 21888))
                && devices.at(2).equals(Reply.Slot.EMPTY)
                && devices.at(16).equals(new Reply.Slot(1, 0)));
        for (String other : List.of(
                "\"Ok\"",
                "{\"ErrString\":\"no\"}",
                "{\"BatResponse\":\"Ok\"}",
                "{\"UsbResponse\":\"Later\"}",
                "{\"UsbResponse\":{\"Later\":{}}}")) {
            assertEquals(new Reply.Other(), read(other), other);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "[]",
                "7",
                "null",
                "{\"Err\":5}{\"Err\":5}",
                "{\"Err\":5,\"Err\":6}",
                "{\"Err\":5,\"UsbResponse\":\"NoSuchDevice\"}",
                "{\"Err\":\"5\"}",
                "{\"Err\":5.0}",
                "{\"Err\":99999999999999999999}",
                "{\"UsbResponse\":{\"Ok\":{\"port\":256}}}",
                "{\"UsbResponse\":{\"Ok\":{\"port\":-1}}}",
                "{\"UsbResponse\":{\"Ok\":9}}",
                "{\"UsbResponse\":{\"Devices\":[]}}",
                "{\"UsbResponse\":[]}",
                "{\"VcpuPidTidResponse\":{\"pid_tid_map\":{\"0\":[0,1]}}}",
                "{\"VcpuPidTidResponse\":{}}"
            })
    void whatIsNoAnswerIsNotTakenForOne(String text) {
        assertThrows(ReplyReader.NonsenseException.class, () -> read(text));
    }

    @Test
    void aListWithPortsThatWereNotAskedForIsNone() {
        assertThrows(ReplyReader.NonsenseException.class, () -> read(DEVICES.replace("\"port\":16", "\"port\":15")));
        assertThrows(ReplyReader.NonsenseException.class, () -> read(DEVICES.replace("\"port\":1,", "\"port\":0,")));
        assertThrows(ReplyReader.NonsenseException.class, () -> read(DEVICES.replace("1921", "65536")));
    }

    @Test
    void whateverComesIsAnAnswerOrNone() {
        var random = new Random(20260103);
        byte[] seed = DEVICES.getBytes(StandardCharsets.UTF_8);
        int understood = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = seed.clone();
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            int length = random.nextInt(4) == 0 ? random.nextInt(bytes.length) : bytes.length;
            try {
                assertNotNull(ReplyReader.read(ByteBuffer.wrap(bytes, 0, length)));
                understood++;
            } catch (ReplyReader.NonsenseException e) {
                assertNotNull(e.getMessage());
            }
        }
        assertTrue(understood > 20, "only " + understood);
    }

    @Test
    void nestingAndSizeAreBounded() {
        assertThrows(ReplyReader.NonsenseException.class, () -> read("[".repeat(30_000)));
        assertThrows(
                ReplyReader.NonsenseException.class, () -> read(" ".repeat(ReplyReader.MOST_BYTES) + "{\"Err\":5}"));
    }

    @Test
    void theRowTellsHowManyAnswersAreBehindWhateverTheyAre() {
        var list = new Reply.Devices(Collections.nCopies(Request.PORTS, Reply.Slot.EMPTY));
        List<Reply> possible = List.of(list, Reply.Word.NO_SUCH_DEVICE, new Reply.Ok(1), Reply.Word.NO_AVAILABLE_PORT);
        var random = new Random(20260104);
        for (int i = 0; i < 20_000; i++) {
            int behind = random.nextInt(Tube.MOST_BEHIND + 1);
            var answers = new ArrayList<Reply>();
            for (int j = 0; j < behind; j++) {
                answers.add(possible.get(random.nextInt(possible.size())));
            }
            for (char c : Tube.ROW.toCharArray()) {
                answers.add(c == 'D' ? Reply.Word.NO_SUCH_DEVICE : list);
            }
            assertEquals(behind, Tube.shift(answers.subList(0, Tube.ROW.length())));
        }
        assertEquals(-1, Tube.shift(Collections.nCopies(Tube.ROW.length(), list)));
        assertEquals(-1, Tube.shift(Collections.nCopies(Tube.ROW.length(), new Reply.Other())));
    }
}
