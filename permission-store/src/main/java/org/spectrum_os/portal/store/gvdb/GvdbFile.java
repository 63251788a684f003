// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.gvdb;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.dbus.marshal.MarshalException;

/**
 * The hash tables in a GVDB file (GLib's {@code gvdb-format.h}). Items are listed rather than looked up, so bloom filter and buckets are not
 * used; the hash of each key is, because it tells a key that was cut or damaged.
 *
 * <p>A file of a correct writer says each byte once. What is read is counted, so that a file whose items all point at the same long value
 * costs no more than its own length.
 */
final class GvdbFile {
    /** Entries of one table. */
    static final int MAX_ITEMS = 1 << 20;

    /** One entry: about what a D-Bus message can carry. */
    private static final int MAX_VALUE = 64 << 20;

    private static final int HEADER = 24;
    private static final int ITEM = 24;
    private static final int NO_PARENT = -1;
    private static final long SIGNATURE = ByteBuffer.wrap("GVariant".getBytes(StandardCharsets.US_ASCII))
            .order(ByteOrder.LITTLE_ENDIAN)
            .getLong();
    private static final long BIG_ENDIAN_SIGNATURE = ByteBuffer.wrap("raVGtnai".getBytes(StandardCharsets.US_ASCII))
            .order(ByteOrder.LITTLE_ENDIAN)
            .getLong();

    private final String table;
    private final ByteBuffer file;
    private long unread;

    /**
     * One item of a hash table; where it points has not been checked.
     *
     * @param at where in the file it stands
     */
    record Item(int number, int at) {}

    /** A part of the file. */
    private record Region(int start, int end) {}

    GvdbFile(String table, byte[] bytes) {
        this.table = table;
        this.file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        this.unread = bytes.length;
    }

    /** The items of the table "main". */
    List<Item> main() throws GvdbException {
        if (file.limit() == 0) {
            throw unreadable("the file is empty");
        }
        if (file.limit() < HEADER) {
            throw unreadable("the file has " + file.limit() + " bytes, and a GVDB file begins with " + HEADER);
        }
        if (file.getLong(0) == BIG_ENDIAN_SIGNATURE) {
            throw unreadable("the file was written on a big-endian machine");
        }
        if (file.getLong(0) != SIGNATURE) {
            throw unreadable("the file does not begin as a GVDB file does");
        }
        if (file.getInt(8) != 0) {
            throw unreadable("the file is of the unknown GVDB version " + Integer.toUnsignedString(file.getInt(8)));
        }
        Region main = null;
        for (Item item : items("the file's own table", region(16, 4))) {
            if (type(item) == 'H' && keyIs(item, "main")) {
                if (main != null) {
                    throw unreadable("the file has two tables of entries");
                }
                main = region(item.at() + 16, 4);
            }
        }
        if (main == null) {
            throw unreadable(
                    "the file is GVDB, but holds no table \"main\": another program wrote it, or it is damaged");
        }
        return items("the table of entries", main);
    }

    /** An item's key. To be asked for once. */
    String key(Item item) throws MarshalException {
        Region region = keyRegion(item);
        count(region);
        if (file.getInt(item.at() + 4) != NO_PARENT) {
            throw new MarshalException("its id continues another one, as the stock store's never do");
        }
        if (file.getInt(item.at()) != hash(region)) {
            throw new MarshalException("its id is damaged, or had more than 65535 bytes and was cut");
        }
        return GvariantReader.decode(file, region.start(), region.end());
    }

    /** An item's value: an entry of a table. */
    GvariantReader.Entry entry(Item item) throws MarshalException {
        if (type(item) != 'v') {
            throw new MarshalException("it is no value");
        }
        Region region = regionOrNull(item.at() + 16, 8);
        if (region == null) {
            throw new MarshalException("its value would lie outside the file");
        }
        if (region.end() - region.start() > MAX_VALUE) {
            throw new MarshalException("its value has more than " + MAX_VALUE + " bytes");
        }
        count(region);
        return new GvariantReader(file).readEntry(region.start(), region.end());
    }

    private List<Item> items(String what, Region table) throws GvdbException {
        int size = table.end() - table.start();
        if (size < 8) {
            throw unreadable(what + " is cut short");
        }
        long bloomWords = file.getInt(table.start()) & 0x7ff_ffff;
        long buckets = Integer.toUnsignedLong(file.getInt(table.start() + 4));
        long before = 8 + 4 * (bloomWords + buckets);
        if (before > size || (size - before) % ITEM != 0) {
            throw unreadable(what + " has sizes that do not fit together");
        }
        long count = (size - before) / ITEM;
        if (count > MAX_ITEMS) {
            throw unreadable(what + " has " + count + " entries, and the most is " + MAX_ITEMS);
        }
        List<Item> items = new ArrayList<>((int) count);
        for (int i = 0; i < count; i++) {
            items.add(new Item(i, (int) (table.start() + before) + i * ITEM));
        }
        return items;
    }

    private char type(Item item) {
        return (char) file.get(item.at() + 14);
    }

    private boolean keyIs(Item item, String text) {
        try {
            return key(item).equals(text);
        } catch (MarshalException e) {
            // Whatever it is, it is not this one.
            return false;
        }
    }

    private Region keyRegion(Item item) throws MarshalException {
        long start = Integer.toUnsignedLong(file.getInt(item.at() + 8));
        long end = start + Short.toUnsignedInt(file.getShort(item.at() + 12));
        if (end > file.limit()) {
            throw new MarshalException("its id would lie outside the file");
        }
        return new Region((int) start, (int) end);
    }

    /** What the two numbers at {@code at} bound. */
    private Region region(int at, int alignment) throws GvdbException {
        Region region = regionOrNull(at, alignment);
        if (region == null) {
            throw unreadable("the file refers to a place outside it, and may have been cut");
        }
        return region;
    }

    private @Nullable Region regionOrNull(int at, int alignment) {
        long start = Integer.toUnsignedLong(file.getInt(at));
        long end = Integer.toUnsignedLong(file.getInt(at + 4));
        return start > end || end > file.limit() || start % alignment != 0 ? null : new Region((int) start, (int) end);
    }

    private void count(Region region) throws MarshalException {
        unread -= region.end() - region.start();
        if (unread < 0) {
            throw new MarshalException("it points at bytes that belong to other entries");
        }
    }

    /** Bernstein's hash, over signed characters. */
    private int hash(Region key) {
        int hash = 5381;
        for (int at = key.start(); at < key.end(); at++) {
            hash = hash * 33 + file.get(at);
        }
        return hash;
    }

    private GvdbException unreadable(String what) {
        return new GvdbException("the stock store's table \"" + table + "\" cannot be read: " + what
                + ". Nothing was taken from it; if there is a copy of the file from before, use that.");
    }
}
