// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.spectrum_os.portal.transport.Connection;

/** A 9P2000.L client as small as it can be. */
public final class NinepClient extends NinepWire {
    private int msize = 8192;

    public NinepClient(Connection connection) {
        super(connection);
    }

    /** One entry of a directory. */
    record Entry(String name, int type, long next, Qid qid) {}

    public int version(int wanted) throws IOException {
        ByteBuffer answer = call(100, wanted, "9P2000.L");
        msize = answer.getInt();
        if (!string(answer).equals("9P2000.L")) {
            throw new IOException("version unknown");
        }
        return msize;
    }

    public Qid attach(int fid) throws IOException {
        return qid(call(104, fid, NO_FID, "nobody", "", 65534));
    }

    /** Version and attach, the root being fid 0. */
    public NinepClient mounted() throws IOException {
        version(512 * 1024 + 24);
        attach(0);
        return this;
    }

    List<Qid> walk(int from, int to, String... names) throws IOException {
        var fields = new ArrayList<>(List.<Object>of(from, to, (short) names.length));
        fields.addAll(List.of(names));
        ByteBuffer answer = call(110, fields.toArray());
        var qids = new ArrayList<Qid>();
        int count = answer.getShort();
        for (int i = 0; i < count; i++) {
            qids.add(qid(answer));
        }
        return qids;
    }

    Qid open(int fid, int flags) throws IOException {
        return qid(call(12, fid, flags));
    }

    /** Walks to a file from the root and opens it. */
    public void open(int fid, String lease, String name) throws IOException {
        if (walk(0, fid, lease, name).size() != 2) {
            throw new Failed(2);
        }
        open(fid, 0);
    }

    public byte[] read(int fid, long offset, int count) throws IOException {
        ByteBuffer answer = call(116, fid, offset, count);
        byte[] data = new byte[answer.getInt()];
        answer.get(data);
        if (answer.hasRemaining()) {
            throw new IOException("Rread longer than its count");
        }
        return data;
    }

    public byte[] readAll(int fid) throws IOException {
        var all = new ByteArrayOutputStream();
        while (true) {
            byte[] data = read(fid, all.size(), msize - 24);
            if (data.length == 0) {
                return all.toByteArray();
            }
            all.writeBytes(data);
        }
    }

    List<Entry> readDirectory(int fid, long offset, int count) throws IOException {
        ByteBuffer answer = call(40, fid, offset, count);
        if (answer.getInt() != answer.remaining()) {
            throw new IOException("Rreaddir with a wrong count");
        }
        var entries = new ArrayList<Entry>();
        while (answer.hasRemaining()) {
            Qid qid = qid(answer);
            long next = answer.getLong();
            int type = answer.get();
            entries.add(new Entry(string(answer), type, next, qid));
        }
        return entries;
    }

    /** The names in a directory, from its start to its end, without the dots. */
    List<String> list(int fid) throws IOException {
        var names = new ArrayList<String>();
        long offset = 0;
        while (true) {
            List<Entry> entries = readDirectory(fid, offset, 4096);
            if (entries.isEmpty()) {
                return names;
            }
            for (Entry entry : entries) {
                if (!entry.name().equals(".") && !entry.name().equals("..")) {
                    names.add(entry.name());
                }
                offset = entry.next();
            }
        }
    }

    ByteBuffer attributes(int fid) throws IOException {
        return call(24, fid, 0x7ffL);
    }

    /** Tlcreate: {@code fid} is a directory first, then the open file. */
    Qid create(int fid, String name, int flags, int mode) throws IOException {
        return qid(call(14, fid, name, flags, mode, 0));
    }

    /** Makes a file in a directory that stays a directory. */
    Qid createIn(int directory, int fid, String name, int flags, int mode) throws IOException {
        walk(directory, fid);
        try {
            return create(fid, name, flags, mode);
        } catch (Failed e) {
            clunk(fid);
            throw e;
        }
    }

    /** The names in a directory beneath the root. */
    public List<String> names(String... path) throws IOException {
        int fid = 0x7000_0000;
        if (walk(0, fid, path).size() != path.length) {
            throw new Failed(2);
        }
        try {
            open(fid, 0);
            return list(fid);
        } finally {
            clunk(fid);
        }
    }

    /** Makes a file in a lease's folder, writes it, and closes it. */
    public void stageIn(String lease, int fid, String name, byte[] content) throws IOException {
        walk(0, fid, lease);
        create(fid, name, 1, 0644);
        for (int at = 0; at < content.length; ) {
            at += write(fid, at, java.util.Arrays.copyOfRange(content, at, Math.min(content.length, at + 60_000)));
        }
        clunk(fid);
    }

    public void renameIn(String lease, String name, String newName) throws IOException {
        int fid = 0x7000_0001;
        walk(0, fid, lease);
        try {
            rename(fid, name, fid, newName);
        } finally {
            clunk(fid);
        }
    }

    /** The whole content of what a path beneath the root leads to. */
    byte[] content(String... path) throws IOException {
        int fid = 0x7000_0002;
        if (walk(0, fid, path).size() != path.length) {
            throw new Failed(2);
        }
        try {
            open(fid, 0);
            return readAll(fid);
        } finally {
            clunk(fid);
        }
    }

    int write(int fid, long offset, byte[] data) throws IOException {
        return call(118, fid, offset, data.length, data).getInt();
    }

    void synchronise(int fid) throws IOException {
        call(50, fid, 0);
    }

    Qid makeDirectory(int fid, String name, int mode) throws IOException {
        return qid(call(72, fid, name, mode, 0));
    }

    Qid makeLink(int fid, String name, String target) throws IOException {
        return qid(call(16, fid, name, target, 0));
    }

    void rename(int from, String name, int to, String newName) throws IOException {
        call(74, from, name, to, newName);
    }

    void unlink(int directory, String name, int flags) throws IOException {
        call(76, directory, name, flags);
    }

    /** Mode or size. */
    void setAttributes(int fid, int valid, int mode, long size) throws IOException {
        call(26, fid, valid, mode, 0, 0, size, 0L, 0L, 0L, 0L);
    }

    /** {@code P9_LOCK_SUCCESS} 0, {@code P9_LOCK_BLOCKED} 1. */
    int lock(int fid, int type, long start, long length) throws IOException {
        return lockAs(1, fid, type, start, length);
    }

    int lockAs(int process, int fid, int type, long start, long length) throws IOException {
        return call(52, fid, (byte) type, 0, start, length, process, "guest").get();
    }

    void clunk(int fid) throws IOException {
        call(120, fid);
    }
}
