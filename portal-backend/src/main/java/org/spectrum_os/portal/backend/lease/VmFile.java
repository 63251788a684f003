// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import java.util.Map;
import java.util.Optional;
import org.spectrum_os.portal.store.lease.Resource;

/**
 * A file or folder of a VM that serves files itself. Which one it is, is that VM's to say: the host sees none of it.
 *
 * @param vm   the instance that serves it
 * @param path beneath the folder that it serves from: names with single slashes between them
 */
public record VmFile(String vm, String path) implements Lent {
    /** The kind of such resources. */
    private static final String KIND = "vm-file";

    private static final String VM = "vm";
    private static final String PATH = "path";

    @Override
    public String fileName() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    @Override
    public Resource toResource() {
        return new Resource(KIND, vm + ":" + path, Map.of(VM, vm, PATH, path));
    }

    @Override
    public boolean isOrBecomes(Lent other) {
        return equals(other);
    }

    /** The opposite of {@link #toResource}; empty if it is not of this kind, or is damaged. */
    public static Optional<VmFile> of(Resource resource) {
        String vm = resource.details().get(VM);
        String path = resource.details().get(PATH);
        return resource.kind().equals(KIND) && vm != null && path != null
                ? Optional.of(new VmFile(vm, path))
                : Optional.empty();
    }
}
