// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.spectrum_os.portal.transport.FileState;

/** The codec against messages written out by hand from the layouts of 9P2000.L. */
class CodecTest {
    private static final HexFormat HEX = HexFormat.of();

    /** Decodes a whole message given as hex, blanks allowed. */
    private static Request decode(String hex) throws MalformedMessageException {
        var bytes = ByteBuffer.wrap(HEX.parseHex(hex.replace(" ", ""))).order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(bytes.remaining(), bytes.getInt(), "the test's own length field");
        int type = Byte.toUnsignedInt(bytes.get());
        bytes.getShort();
        return RequestDecoder.decode(type, bytes);
    }

    private static String encode(Reply reply, int tag) {
        var out = ByteBuffer.allocate(8192).order(ByteOrder.LITTLE_ENDIAN);
        ReplyEncoder.encode(reply, tag, out);
        byte[] bytes = new byte[out.remaining()];
        out.get(bytes);
        return HEX.formatHex(bytes);
    }

    @TestFactory
    List<DynamicTest> requests() {
        return Map.<String, Request>ofEntries(
                        Map.entry(
                                "15000000 64 ffff 18000800 0800 3950323030302e4c",
                                new Request.Version(0x80018, WireName.of("9P2000.L"))),
                        Map.entry(
                                "1a000000 68 0100 00000000 ffffffff 0300 616263 0000 e8030000",
                                new Request.Attach(0, Request.NO_FID, WireName.of("abc"), WireName.of(""), 1000)),
                        Map.entry(
                                "16000000 6e 0200 01000000 02000000 0100 0300 61c3a9",
                                new Request.Walk(1, 2, List.of(WireName.of("aé")))),
                        Map.entry("11000000 6e 0200 01000000 02000000 0000", new Request.Walk(1, 2, List.of())),
                        Map.entry("0f000000 0c 0300 02000000 00800000", new Request.Open(2, 0x8000)),
                        Map.entry(
                                "17000000 74 0400 02000000 0010000000000000 00000800",
                                new Request.Read(2, 4096, 0x80000)),
                        Map.entry(
                                "17000000 28 0400 02000000 0300000000000000 00100000",
                                new Request.ReadDirectory(2, 3, 4096)),
                        Map.entry("13000000 18 0500 02000000 ff07000000000000", new Request.GetAttributes(2, 0x7ff)),
                        Map.entry("0b000000 08 0600 02000000", new Request.FileSystemStatus(2)),
                        Map.entry("0b000000 78 0600 02000000", new Request.Clunk(2)),
                        Map.entry("0b000000 7a 0600 02000000", new Request.Remove(2)),
                        Map.entry("0b000000 16 0600 02000000", new Request.ReadLink(2)),
                        Map.entry("09000000 6c 0700 0600", new Request.Flush(6)),
                        Map.entry("0b000000 32 0700 02000000", new Request.Synchronise(2, false)),
                        Map.entry("0f000000 32 0700 02000000 01000000", new Request.Synchronise(2, true)),
                        Map.entry(
                                "14000000 1e 0700 02000000 03000000 0300 612e62",
                                new Request.ExtendedAttributeWalk(2, 3, WireName.of("a.b"))),
                        Map.entry(
                                "27000000 34 0800 02000000 01 00000000 0100000000000000 0200000000000000 07000000 0100 68",
                                new Request.Lock(2, (byte) 1, 0, 1, 2, 7, WireName.of("h"))),
                        Map.entry(
                                "23000000 36 0800 02000000 01 0100000000000000 0200000000000000 07000000 0100 68",
                                new Request.GetLock(2, (byte) 1, 1, 2, 7, WireName.of("h"))),
                        Map.entry("17000000 76 0900 02000000 0000000000000000 00000000", new Request.Write(2, 0, 0)),
                        Map.entry(
                                "1a000000 0e 0900 02000000 0100 61 41000000 a4010000 00000000",
                                new Request.Create(2, WireName.of("a"), 0x41, 0x1a4, 0)),
                        Map.entry(
                                "16000000 48 0900 02000000 0100 61 a4010000 00000000",
                                new Request.MakeDirectory(2, WireName.of("a"), 0x1a4, 0)),
                        Map.entry(
                                "12000000 4c 0900 02000000 0100 61 00000000",
                                new Request.UnlinkAt(2, WireName.of("a"), 0)),
                        Map.entry("08000000 ea 0900 00", new Request.Unknown(234)))
                .entrySet()
                .stream()
                .map(golden -> DynamicTest.dynamicTest(
                        golden.getValue().toString(), () -> assertEquals(golden.getValue(), decode(golden.getKey()))))
                .toList();
    }

    /** The fields after the header of what changes the tree: digits are bytes of a number, {@code s} is a string. */
    private static final Map<Request, String> CHANGES = Map.ofEntries(
            Map.entry(new Request.Create(1, WireName.of("name"), 1, 1, 1), "14 4s444"),
            Map.entry(new Request.MakeSymbolicLink(1, WireName.of("name"), WireName.of("name"), 1), "16 4ss4"),
            Map.entry(new Request.MakeNode(1), "18 4s4444"),
            Map.entry(new Request.Rename(1, 1, WireName.of("name")), "20 44s"),
            Map.entry(
                    new Request.SetAttributes(1, 1, 1, 1, 1, 1, new Request.WireTime(1, 1), new Request.WireTime(1, 1)),
                    "26 4444488888"),
            Map.entry(new Request.CreateExtendedAttribute(1), "32 4s84"),
            Map.entry(new Request.Link(1, 1, WireName.of("name")), "70 44s"),
            Map.entry(new Request.MakeDirectory(1, WireName.of("name"), 1, 1), "72 4s44"),
            Map.entry(new Request.RenameAt(1, WireName.of("name"), 1, WireName.of("name")), "74 4s4s"),
            Map.entry(new Request.UnlinkAt(1, WireName.of("name"), 1), "76 4s4"));

    private static ByteBuffer body(int type, List<Object> fields) {
        return NinepClient.message(type, 1, fields.toArray())
                .position(7)
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    @TestFactory
    List<DynamicTest> everyChangeIsDecodedAndNothingShorterOrLonger() {
        return CHANGES.entrySet().stream()
                .map(change -> DynamicTest.dynamicTest(change.getKey().toString(), () -> {
                    int type = Integer.parseInt(change.getValue().substring(0, 2));
                    var fields = new java.util.ArrayList<Object>();
                    for (char field : change.getValue().substring(3).toCharArray()) {
                        fields.add(field == 's' ? "name" : field == '4' ? (Object) 1 : (Object) 1L);
                    }
                    ByteBuffer whole = body(type, fields);
                    assertEquals(
                            change.getKey(),
                            RequestDecoder.decode(type, whole.duplicate().order(ByteOrder.LITTLE_ENDIAN)));
                    for (int length = 0; length < whole.limit(); length++) {
                        ByteBuffer cut = whole.slice(0, length).order(ByteOrder.LITTLE_ENDIAN);
                        assertThrows(MalformedMessageException.class, () -> RequestDecoder.decode(type, cut));
                    }
                    fields.add((byte) 0);
                    assertThrows(
                            MalformedMessageException.class, () -> RequestDecoder.decode(type, body(type, fields)));
                }))
                .toList();
    }

    @Test
    void boundsAreEnforced() {
        // 17 names of no bytes.
        assertThrows(
                MalformedMessageException.class,
                () -> decode("33000000 6e 0200 01000000 02000000 1100 " + "0000".repeat(17)));
        // A string of 4097 bytes.
        assertThrows(
                MalformedMessageException.class, () -> decode("0e100000 64 ffff 18000800 0110 " + "61".repeat(4097)));
        // A string longer than its message.
        assertThrows(MalformedMessageException.class, () -> decode("10000000 64 ffff 18000800 0400 616263"));
    }

    @TestFactory
    List<DynamicTest> replies() {
        var file = new Qid(Qid.FILE, 0x11223344, 5);
        var directory = new Qid(Qid.DIRECTORY, 1, 2);
        String fileHex = "00 44332211 0500000000000000";
        String directoryHex = "80 01000000 0200000000000000";
        var time = Instant.ofEpochSecond(0x100, 7);
        return Map.<Reply, String>ofEntries(
                        Map.entry(new Reply.Failed(116), "0b000000 07 0100 74000000"),
                        Map.entry(
                                new Reply.Version(8192, "9P2000.L"), "15000000 65 0100 00200000 0800 3950323030302e4c"),
                        Map.entry(new Reply.Attached(directory), "14000000 69 0100 " + directoryHex),
                        Map.entry(Reply.Done.FLUSHED, "07000000 6d 0100"),
                        Map.entry(
                                new Reply.Walked(List.of(directory, file)),
                                "23000000 6f 0100 0200 " + directoryHex + fileHex),
                        Map.entry(new Reply.Opened(file, 0), "18000000 0d 0100 " + fileHex + "00000000"),
                        Map.entry(
                                new Reply.Attributes(file, 0x8124, 0x3e8, 0x64, 1, 3, 8, time, time, time),
                                "a0000000 19 0100 ff07000000000000 " + fileHex
                                        + "24810000 e8030000 64000000 0100000000000000 0000000000000000"
                                        + "0300000000000000 0010000000000000 0800000000000000"
                                        + "00010000000000000700000000000000".repeat(3)
                                        + "00".repeat(16)
                                        + "00".repeat(16)),
                        Map.entry(
                                new Reply.FileSystemStatus(new FileState.Space(4096, 9, 8, 7, 6, 5, 255), 4),
                                "43000000 09 0100 97190201 00100000 0900000000000000 0800000000000000"
                                        + "0700000000000000 0600000000000000 0500000000000000 0400000000000000 ff000000"),
                        Map.entry(Reply.Done.CLUNKED, "07000000 79 0100"),
                        Map.entry(Reply.Done.SYNCHRONISED, "07000000 33 0100"),
                        Map.entry(new Reply.Locked(true), "08000000 35 0100 00"),
                        Map.entry(new Reply.Locked(false), "08000000 35 0100 01"),
                        Map.entry(new Reply.Created(file, 0), "18000000 0f 0100 " + fileHex + "00000000"),
                        Map.entry(new Reply.Written(0x1234), "0b000000 77 0100 34120000"),
                        Map.entry(new Reply.LinkTarget(WireName.of("a/b")), "0c000000 17 0100 0300 612f62"),
                        Map.entry(new Reply.SymbolicLinkMade(file), "14000000 11 0100 " + fileHex),
                        Map.entry(new Reply.DirectoryMade(directory), "14000000 49 0100 " + directoryHex),
                        Map.entry(
                                new Reply.LockFound((byte) 2, 1, 2, 3, WireName.of("h")),
                                "1f000000 37 0100 02 0100000000000000 0200000000000000 03000000 0100 68"))
                .entrySet()
                .stream()
                .map(golden -> DynamicTest.dynamicTest(
                        golden.getKey().toString(),
                        () -> assertEquals(golden.getValue().replace(" ", ""), encode(golden.getKey(), 1))))
                .toList();
    }

    @Test
    void entriesAreWrittenAsLongAsTheyFit() {
        var out = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN).position(ReplyEncoder.READ_HEADER_BYTES);
        var entries = new EntryWriter(out);
        assertTrue(entries.add(new Qid(Qid.DIRECTORY, 1, 2), 1, (byte) 4, new byte[] {'.'}));
        assertTrue(entries.add(new Qid(Qid.FILE, 1, 3), 2, (byte) 8, new byte[] {'a', 'b'}));
        assertFalse(entries.add(new Qid(Qid.FILE, 1, 3), 2, (byte) 8, new byte[] {'a', 'b'}));
        ReplyEncoder.encodeDirectory(25, 1, out);
        byte[] bytes = new byte[out.remaining()];
        out.get(bytes);
        assertEquals(
                "24000000" + "29" + "0100" + "19000000" + "80010000000200000000000000" + "0100000000000000" + "04"
                        + "0100" + "2e",
                HEX.formatHex(bytes));
    }

    @Test
    void readDataStaysWhereItIs() {
        var out = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        out.put(ReplyEncoder.READ_HEADER_BYTES, new byte[] {1, 2, 3});
        ReplyEncoder.encodeRead(3, 9, out);
        byte[] bytes = new byte[out.remaining()];
        out.get(bytes);
        assertEquals("0e000000" + "75" + "0900" + "03000000" + "010203", HEX.formatHex(bytes));
    }
}
