// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.spectrum_os.portal.tests.guest.OrdinaryUser;

/**
 * The built programs, where the ordinary user can run them.
 *
 * @param root holds {@code bin/} and {@code build/programs/}
 */
public record Installation(Path root) {
    /** The checkout this runs from: the property {@code spectrum.portal.root}, else the nearest parent that looks like one. */
    public static Path checkout() throws IOException {
        String set = System.getProperty("spectrum.portal.root");
        Path start = set == null ? Path.of("") : Path.of(set);
        for (Path folder = start.toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.isExecutable(folder.resolve("bin/spectrum-portal"))) {
                return folder;
            }
        }
        throw new IOException("no checkout of the project is found from " + start.toAbsolutePath()
                + " upwards; run this from inside one");
    }

    /** The programs for {@code user}: in place, or copied to {@code folder} when the user may be unable to read the checkout. */
    public static Installation of(OrdinaryUser user, Path folder) throws IOException, InterruptedException {
        Path checkout = checkout();
        if (!Files.isDirectory(checkout.resolve("build/programs/portal-backend"))) {
            throw new IOException("the programs have not been built in " + checkout + "; run bin/build");
        }
        if (!user.switched()) {
            return new Installation(checkout);
        }
        Path copy = Files.createDirectories(folder.resolve("installed"));
        Files.createDirectories(copy.resolve("build"));
        copyTree(checkout.resolve("bin"), copy);
        copyTree(checkout.resolve("build/programs"), copy.resolve("build"));
        // What stands in for people and applications, where the user can run it too.
        for (String program : List.of("consent-double", "crosvm-double", "usb-fixture", "guest/apps/open-file")) {
            copyTree(checkout.resolve("tests").resolve(program), copy.resolve("bin"));
        }
        user.own(copy);
        return new Installation(copy);
    }

    private static void copyTree(Path from, Path into) throws IOException, InterruptedException {
        int status = new ProcessBuilder("cp", "-r", from.toString(), into.toString())
                .inheritIO()
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException("cannot copy " + from + " to " + into);
        }
    }

    /** A program of {@code tests/}, where the ordinary user can run it. */
    Path ofTests(String program) throws IOException {
        Path copied = root.resolve("bin").resolve(program);
        return Files.exists(copied) ? copied : checkout().resolve("tests").resolve(program);
    }

    /** The command that starts one of the programs with the JDK that runs this. */
    public List<String> command(String program) {
        return List.of(
                "env",
                "JAVA_HOME=" + System.getProperty("java.home"),
                root.resolve("bin/" + program).toString());
    }
}
