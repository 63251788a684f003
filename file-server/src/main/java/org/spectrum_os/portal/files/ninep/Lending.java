// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import org.spectrum_os.portal.files.lent.Access;
import org.spectrum_os.portal.files.lent.Entry;
import org.spectrum_os.portal.protocol.LentFile;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.FileNode;

/** What can be lent, and how it must have been opened. The backend is trusted; its mistakes are caught here all the same. */
final class Lending {
    private static final Pattern INSTANCE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private Lending() {}

    static void checkInstance(String instance) throws RefusedException {
        if (!INSTANCE.matcher(instance).matches()) {
            throw new RefusedException("not an instance name: use 1 to 64 letters, digits, '.', '_' and '-'");
        }
    }

    static void check(String instance, String lease, Access access, List<Entry> entries, List<Descriptor> descriptors)
            throws RefusedException {
        checkInstance(instance);
        if (entries.isEmpty() || entries.size() > FileServer.ENTRIES || entries.size() != descriptors.size()) {
            throw new RefusedException("a lease has 1 to " + FileServer.ENTRIES + " entries with a descriptor each; "
                    + lease + " would have " + entries.size() + " with " + descriptors.size());
        }
        var names = new HashSet<String>();
        for (int i = 0; i < entries.size(); i++) {
            checkName(lease, entries.get(i).name());
            if (!names.add(entries.get(i).name())) {
                throw new RefusedException("two of what was to be lent as " + lease + " have the same name");
            }
            checkDescriptor(lease, access, entries.get(i).kind(), descriptors.get(i));
        }
    }

    private static void checkName(String lease, String name) throws RefusedException {
        try {
            String lent = new LentFile(lease, name).name();
            if (!lent.equals(new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))) {
                throw new RefusedException("the name of what is lent as " + lease + " cannot be written in UTF-8");
            }
        } catch (IllegalArgumentException e) {
            throw new RefusedException(String.valueOf(e.getMessage()));
        }
    }

    private static void checkDescriptor(String lease, Access access, Entry.Kind kind, Descriptor descriptor)
            throws RefusedException {
        try {
            FileNode.Status status = FileNode.status(descriptor);
            switch (kind) {
                case FILE -> {
                    require(status.isRegularFile(), lease, "is not a regular file");
                    switch (access) {
                        case READ -> require(FileNode.isReadOnly(descriptor), lease, "is not open for reading only");
                        case WRITE ->
                            require(FileNode.isReadWrite(descriptor), lease, "is not open for reading and writing");
                    }
                }
                case DIRECTORY -> {
                    require(status.isDirectory(), lease, "is not a directory");
                    require(FileNode.isReference(descriptor), lease, "is a directory, but not a mere reference to it");
                }
            }
        } catch (IOException e) {
            throw new RefusedException("what was to be lent as " + lease + " does not answer: " + e.getMessage());
        }
    }

    private static void require(boolean condition, String lease, String otherwise) throws RefusedException {
        if (!condition) {
            throw new RefusedException("what was to be lent as " + lease + " " + otherwise);
        }
    }
}
