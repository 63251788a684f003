// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Bytes to requests. Everything is checked against the message's own length; a byte too few or too many is malformed. */
final class RequestDecoder {
    /** Names in one walk (9P's MAXWELEM). */
    static final int WALK_NAMES = 16;
    /** Bytes of any string: the longest path Linux handles. */
    static final int STRING_BYTES = 4096;
    /** size[4] type[1] tag[2]. */
    static final int HEADER_BYTES = 7;

    static final int TWRITE = 118;
    /** A Twrite up to its data: header, fid[4] offset[8] count[4]. */
    static final int WRITE_HEADER_BYTES = HEADER_BYTES + 16;

    private RequestDecoder() {}

    /**
     * Decodes one message.
     *
     * @param body little-endian, all that stands after the tag; of a Twrite, all but its data
     */
    static Request decode(int type, ByteBuffer body) throws MalformedMessageException {
        Request request = switch (type) {
            case 8 -> new Request.FileSystemStatus(int32(body));
            case 12 -> new Request.Open(int32(body), int32(body));
            case 14 -> new Request.Create(int32(body), string(body), int32(body), int32(body), int32(body));
            case 16 -> new Request.MakeSymbolicLink(int32(body), string(body), string(body), int32(body));
            case 18 -> makeNode(body);
            case 20 -> new Request.Rename(int32(body), int32(body), string(body));
            case 22 -> new Request.ReadLink(int32(body));
            case 24 -> new Request.GetAttributes(int32(body), int64(body));
            case 26 ->
                new Request.SetAttributes(
                        int32(body),
                        int32(body),
                        int32(body),
                        int32(body),
                        int32(body),
                        int64(body),
                        time(body),
                        time(body));
            case 30 -> new Request.ExtendedAttributeWalk(int32(body), int32(body), string(body));
            case 32 -> createExtendedAttribute(body);
            case 40 -> new Request.ReadDirectory(int32(body), int64(body), int32(body));
            case 50 -> synchronise(body);
            case 52 ->
                new Request.Lock(
                        int32(body), int8(body), int32(body), int64(body), int64(body), int32(body), string(body));
            case 54 ->
                new Request.GetLock(int32(body), int8(body), int64(body), int64(body), int32(body), string(body));
            case 70 -> new Request.Link(int32(body), int32(body), string(body));
            case 72 -> new Request.MakeDirectory(int32(body), string(body), int32(body), int32(body));
            case 74 -> new Request.RenameAt(int32(body), string(body), int32(body), string(body));
            case 76 -> new Request.UnlinkAt(int32(body), string(body), int32(body));
            case 100 -> new Request.Version(int32(body), string(body));
            case 102 -> authenticate(body);
            case 104 -> new Request.Attach(int32(body), int32(body), string(body), string(body), int32(body));
            case 108 -> new Request.Flush(int16(body));
            case 110 -> new Request.Walk(int32(body), int32(body), names(body));
            case 116 -> new Request.Read(int32(body), int64(body), int32(body));
            case TWRITE -> new Request.Write(int32(body), int64(body), int32(body));
            case 120 -> new Request.Clunk(int32(body));
            case 122 -> new Request.Remove(int32(body));
            default -> {
                body.position(body.limit());
                yield new Request.Unknown(type);
            }
        };
        if (body.hasRemaining()) {
            throw new MalformedMessageException(
                    "message type " + type + " with " + body.remaining() + " bytes too many");
        }
        return request;
    }

    private static Request authenticate(ByteBuffer body) throws MalformedMessageException {
        int fid = int32(body);
        string(body);
        string(body);
        int32(body);
        return new Request.Authenticate(fid);
    }

    /** Linux sends a second number, whether the data alone is meant; older descriptions have none. */
    private static Request synchronise(ByteBuffer body) throws MalformedMessageException {
        int fid = int32(body);
        return new Request.Synchronise(fid, body.hasRemaining() && int32(body) != 0);
    }

    /** Mode, major, minor and group are read for their length: no node is ever made. */
    private static Request makeNode(ByteBuffer body) throws MalformedMessageException {
        int fid = int32(body);
        string(body);
        int64(body);
        int64(body);
        return new Request.MakeNode(fid);
    }

    private static Request createExtendedAttribute(ByteBuffer body) throws MalformedMessageException {
        int fid = int32(body);
        string(body);
        int64(body);
        int32(body);
        return new Request.CreateExtendedAttribute(fid);
    }

    private static Request.WireTime time(ByteBuffer body) throws MalformedMessageException {
        return new Request.WireTime(int64(body), int64(body));
    }

    private static List<WireName> names(ByteBuffer body) throws MalformedMessageException {
        int count = int16(body);
        if (count > WALK_NAMES) {
            throw new MalformedMessageException("a walk of " + count + " names, at most " + WALK_NAMES);
        }
        var names = new ArrayList<WireName>(count);
        for (int i = 0; i < count; i++) {
            names.add(string(body));
        }
        return List.copyOf(names);
    }

    private static void require(ByteBuffer body, int bytes) throws MalformedMessageException {
        if (body.remaining() < bytes) {
            throw new MalformedMessageException(
                    "message cut short: " + bytes + " bytes were to follow, " + body.remaining() + " did");
        }
    }

    private static byte int8(ByteBuffer body) throws MalformedMessageException {
        require(body, 1);
        return body.get();
    }

    private static int int16(ByteBuffer body) throws MalformedMessageException {
        require(body, 2);
        return Short.toUnsignedInt(body.getShort());
    }

    private static int int32(ByteBuffer body) throws MalformedMessageException {
        require(body, 4);
        return body.getInt();
    }

    private static long int64(ByteBuffer body) throws MalformedMessageException {
        require(body, 8);
        return body.getLong();
    }

    private static WireName string(ByteBuffer body) throws MalformedMessageException {
        int length = int16(body);
        if (length > STRING_BYTES) {
            throw new MalformedMessageException("a string of " + length + " bytes, at most " + STRING_BYTES);
        }
        require(body, length);
        byte[] bytes = new byte[length];
        body.get(bytes);
        return WireName.ofBytes(bytes);
    }
}
