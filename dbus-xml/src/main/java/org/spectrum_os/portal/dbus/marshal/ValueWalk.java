// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus.marshal;

import org.jspecify.annotations.Nullable;

/** Goes through values by their types: every byte of them is checked, and copied when there is something to write to. */
final class ValueWalk {
    /**
     * Containers within containers, variants included: what the reference bus takes in a body. The specification only bounds arrays
     * and structs, by 32 each.
     */
    static final int MAX_DEPTH = 64;

    private final MarshalReader in;
    private final @Nullable MarshalWriter out;

    ValueWalk(MarshalReader in, @Nullable MarshalWriter out) {
        this.in = in;
        this.out = out;
    }

    /**
     * Reads the value of the type that begins at {@code at}, and writes it when there is something to write to.
     *
     * @return where in the signature the next type begins
     */
    int walk(String signature, int at, int depth) throws MarshalException {
        if (depth > MAX_DEPTH) {
            throw new MarshalException("a value nests deeper than " + MAX_DEPTH + " levels");
        }
        return switch (signature.charAt(at)) {
            case 'v' -> {
                String inner = withoutDescriptors(Types.requireSingle(in.readSignature()));
                if (out != null) {
                    out.writeSignature(inner);
                }
                walk(inner, 0, depth + 1);
                yield at + 1;
            }
            case '(', '{' -> walkStruct(signature, at + 1, depth + 1);
            case 'a' -> walkArray(signature, at + 1, depth + 1);
            default -> {
                if (out == null) {
                    skipBasic(signature.charAt(at));
                } else {
                    copyBasic(signature.charAt(at), out);
                }
                yield at + 1;
            }
        };
    }

    private int walkStruct(String signature, int members, int depth) throws MarshalException {
        in.beginStruct();
        if (out != null) {
            out.beginStruct();
        }
        int at = members;
        while (signature.charAt(at) != ')' && signature.charAt(at) != '}') {
            at = walk(signature, at, depth);
        }
        return at + 1;
    }

    private int walkArray(String signature, int at, int depth) throws MarshalException {
        char element = signature.charAt(at);
        int end = in.beginArray(element);
        int array = out == null ? 0 : out.beginArray(element);
        if (element == 'y') {
            byte[] bytes = in.readBytes(end);
            if (out != null) {
                out.writeBytes(bytes);
            }
        } else {
            while (in.hasNext(end)) {
                walk(signature, at, depth);
            }
        }
        if (out != null) {
            out.endArray(array);
        }
        return Types.end(signature, at);
    }

    private void copyBasic(char type, MarshalWriter to) throws MarshalException {
        switch (type) {
            case 'y' -> to.writeByte(in.readByte());
            case 'b' -> to.writeBoolean(in.readBoolean());
            case 'n', 'q' -> to.writeInt16(in.readInt16());
            case 'i', 'u' -> to.writeInt32(in.readInt32());
            case 'x', 't', 'd' -> to.writeInt64(in.readInt64());
            case 's' -> to.writeString(in.readString());
            case 'o' -> to.writeObjectPath(in.readString());
            case 'g' -> to.writeSignature(in.readSignature());
            default -> throw new MarshalException("'" + type + "' is no type of a value");
        }
    }

    private void skipBasic(char type) throws MarshalException {
        switch (type) {
            case 'y' -> in.readByte();
            case 'b' -> in.readBoolean();
            case 'n', 'q' -> in.readInt16();
            case 'i', 'u' -> in.readInt32();
            case 'x', 't', 'd' -> in.readInt64();
            case 's' -> in.readString();
            case 'o' -> MarshalWriter.requirePath(in.readString());
            case 'g' -> in.readSignature();
            default -> throw new MarshalException("'" + type + "' is no type of a value");
        }
    }

    static String withoutDescriptors(String type) throws MarshalException {
        if (type.indexOf('h') >= 0) {
            throw new MarshalException("a value of type '" + type + "' means nothing outside its message");
        }
        return type;
    }
}
