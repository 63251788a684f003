// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.guest;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The test guest's image in the cache. Its files are only ever read: each run works on a throw-away copy of the disk.
 *
 * @param directory holds the files named below
 */
public record GuestImage(Path directory) {

    /**
     * Finds the image, and builds it if it is not there yet: one to three minutes, then never again until the recipe
     * changes. Blocks; safe to call from several processes at once.
     *
     * @param progress given a line for each step of a build, nothing when there is nothing to build
     */
    public static GuestImage locate(Consumer<String> progress) throws IOException, InterruptedException {
        List<String> lines = ProjectScript.find("tests/guest/build-image").run(List.of("--print-directory"), progress);
        if (lines.size() != 1) {
            throw new GuestException("tests/guest/build-image printed " + lines.size()
                    + " lines where one folder was expected: " + String.join(" | ", lines));
        }
        return new GuestImage(Path.of(lines.getFirst()));
    }

    /**
     * Packs a folder into the disk the guest sees, read-only, as {@code /opt/spectrum-portal}.
     *
     * @param folder what to pack; owned by root in the guest whoever owns it here
     * @param disk the file to write, replaced if it exists
     */
    public static void packAgentDisk(Path folder, Path disk) throws IOException, InterruptedException {
        List<String> arguments = List.of(folder.toString(), disk.toString());
        var _ = ProjectScript.find("tests/guest/build-agent-disk").run(arguments, _ -> {});
    }

    /**
     * Runs a program once with the guest's Java on the host and keeps what it loaded, which about halves its start in the guest. To do
     * before {@link #packAgentDisk}; there, give Java the same arguments and {@code -XX:AOTCache=/opt/spectrum-portal/NAME}.
     *
     * @param folder what will be packed; seen by the program as {@code /opt/spectrum-portal}
     * @param name the cache's file name in it
     * @param meanwhile a command for the host's shell, run beside the program on the same session bus, to give it something to do
     * @param javaArguments of a run that ends by itself with status 0 within 60 s, with paths as in the guest
     */
    public static void makeAotCache(Path folder, String name, String meanwhile, List<String> javaArguments)
            throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(folder.toString(), name, "--meanwhile", meanwhile));
        arguments.addAll(javaArguments);
        var _ = ProjectScript.find("tests/guest/make-aot-cache").run(arguments, _ -> {});
    }

    /** {@link #makeAotCache(Path, String, String, List)} of a program that needs nobody to give it something to do. */
    public static void makeAotCache(Path folder, String name, List<String> javaArguments)
            throws IOException, InterruptedException {
        makeAotCache(folder, name, "true", javaArguments);
    }

    Path kernel() {
        return directory.resolve("vmlinuz");
    }

    Path initrd() {
        return directory.resolve("initrd.cpio");
    }

    Path root() {
        return directory.resolve("root.ext4");
    }

    /** The script that keeps QEMU and the vsock daemon together. */
    Path launcher() {
        return directory.resolve("run-guest");
    }
}
