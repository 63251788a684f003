// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.spectrum_os.portal.keys.ssh.KnownHosts;
import org.spectrum_os.portal.keys.ssh.SshKey;

/** What this computer's own lists of known hosts call a server. Read anew for each question. */
final class KnownServers {
    private static final System.Logger LOG = System.getLogger(KnownServers.class.getName());

    private final List<Path> files;

    /**
     * @param files in OpenSSH's form; those that are not there know nobody
     */
    KnownServers(List<Path> files) {
        this.files = List.copyOf(files);
    }

    /** Names of the server with this key, empty if there are none. */
    List<String> names(SshKey server) {
        var names = new ArrayList<String>();
        for (Path file : files) {
            try (var list = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
                names.addAll(KnownHosts.read(list).names(server));
            } catch (NoSuchFileException _) {
                // Nobody has been met yet.
            } catch (IOException e) {
                LOG.log(WARNING, "{0} is not read, so that its servers have no names: {1}", file, e.getMessage());
            }
        }
        return names.stream().distinct().limit(KnownHosts.MOST_NAMES).toList();
    }
}
