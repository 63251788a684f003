// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.spectrum_os.portal.store.disk.DurableFolder;

/** The folder of one store: its files' names, its lock, and what makes a name in it last. */
final class StoreFolder implements AutoCloseable {
    static final FileAttribute<?> PRIVATE_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final System.Logger LOG = System.getLogger(StoreFolder.class.getName());
    /** A store file may name no later one: there must be room for those that follow in the names that are looked for. */
    static final long LAST_JOURNAL = 99_999_999_999_999_999L;

    private static final Pattern JOURNAL = Pattern.compile("journal-([1-9][0-9]{0,17})\\.jsonl");
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int MOST_OF_ONE_NAME = 1000;

    /**
     * The folders that this process has locked. Whoever else in it opened the lock file would end that lock by closing it: fcntl locks are
     * a process's, and go with the first of its descriptors.
     */
    private static final Set<Object> HELD = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final Object key;
    private final FileChannel lockFile;

    private StoreFolder(Path path, Object key, FileChannel lockFile) {
        this.path = path;
        this.key = key;
        this.lockFile = lockFile;
    }

    /** Makes the folder if it is not there, and becomes its one writer. */
    static StoreFolder open(Path path) throws IOException {
        DurableFolder.make(path.toAbsolutePath());
        Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        if (!HELD.add(key)) {
            throw locked(path, "process " + ProcessHandle.current().pid() + ", this one");
        }
        try {
            return lock(path, key);
        } catch (IOException | RuntimeException e) {
            HELD.remove(key);
            throw e;
        }
    }

    private static StoreFolder lock(Path path, Object key) throws IOException {
        Path name = path.resolve("lock");
        if (Files.isSymbolicLink(name)) {
            throw new IOException(name + " is a symbolic link, through which another file would be written: remove it");
        }
        FileChannel file = FileChannel.open(
                name,
                Set.of(
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        LinkOption.NOFOLLOW_LINKS),
                PRIVATE_FILE);
        try {
            if (!lock(file)) {
                throw locked(path, holder(file));
            }
            sign(path, file);
            return new StoreFolder(path, key, file);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    private static StoreLockedException locked(Path path, String holder) {
        return new StoreLockedException(path + " is in use by " + holder
                + ": only one program at a time may write a store; stop that one first");
    }

    /** Writes who has it: without giving up the room that the file has, since a full disk must not keep anybody from reading. */
    private static void sign(Path path, FileChannel file) {
        byte[] pid = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
        try {
            file.write(ByteBuffer.wrap(pid), 0);
            file.truncate(pid.length);
        } catch (IOException e) {
            LOG.log(WARNING, "{0}/lock does not say who has the store: {1}", path, e.getMessage());
        }
    }

    private static boolean lock(FileChannel file) throws IOException {
        try {
            FileLock lock = file.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            // The same process has it.
            return false;
        }
    }

    private static String holder(FileChannel file) throws IOException {
        var bytes = ByteBuffer.allocate(20);
        file.read(bytes, 0);
        String pid = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII).strip();
        return pid.matches("[0-9]+") ? "process " + pid : "another process";
    }

    Path path() {
        return path;
    }

    Path store() {
        return store(path);
    }

    static Path store(Path path) {
        return path.resolve("store.jsonl");
    }

    Path journal(long number) {
        return path.resolve("journal-" + number + ".jsonl");
    }

    /** The journals there are, by number. */
    NavigableMap<Long, Path> journals() throws IOException {
        return journals(path);
    }

    static NavigableMap<Long, Path> journals(Path path) throws IOException {
        var found = new TreeMap<Long, Path>();
        try (var files = Files.list(path)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Matcher name = JOURNAL.matcher(file.getFileName().toString());
                if (name.matches()) {
                    found.put(Long.parseLong(name.group(1)), file);
                }
            }
        }
        return found;
    }

    /** Makes the names in the folder last: what was created, renamed and removed so far. */
    void sync() throws IOException {
        DurableFolder.force(path);
    }

    /**
     * Keeps a file that could not be read under another name: as a second name of the same file, for this one will be replaced; what is no
     * file is moved out of the way.
     */
    void setAside(Path file, Instant now, List<String> problems) throws IOException {
        for (int i = 0; i < MOST_OF_ONE_NAME; i++) {
            Path aside =
                    path.resolve("damaged-" + STAMP.format(now) + (i == 0 ? "" : "-" + i) + "-" + file.getFileName());
            try {
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    Files.createLink(aside, file);
                } else {
                    Files.move(file, aside);
                }
                sync();
                LOG.log(
                        WARNING,
                        "{0} could not be read as it should ({1}). What could be read is in use; the file as it was is kept as {2}",
                        file,
                        String.join("; ", problems),
                        aside.getFileName());
                return;
            } catch (FileAlreadyExistsException _) {
                // Another one of the same second: the next number.
            }
        }
        throw new IOException("there are " + MOST_OF_ONE_NAME + " files named damaged-… of this second in " + path
                + ": move them elsewhere");
    }

    @Override
    public void close() throws IOException {
        // Closing it ends the lock.
        try {
            lockFile.close();
        } finally {
            HELD.remove(key);
        }
    }
}
