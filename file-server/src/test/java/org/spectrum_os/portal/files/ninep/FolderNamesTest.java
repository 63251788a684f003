// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.transport.Descriptor;
import org.spectrum_os.portal.transport.FileNode;

class FolderNamesTest {
    @TempDir
    Path folder;

    private final Handles handles = new Handles("a1", new Allowance(new DescriptorBudget(1000)));

    private Handle open(String name) throws Exception {
        return handles.own(
                FileNode.openForReading(Files.createFile(folder.resolve(name)).toRealPath()));
    }

    @Test
    void whatIsAskedForItsFileSystemIsNotClosedByAnInstall() throws Exception {
        var names = new FolderNames();
        WireName report = WireName.of("report");
        WireName staged = WireName.of("tmp");
        names.addFile(report, new FolderFile(open("report"), true));
        Handle asked = names.anything();
        Descriptor descriptor = asked.descriptor();

        var file = new FolderFile(open("tmp"), false);
        names.created(staged, file);
        names.installed(report, file);
        names.move(staged, report);
        assertFalse(descriptor.isClosed());

        asked.release();
        assertTrue(descriptor.isClosed());
        assertEquals(java.util.List.of(report), names.list());
        handles.closeAll();
    }
}
