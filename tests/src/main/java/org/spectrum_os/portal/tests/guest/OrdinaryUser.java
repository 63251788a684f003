// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.guest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The unprivileged user that everything under test runs as. For an ordinary user that is that user, and nothing here has an
 * effect; for root it is the user who called sudo, else {@code nobody}.
 *
 * @param name login name
 * @param uid user id, never 0
 * @param gid group id
 * @param switched whether commands must give up root's rights first
 */
public record OrdinaryUser(String name, int uid, int gid, boolean switched) {
    private static final int NOBODY = 65534;

    public OrdinaryUser {
        if (uid == 0) {
            throw new IllegalArgumentException("The ordinary user cannot be root (uid 0, name " + name + ").");
        }
    }

    /** Decides from the process's own user and, for root, from {@code SUDO_UID}, {@code SUDO_GID} and {@code SUDO_USER}. */
    public static OrdinaryUser current() throws IOException {
        Path self = Path.of("/proc/self");
        int uid = (Integer) Files.getAttribute(self, "unix:uid");
        int gid = (Integer) Files.getAttribute(self, "unix:gid");
        if (uid != 0) {
            return new OrdinaryUser(System.getProperty("user.name"), uid, gid, false);
        }
        int caller = number(System.getenv("SUDO_UID"));
        if (caller > 0) {
            String name = System.getenv("SUDO_USER");
            int group = number(System.getenv("SUDO_GID"));
            return new OrdinaryUser(name == null ? Integer.toString(caller) : name, caller, group, true);
        }
        return new OrdinaryUser("nobody", NOBODY, NOBODY, true);
    }

    /** The command, made to run as this user: no root rights, no groups, no way to gain either. */
    public List<String> command(List<String> command) {
        if (!switched) {
            return List.copyOf(command);
        }
        List<String> whole = new ArrayList<>(List.of(
                "setpriv",
                "--reuid=" + uid,
                "--regid=" + gid,
                "--clear-groups",
                "--inh-caps=-all",
                "--no-new-privs",
                "--"));
        whole.addAll(command);
        return List.copyOf(whole);
    }

    /**
     * A process builder for the command as this user. When the user is switched, what the environment says of the caller (home,
     * session bus, XDG folders, sudo) is taken out or replaced.
     *
     * @param home the user's home folder for this process
     */
    public ProcessBuilder process(Path home, List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command(command));
        if (switched) {
            var environment = builder.environment();
            environment
                    .keySet()
                    .removeIf(key -> key.startsWith("XDG_")
                            || key.startsWith("SUDO_")
                            || key.equals("DBUS_SESSION_BUS_ADDRESS")
                            || key.equals("MAIL"));
            environment.put("HOME", home.toString());
            environment.put("USER", name);
            environment.put("LOGNAME", name);
        }
        return builder;
    }

    /** Makes this user the owner of a file or a folder and everything in it. Symbolic links are not followed. */
    public void own(Path path) throws IOException {
        if (!switched) {
            return;
        }
        try (Stream<Path> all = Files.walk(path)) {
            for (Path each : (Iterable<Path>) all::iterator) {
                Files.setAttribute(each, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
                Files.setAttribute(each, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static int number(@Nullable String text) {
        if (text == null || !text.matches("[0-9]{1,9}")) {
            return -1;
        }
        return Integer.parseInt(text);
    }
}
