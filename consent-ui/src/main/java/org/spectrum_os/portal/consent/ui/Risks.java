// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.spectrum_os.portal.consent.contract.Purpose;

/** Knows the folders that hold more than they seem to, and says of a selection what the user should think of. */
public final class Risks {
    /** What there is to think of, the gravest first. */
    public enum Risk {
        ROOT,
        ABOVE_HOME,
        HOME,
        OWN,
        HIDDEN
    }

    private final Path home;
    private final String homeAsGiven;
    private final List<Path> own;

    /**
     * Makes the rules for one user.
     *
     * @param home the user's home folder
     * @param own  the folders in which the portal keeps its policy and its state; they need not exist
     */
    public Risks(Path home, Collection<Path> own) {
        this.home = real(home);
        this.homeAsGiven = home.toString();
        this.own = own.stream().map(Risks::real).toList();
    }

    /** The gravest risk of lending {@code paths} (absolute, as in {@link Selection}), if there is one. Looks at the file system. */
    public Optional<Risk> of(Purpose purpose, List<String> paths) {
        return paths.stream().flatMap(path -> of(purpose, path).stream()).min(Comparator.naturalOrder());
    }

    /** What the user calls a folder or file: the last component of its path, but for his home and the root. */
    public String nameOf(String text) {
        String name = text.substring(text.lastIndexOf('/') + 1);
        if (name.isEmpty()) {
            return text;
        }
        return text.equals(homeAsGiven) || text.equals(home.toString()) ? "your home folder" : name;
    }

    private Optional<Risk> of(Purpose purpose, String text) {
        Path path;
        try {
            path = real(Path.of(text));
        } catch (InvalidPathException e) {
            return Optional.empty(); // it cannot be lent either
        }
        // What is saved is one file: the folder it goes to is not lent.
        boolean tree = purpose instanceof Purpose.OpenFolders;
        if (tree && path.getNameCount() == 0) {
            return Optional.of(Risk.ROOT);
        }
        if (tree && home.startsWith(path)) {
            return Optional.of(home.equals(path) ? Risk.HOME : Risk.ABOVE_HOME);
        }
        if (own.stream().anyMatch(folder -> path.startsWith(folder) || (tree && folder.startsWith(path)))) {
            return Optional.of(Risk.OWN);
        }
        return path.startsWith(home) && hasHiddenPart(home.relativize(path))
                ? Optional.of(Risk.HIDDEN)
                : Optional.empty();
    }

    private static boolean hasHiddenPart(Path below) {
        for (Path part : below) {
            if (part.toString().startsWith(".")) {
                return true;
            }
        }
        return false;
    }

    /** Without links as far as it exists. */
    private static Path real(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        try {
            return absolute.toRealPath();
        } catch (IOException e) {
            Path parent = absolute.getParent();
            Path name = absolute.getFileName();
            return parent == null || name == null ? absolute : real(parent).resolve(name);
        }
    }
}
