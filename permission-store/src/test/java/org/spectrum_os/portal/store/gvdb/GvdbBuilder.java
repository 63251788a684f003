// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.gvdb;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Makes table files that the stock service would never write. */
final class GvdbBuilder {
    private static final int ITEM = 24;
    private static final int NO_PARENT = -1;

    private final ByteArrayOutputStream file = new ByteArrayOutputStream();
    private final List<byte[]> items = new ArrayList<>();
    private String name = "main";

    GvdbBuilder() {
        // Room for the header and the root's hash table of one bucket and one item.
        file.writeBytes(new byte[24 + 8 + 4 + ITEM]);
    }

    /** A value's place in the file. */
    record Place(int start, int end) {}

    /** The name of the one table, instead of "main". */
    GvdbBuilder name(String other) {
        name = other;
        return this;
    }

    /** An entry whose data is a variant of the given type and serialised bytes. */
    GvdbBuilder entry(String id, String dataType, int... data) {
        return item(id, value(entry(join(data, 0, dataType), new byte[0])));
    }

    /** An entry: {@code (va{sas})} from its serialised parts, in a variant. */
    static byte[] entry(byte[] data, byte[] permissions) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(data);
        out.writeBytes(permissions);
        int size = data.length + permissions.length;
        offset(out, data.length, size);
        out.writeBytes("\0(va{sas})".getBytes(StandardCharsets.US_ASCII));
        return out.toByteArray();
    }

    private static void offset(ByteArrayOutputStream out, int offset, int size) {
        int bytes = size + 1 <= 0xff ? 1 : size + 2 <= 0xffff ? 2 : 4;
        for (int i = 0; i < bytes; i++) {
            out.write(offset >> (8 * i));
        }
    }

    /** Bytes from numbers (a byte each) and texts (without NUL). */
    static byte[] join(Object... parts) {
        var out = new ByteArrayOutputStream();
        for (Object part : parts) {
            switch (part) {
                case Integer number -> out.write(number);
                case int[] numbers -> {
                    for (int number : numbers) {
                        out.write(number);
                    }
                }
                case byte[] bytes -> out.writeBytes(bytes);
                default -> out.writeBytes(part.toString().getBytes(StandardCharsets.UTF_8));
            }
        }
        return out.toByteArray();
    }

    /** Adds a value to the file. */
    Place value(byte[] value) {
        file.writeBytes(new byte[-file.size() & 7]);
        file.writeBytes(value);
        return new Place(file.size() - value.length, file.size());
    }

    GvdbBuilder item(String id, Place place) {
        byte[] key = id.getBytes(StandardCharsets.UTF_8);
        return item(key, hash(key), NO_PARENT, 'v', place);
    }

    GvdbBuilder item(byte[] key, int hash, int parent, char type, Place place) {
        int keyAt = file.size();
        file.writeBytes(key);
        items.add(item(hash, parent, keyAt, key.length, type, place));
        return this;
    }

    private static byte[] item(int hash, int parent, int keyAt, int keySize, char type, Place place) {
        return little(ITEM)
                .putInt(hash)
                .putInt(parent)
                .putInt(keyAt)
                .putShort((short) keySize)
                .put((byte) type)
                .put((byte) 0)
                .putInt(place.start())
                .putInt(place.end())
                .array();
    }

    static int hash(byte[] key) {
        int hash = 5381;
        for (byte character : key) {
            hash = hash * 33 + character;
        }
        return hash;
    }

    byte[] build() {
        byte[] key = name.getBytes(StandardCharsets.US_ASCII);
        int keyAt = file.size();
        file.writeBytes(key);
        file.writeBytes(new byte[-file.size() & 3]);
        int start = file.size();
        // No bloom filter, no buckets: only the items count.
        file.writeBytes(new byte[8]);
        items.forEach(file::writeBytes);
        byte[] bytes = file.toByteArray();
        byte[] root = item(hash(key), NO_PARENT, keyAt, key.length, 'H', new Place(start, file.size()));
        ByteBuffer.wrap(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("GVariant".getBytes(StandardCharsets.US_ASCII))
                .putInt(0)
                .putInt(0)
                .putInt(24)
                .putInt(24 + 8 + 4 + ITEM)
                .putInt(5 << 27)
                .putInt(1)
                .putInt(0)
                .put(root);
        return bytes;
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
