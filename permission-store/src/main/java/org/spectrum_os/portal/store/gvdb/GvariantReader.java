// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.gvdb;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.spectrum_os.portal.dbus.marshal.MarshalException;
import org.spectrum_os.portal.dbus.marshal.MarshalWriter;
import org.spectrum_os.portal.dbus.marshal.MarshalledValue;

/**
 * Reads GVariant's serialised form (GVariant specification, "Serialisation Format"), little-endian, as D-Bus values. Positions are the
 * buffer's: a value begins at a multiple of its alignment there. Parts follow one another without overlap, so that reading takes time in
 * proportion to the length.
 */
final class GvariantReader {
    /** Containers within containers: D-Bus's bound, GVariant's own is wider. */
    private static final int MAX_DEPTH = 64;

    /** D-Bus's bound for a type, and the closing NUL of what is before it. */
    private static final int MAX_TYPE = 255;

    private static final Shape ENTRY = Shape.ofEntry();

    private final ByteBuffer in;

    GvariantReader(ByteBuffer in) {
        this.in = in;
    }

    /** The two parts of an entry, data without the variant around it. */
    record Entry(MarshalledValue data, MarshalledValue permissions) {}

    /** An entry of a table: a variant that holds a {@code (va{sas})}. Its parts are read apart, each as deep as D-Bus allows. */
    Entry readEntry(int start, int end) throws MarshalException {
        int typeAt = typeAt(start, end);
        String type = decode(in, typeAt, end);
        if (!type.equals(ENTRY.type())) {
            throw new MarshalException("it is no pair of data and permissions");
        }
        int[] bounds = members(ENTRY, start, typeAt - 1);
        MarshalledValue permissions = read(ENTRY.parts().get(1), bounds[2], bounds[3]);
        int dataTypeAt = typeAt(bounds[0], bounds[1]);
        Shape data = Shape.of(decode(in, dataTypeAt, bounds[1]));
        return new Entry(read(data, bounds[0], dataTypeAt - 1), permissions);
    }

    private MarshalledValue read(Shape shape, int start, int end) throws MarshalException {
        var out = new MarshalWriter();
        value(shape, start, end, out, 0);
        return MarshalledValue.of(shape.type(), out.toByteArray());
    }

    /** Strict UTF-8 without NUL. */
    static String decode(ByteBuffer in, int start, int end) throws MarshalException {
        ByteBuffer bytes = in.slice(start, end - start);
        for (int i = 0; i < bytes.limit(); i++) {
            if (bytes.get(i) == 0) {
                throw new MarshalException("a text holds a NUL");
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(bytes)
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MarshalException("a text is not UTF-8");
        }
    }

    private void value(Shape shape, int start, int end, MarshalWriter out, int depth) throws MarshalException {
        if (depth > MAX_DEPTH) {
            throw new MarshalException("it nests deeper than " + MAX_DEPTH + " levels");
        }
        if (start > end || (shape.fixedSize() > 0 && end - start != shape.fixedSize())) {
            throw malformed(shape);
        }
        switch (shape.kind()) {
            case 'y' -> out.writeByte(in.get(start));
            case 'b' -> {
                if ((in.get(start) & ~1) != 0) {
                    throw malformed(shape);
                }
                out.writeBoolean(in.get(start) == 1);
            }
            case 'n', 'q' -> out.writeInt16(in.getShort(start));
            case 'i', 'u' -> out.writeInt32(in.getInt(start));
            case 'x', 't', 'd' -> out.writeInt64(in.getLong(start));
            case 's' -> out.writeString(text(shape, start, end));
            case 'o' -> out.writeObjectPath(text(shape, start, end));
            case 'g' -> out.writeSignature(text(shape, start, end));
            case 'v' -> {
                int typeAt = typeAt(start, end);
                Shape inner = Shape.of(decode(in, typeAt, end));
                out.writeSignature(inner.type());
                value(inner, start, typeAt - 1, out, depth + 1);
            }
            case '(', '{' -> struct(shape, start, end, out, depth);
            case 'a' -> {
                Shape element = shape.parts().getFirst();
                int array = out.beginArray(element.type());
                if (element.fixedSize() > 0) {
                    fixedElements(shape, start, end, out, depth);
                } else if (end > start) {
                    elements(shape, start, end, out, depth);
                }
                out.endArray(array);
            }
            default -> throw new MarshalException("it holds a file descriptor, which means nothing in a file");
        }
    }

    /** Where a variant's type begins: behind its last NUL. */
    private int typeAt(int start, int end) throws MarshalException {
        for (int at = end - 1; at >= start && at >= end - 1 - MAX_TYPE; at--) {
            if (in.get(at) == 0) {
                return at + 1;
            }
        }
        throw new MarshalException("the type of a variant is missing or longer than " + MAX_TYPE + " bytes");
    }

    private String text(Shape shape, int start, int end) throws MarshalException {
        if (start == end || in.get(end - 1) != 0) {
            throw malformed(shape);
        }
        return decode(in, start, end - 1);
    }

    private void struct(Shape shape, int start, int end, MarshalWriter out, int depth) throws MarshalException {
        out.beginStruct();
        int[] bounds = members(shape, start, end);
        for (int i = 0; i < shape.parts().size(); i++) {
            value(shape.parts().get(i), bounds[2 * i], bounds[2 * i + 1], out, depth + 1);
        }
    }

    /**
     * Start and end of each member. They stand in order; the ends of those whose size varies, but for the last member's, stand behind them,
     * the first one's last.
     */
    private int[] members(Shape shape, int start, int end) throws MarshalException {
        List<Shape> members = shape.parts();
        int last = members.size() - 1;
        int offsetSize = offsetSize(end - start);
        long varying = members.stream()
                .limit(last)
                .filter(member -> member.fixedSize() == 0)
                .count();
        long bodyEnd = end - varying * offsetSize;
        if (bodyEnd < start) {
            throw malformed(shape);
        }
        int[] bounds = new int[2 * members.size()];
        int offset = end;
        long at = start;
        for (int i = 0; i <= last; i++) {
            Shape member = members.get(i);
            long memberStart = aligned(at, member.alignment());
            if (member.fixedSize() > 0) {
                at = memberStart + member.fixedSize();
            } else if (i == last) {
                at = bodyEnd;
            } else {
                offset -= offsetSize;
                at = start + offset(offset, offsetSize);
            }
            if (memberStart > at || at > bodyEnd) {
                throw malformed(shape);
            }
            bounds[2 * i] = (int) memberStart;
            bounds[2 * i + 1] = (int) at;
        }
        // A struct of fixed size ends with the padding that its size counts.
        if ((shape.fixedSize() > 0 ? aligned(at, shape.alignment()) : at) != bodyEnd) {
            throw malformed(shape);
        }
        return bounds;
    }

    private void fixedElements(Shape shape, int start, int end, MarshalWriter out, int depth) throws MarshalException {
        Shape element = shape.parts().getFirst();
        int size = element.fixedSize();
        if ((end - start) % size != 0) {
            throw malformed(shape);
        }
        if (element.kind() == 'y') {
            byte[] bytes = new byte[end - start];
            in.get(start, bytes);
            out.writeBytes(bytes);
            return;
        }
        for (int at = start; at < end; at += size) {
            value(element, at, at + size, out, depth + 1);
        }
    }

    /** Elements in order, then the end of each; the last end is also where the ends begin. */
    private void elements(Shape shape, int start, int end, MarshalWriter out, int depth) throws MarshalException {
        int offsetSize = offsetSize(end - start);
        long bodyEnd = start + offset(end - offsetSize, offsetSize);
        if (bodyEnd > end - offsetSize || (end - bodyEnd) % offsetSize != 0) {
            throw malformed(shape);
        }
        Shape element = shape.parts().getFirst();
        long at = start;
        for (int offset = (int) bodyEnd; offset < end; offset += offsetSize) {
            long elementStart = aligned(at, element.alignment());
            at = start + offset(offset, offsetSize);
            if (elementStart > at || at > bodyEnd) {
                throw malformed(shape);
            }
            value(element, (int) elementStart, (int) at, out, depth + 1);
        }
    }

    private long offset(int at, int size) {
        return switch (size) {
            case 1 -> Byte.toUnsignedLong(in.get(at));
            case 2 -> Short.toUnsignedLong(in.getShort(at));
            default -> Integer.toUnsignedLong(in.getInt(at));
        };
    }

    /** The bytes of each offset in a container of so many bytes, which are fewer than 2^31. */
    private static int offsetSize(int size) {
        return size <= 0xff ? 1 : size <= 0xffff ? 2 : 4;
    }

    private static long aligned(long at, int alignment) {
        return (at + alignment - 1) & -alignment;
    }

    private static MarshalException malformed(Shape shape) {
        return new MarshalException("a part of type '" + shape.type() + "' is damaged");
    }
}
