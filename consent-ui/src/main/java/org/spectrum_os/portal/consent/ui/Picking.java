// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.spectrum_os.portal.consent.contract.ContractLimits;
import org.spectrum_os.portal.consent.contract.FileAccess;
import org.spectrum_os.portal.consent.contract.FromWindow.Companion;
import org.spectrum_os.portal.consent.contract.FromWindow.PickedFile;
import org.spectrum_os.portal.consent.contract.FromWindow.PickedFile.Kind;
import org.spectrum_os.portal.consent.contract.Purpose;
import org.spectrum_os.portal.consent.contract.SafeNames;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.ErrnoException;
import org.spectrum_os.portal.transport.FileNode;

/**
 * Turns what the user selected into what is lent: each path with its symbolic links followed, and the identity of what is found there
 * by opening it, without following any more links. The opener compares that identity.
 */
public final class Picking {
    private Picking() {}

    /** What a selection is worth. */
    public sealed interface Result {
        /** All of it can be lent. */
        record Files(List<PickedFile> files) implements Result {}

        /** Something cannot; nothing is lent. */
        record Refused(String why) implements Result {}
    }

    /** What is found cannot be lent; the text says why, without saying what. */
    private static final class Unfit extends IOException {
        Unfit(String why) {
            super(why);
        }
    }

    /** Looks at the files now. */
    public static Result pick(Purpose purpose, Selection selection) {
        boolean write = purpose.saves()
                || (selection.terms() != null && selection.terms().access() == FileAccess.WRITE);
        List<String> paths = selection.paths();
        return switch (purpose) {
            case Purpose.OpenFiles(boolean multiple) -> {
                if (paths.isEmpty()) {
                    yield new Result.Refused("No file is chosen. Choose one, or deny.");
                }
                yield existing(
                        paths, Kind.FILE, multiple, write, paths.size() == 1 ? selection.companions() : List.of());
            }
            case Purpose.OpenFolders(boolean multiple) -> {
                if (paths.isEmpty()) {
                    yield new Result.Refused("No folder is chosen. Choose one, or deny.");
                }
                yield existing(paths, Kind.FOLDER, multiple, write, List.of());
            }
            case Purpose.SaveFile _ ->
                paths.size() == 1
                        ? saved(paths.getFirst())
                        : new Result.Refused("The file has no name yet. Type one, or deny.");
            case Purpose.SaveFiles(List<String> names) ->
                paths.size() == 1
                        ? savedAll(paths.getFirst(), names)
                        : new Result.Refused("No folder is chosen. Choose one, or deny.");
        };
    }

    private static Result existing(
            List<String> paths, Kind kind, boolean multiple, boolean write, List<String> companions) {
        String things = kind == Kind.FILE ? "file" : "folder";
        if (paths.size() > Limits.FILES) {
            return new Result.Refused(paths.size() + " " + things + "s are chosen, but at most " + Limits.FILES
                    + " can be lent at once. Choose fewer.");
        }
        if (!multiple && paths.size() > 1) {
            return new Result.Refused("Only one " + things + " was asked for. Choose one.");
        }
        List<PickedFile> files = new ArrayList<>();
        Set<Path> seen = new LinkedHashSet<>();
        for (String path : paths) {
            String at = path;
            try {
                Path real = Path.of(path).toRealPath();
                if (!seen.add(real)) {
                    continue;
                }
                FileNode.Status status = look(real, kind, write);
                List<Companion> along = new ArrayList<>();
                for (String companion : companions) {
                    at = companion;
                    along.add(companion(real.resolveSibling(companion), write));
                }
                files.add(new PickedFile(real.toString(), kind, status.device(), status.inode(), along));
            } catch (IOException | IllegalArgumentException e) {
                return refused(at, e, things);
            }
        }
        return new Result.Files(files);
    }

    private static Companion companion(Path path, boolean write) throws IOException {
        Kind kind = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) ? Kind.FOLDER : Kind.FILE;
        FileNode.Status status = look(path, kind, write);
        return new Companion(String.valueOf(path.getFileName()), kind, status.device(), status.inode());
    }

    /** Opens what is there to know it again. */
    private static FileNode.Status look(Path real, Kind kind, boolean write) throws IOException {
        FileNode.Status status;
        try (Descriptor file = FileNode.openForReading(real)) {
            status = FileNode.status(file);
        }
        if (kind == Kind.FILE && !status.isRegularFile()) {
            throw new Unfit(
                    status.isDirectory()
                            ? "is a folder, and a file was asked for. Choose a file."
                            : "is not an ordinary file, and only such can be lent. Choose a file.");
        }
        if (kind == Kind.FOLDER && !status.isDirectory()) {
            throw new Unfit("is no folder, and a folder was asked for. Choose a folder.");
        }
        if (write && !Files.isWritable(real)) {
            throw new Unfit("may not be changed by you. Lend it for reading only, or choose another.");
        }
        return status;
    }

    private static Result saved(String path) {
        try {
            return new Result.Files(List.of(saved(Path.of(path))));
        } catch (IOException | IllegalArgumentException e) {
            return refused(path, e, "name");
        }
    }

    private static PickedFile saved(Path path) throws IOException {
        Path name = path.getFileName();
        Path parent = path.getParent();
        if (name == null || parent == null) {
            throw new Unfit("is a folder. Type a name for the file.");
        }
        if (!SafeNames.isSafe(name.toString())) {
            throw new Unfit("is too long for a file's name, or holds invisible characters. Type another name.");
        }
        if (Files.isSymbolicLink(path) && !Files.exists(path)) {
            throw new Unfit("is a link that leads nowhere. Type another name.");
        }
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            Path real = path.toRealPath();
            if (Files.isDirectory(real)) {
                throw new Unfit("is a folder. Type another name, or open the folder.");
            }
            if (!Files.isWritable(real)) {
                throw new Unfit("is there already, and may not be changed by you. Type another name.");
            }
            FileNode.Status status = look(real, Kind.FILE, true);
            return PickedFile.file(real.toString(), status.device(), status.inode());
        }
        return created(target(parent), name.toString());
    }

    /** A folder to save into. */
    private record Target(Path real, FileNode.Status status) {}

    private static Target target(Path folder) throws IOException {
        Path real;
        try {
            real = folder.toRealPath();
        } catch (NoSuchFileException e) {
            throw new Unfit("is in a folder that is not there. Choose another folder.");
        }
        FileNode.Status status;
        try (Descriptor open = FileNode.openForReading(real)) {
            status = FileNode.status(open);
        }
        if (!status.isDirectory() || !Files.isWritable(real)) {
            throw new Unfit("cannot be saved there: you may not make files in “" + Wording.fileName(real)
                    + "”. Choose another folder.");
        }
        return new Target(real, status);
    }

    private static PickedFile created(Target folder, String name) {
        return new PickedFile(
                folder.real().resolve(name).toString(),
                Kind.NEW,
                folder.status().device(),
                folder.status().inode(),
                List.of());
    }

    private static Result savedAll(String folder, List<String> names) {
        try {
            Target target = target(Path.of(folder));
            return new Result.Files(freeNames(target.real(), names).stream()
                    .map(name -> created(target, name))
                    .toList());
        } catch (Unfit e) {
            return new Result.Refused(
                    "You may not make files in “" + Wording.fileName(folder) + "”. Choose another folder.");
        } catch (IOException | IllegalArgumentException e) {
            return refused(folder, e, "folder");
        }
    }

    /** The names under which files can be saved in {@code folder} without touching what is there, in the order of {@code names}. */
    public static List<String> freeNames(Path folder, List<String> names) {
        Set<String> free = new LinkedHashSet<>();
        for (String name : names) {
            // A name further down the list keeps itself, if it can.
            free.add(SafeNames.free(
                    name,
                    candidate -> free.contains(candidate)
                            || (!candidate.equals(name) && names.contains(candidate))
                            || Files.exists(folder.resolve(candidate), LinkOption.NOFOLLOW_LINKS)));
        }
        return List.copyOf(free);
    }

    private static Result refused(String path, Exception cause, String things) {
        String why = switch (cause) {
            case Unfit unfit -> String.valueOf(unfit.getMessage());
            case NoSuchFileException _ -> "is not there any more. Choose another " + things + ".";
            case ErrnoException e
            when e.errno() == ErrnoException.ENOENT -> "is not there any more. Choose another " + things + ".";
            case ErrnoException e
            when e.errno() == ErrnoException.EACCES -> "may not be read by you. Choose another " + things + ".";
            case AccessDeniedException _ -> "may not be read by you. Choose another " + things + ".";
            case InvalidPathException _, IllegalArgumentException _ ->
                "has a name or path that cannot be lent. Rename it, or choose another " + things + ".";
            default -> "cannot be opened. Choose another " + things + ".";
        };
        return new Result.Refused("“" + Wording.fileName(lastName(path)) + "” " + why);
    }

    private static String lastName(String path) {
        String name = path.substring(path.lastIndexOf('/', path.length() - 2) + 1);
        return name.length() <= ContractLimits.PATH_BYTES ? name : name.substring(0, ContractLimits.PATH_BYTES);
    }
}
