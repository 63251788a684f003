// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.spectrum_os.portal.tests.guest.GuestImage;

/**
 * The disk with the agent and the applications, which a guest sees as {@code /opt/spectrum-portal}. Packed once for each build of what is on
 * it, and kept in {@code build/agent-disk} of the checkout.
 */
final class AgentDisk {
    private static final String CACHE = "spectrum-agent.aot";
    /** Read by compilers only; {@code tests/guest/spectrum-agent} leaves the same ones out. */
    private static final List<String> LEFT_OUT =
            List.of("compiler-annotations-", "error_prone_annotations-", "org.eclipse.jdt.annotation-", "jspecify-");

    /** One request to the frontend that nobody answers: it loads most of what a request needs. */
    private static final String TRAINING = """
            gdbus wait --session --timeout 20 org.freedesktop.portal.Desktop
            gdbus call --session --dest org.freedesktop.portal.Desktop --object-path /org/freedesktop/portal/desktop \\
                --method org.freedesktop.portal.FileChooser.OpenFile "" Title '{"handle_token": <"training">}'
            gdbus introspect --session --dest org.freedesktop.portal.Desktop --object-path /org/freedesktop/portal/desktop
            """;

    private static final String STORE_CACHE = "spectrum-permission-store.aot";

    /** A write and a read; then the name is taken from the store, at which it ends. */
    private static final String STORE_TRAINING = """
            n=org.freedesktop.impl.portal.PermissionStore p=/org/freedesktop/impl/portal/PermissionStore
            gdbus wait --session --timeout 20 $n
            gdbus call --session --dest $n --object-path $p --method $n.SetPermission table true id app "['yes']"
            gdbus call --session --dest $n --object-path $p --method $n.GetPermission table id app
            gdbus call --session --dest org.freedesktop.DBus --object-path / --method org.freedesktop.DBus.RequestName $n 2
            """;

    /** What goes onto the disk. */
    enum Content {
        /** The agent and the applications, with an ahead-of-time cache for the agent. */
        AGENT,
        /** The same without the cache. */
        AGENT_WITHOUT_CACHE,
        /** The agent with its cache, and the whole backend too. */
        EVERYTHING,
        /** The permission store with its cache, and what stands in for a desktop and a sandbox; no agent. */
        STORE,
        /** The backend and the classes of these tests, for a guest that is a host itself; no agent. */
        HOST
    }

    private AgentDisk() {}

    /** Puts the disk into {@code folder}, packing it if need be; two guests may want theirs at once. */
    static synchronized Path in(Path folder, GuestImage image, Content content, Consumer<String> progress)
            throws IOException, InterruptedException {
        Path checkout = Installation.checkout();
        Path kept = Files.createDirectories(checkout.resolve("build/agent-disk"))
                .resolve(content.name().toLowerCase(Locale.ROOT) + "-" + key(checkout, image, content) + ".ext4");
        if (!Files.exists(kept)) {
            progress.accept("Packing the agent for the guest, once for each build: about half a minute …");
            Path work = Files.createDirectories(folder.resolve("agent-disk"));
            fill(work, checkout, content);
            Path packed = Files.createTempFile(kept.getParent(), "packing", ".ext4");
            try {
                GuestImage.packAgentDisk(work, packed);
                dropOthers(kept, content);
                Files.move(packed, kept, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(packed);
            }
        }
        // A copy: the user that guests run as may be unable to read the checkout.
        Path disk = folder.resolve("agent.ext4");
        copy("--sparse=always", kept, disk);
        return disk;
    }

    private static void dropOthers(Path kept, Content content) throws IOException {
        try (Stream<Path> all = Files.list(kept.resolveSibling("."))) {
            for (Path old : all.toList()) {
                if (old.getFileName().toString().startsWith(content.name().toLowerCase(Locale.ROOT) + "-")) {
                    Files.deleteIfExists(old);
                }
            }
        }
    }

    private static void fill(Path work, Path checkout, Content content) throws IOException, InterruptedException {
        if (content == Content.STORE) {
            fillStore(work, checkout);
            return;
        }
        if (content == Content.HOST) {
            copy("-rpT", checkout.resolve("build/programs/portal-backend"), work.resolve("portal-backend"));
            // Not build/programs/tests: that is made only when these tests have passed.
            copy("-rpT", checkout.resolve("tests/target/classes"), work.resolve("tests"));
            return;
        }
        copy("-rpT", checkout.resolve("build/programs/vm-agent"), work.resolve("vm-agent"));
        copy("-rpT", checkout.resolve("vm-agent/src/main/guest"), work.resolve("guest-files"));
        copy("-rpT", checkout.resolve("tests/guest/apps"), work.resolve("apps"));
        copy("-p", checkout.resolve("tests/guest/spectrum-agent"), work.resolve("spectrum-agent"));
        if (content == Content.EVERYTHING) {
            copy("-rpT", checkout.resolve("bin"), work.resolve("bin"));
            Files.createDirectories(work.resolve("build/programs"));
            for (String program : List.of("portal-backend", "file-server")) {
                copy("-rpT", checkout.resolve("build/programs/" + program), work.resolve("build/programs/" + program));
            }
        }
        if (content != Content.AGENT_WITHOUT_CACHE) {
            GuestImage.makeAotCache(work, CACHE, TRAINING, agentArguments(work.resolve("vm-agent")));
        }
    }

    private static void fillStore(Path work, Path checkout) throws IOException, InterruptedException {
        Path module = checkout.resolve("permission-store/src");
        copy("-rpT", checkout.resolve("build/programs/permission-store"), work.resolve("permission-store"));
        copy("-rpT", module.resolve("main/dist"), work.resolve("dist"));
        copy("-p", module.resolve("test/python/portal_backend.py"), work.resolve("portal_backend.py"));
        copy("-p", module.resolve("test/sh/as-sandboxed-app"), work.resolve("as-sandboxed-app"));
        copy(
                "-p",
                checkout.resolve("tests/guest/spectrum-permission-store"),
                work.resolve("spectrum-permission-store"));
        // As in tests/guest/spectrum-permission-store.
        List<String> arguments = List.of(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx64m",
                "--enable-native-access=org.newsclub.net.unix",
                "--module-path",
                "/opt/spectrum-portal/permission-store",
                "--module",
                "org.spectrum_os.portal.store/org.spectrum_os.portal.store.service.SpectrumPermissionStore");
        GuestImage.makeAotCache(work, STORE_CACHE, STORE_TRAINING, arguments);
    }

    /** Java's arguments as in {@code tests/guest/spectrum-agent}: a cache fits no others. */
    private static List<String> agentArguments(Path programs) throws IOException {
        var modules = new ArrayList<String>();
        try (Stream<Path> all = Files.list(programs)) {
            all.map(archive -> archive.getFileName().toString())
                    .filter(name -> name.endsWith(".jar"))
                    .filter(name -> LEFT_OUT.stream().noneMatch(name::startsWith))
                    .sorted()
                    .forEach(name -> modules.add("/opt/spectrum-portal/vm-agent/" + name));
        }
        return List.of(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx48m",
                "-Xss512k",
                "--enable-native-access=org.spectrum_os.portal.protocol,org.spectrum_os.portal.agent,org.newsclub.net.unix",
                "--module-path",
                String.join(":", modules),
                "--module",
                "org.spectrum_os.portal.agent/org.spectrum_os.portal.agent.SpectrumAgent",
                "frontend",
                "--idle-exit",
                "3");
    }

    /** Changes when anything that goes onto the disk does, or the guest's Java. */
    private static String key(Path checkout, GuestImage image, Content content) throws IOException {
        List<String> parts = content == Content.HOST
                ? List.of("build/programs/portal-backend", "tests/target/classes")
                : List.of(
                        "build/programs",
                        "vm-agent/src/main/guest",
                        "permission-store/src/main/dist",
                        "permission-store/src/test/python",
                        "permission-store/src/test/sh",
                        "tests/guest",
                        "bin");
        var inputs = new ArrayList<Path>();
        for (String part : parts) {
            try (Stream<Path> all = Files.walk(checkout.resolve(part))) {
                all.filter(Files::isRegularFile)
                        .sorted(Comparator.naturalOrder())
                        .forEach(inputs::add);
            }
        }
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(image.directory().toString().getBytes(StandardCharsets.UTF_8));
            for (Path input : inputs) {
                String line = input + " " + Files.size(input) + " " + Files.getLastModifiedTime(input) + "\n";
                digest.update(line.getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IOException("this JDK has no SHA-256", e);
        }
    }

    private static void copy(String option, Path from, Path to) throws IOException, InterruptedException {
        int status = new ProcessBuilder("cp", option, from.toString(), to.toString())
                .inheritIO()
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException("cannot copy " + from + " to " + to);
        }
    }
}
