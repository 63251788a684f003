// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.tests.desktop.Desktop;
import org.spectrum_os.portal.tests.guest.GuestImage;
import org.spectrum_os.portal.tests.guest.GuestSettings;
import org.spectrum_os.portal.tests.guest.GuestVm;
import org.spectrum_os.portal.tests.guest.OrdinaryUser;

/**
 * One machine with everything on it, in a folder of its own that goes with it. Parts are started as they are needed and ended together, the
 * last first.
 */
public final class Stage implements AutoCloseable {
    /** The instance that the guest is. */
    public static final String INSTANCE = "mail";
    /** The one beside it, in {@link #policyForTwo}. */
    public static final String OTHER = "other";
    /** What the dialogs of {@link #policy} show, and only the host and the user know. */
    public static final String PHRASE = "blue heron at noon";

    private final OrdinaryUser user;
    private final Path folder;
    private final Installation programs;
    private Map<String, String> display = Map.of();
    private List<String> everyBackend = List.of();
    private @Nullable Desktop desktop;
    private @Nullable BackendProcess backend;
    private @Nullable GuestVm guest;
    private @Nullable KeyRing keyRing;
    private @Nullable SshKeyRing sshKeyRing;

    /** Makes the folder and installs the programs for the ordinary user. */
    public Stage() throws IOException, InterruptedException {
        user = OrdinaryUser.current();
        // Short, since Unix socket paths are.
        folder = Files.createTempDirectory(
                "spectrum", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
        programs = Installation.of(user, folder);
        Files.createDirectories(folder.resolve("vm"));
        Files.createDirectories(folder.resolve("desk/home/Documents"));
        user.own(folder);
    }

    public Path folder() {
        return folder;
    }

    /** The home, configuration, state and logs of the user's session. */
    public Path session() {
        return folder.resolve("desk");
    }

    /** Where the user keeps files, and where the chooser opens. */
    public Path documents() {
        return folder.resolve("desk/home/Documents");
    }

    /** Hands a file that was just made to the user. */
    public Path own(Path file) throws IOException {
        user.own(file);
        return file;
    }

    public OrdinaryUser user() {
        return user;
    }

    public Installation programs() {
        return programs;
    }

    /** Has the dialogs appear on a display that is there already, for a person to answer. To call before anything is started. */
    public void useDisplay(Map<String, String> variables) {
        if (desktop != null) {
            throw new IllegalStateException("the desktop has been started");
        }
        display = Map.copyOf(variables);
    }

    public Desktop desktop() throws IOException {
        Desktop current = desktop;
        if (current == null) {
            Path desk = folder.resolve("desk");
            List<String> prefix = user.command(List.of());
            current = display.isEmpty() ? Desktop.start(desk, prefix) : Desktop.startOn(display, desk, prefix);
            desktop = current;
        }
        return current;
    }

    /** Writes a policy with one instance for the guest, to which files are lent until it stops. */
    public Path policy(String fileRule, int answerWithinSeconds) throws IOException {
        return policyWith("\"file\": \"" + fileRule + "\"", answerWithinSeconds);
    }

    /** Writes a policy by which files are lent to the guest for as long as {@code fileFor} says. */
    public Path policyLendingFor(String fileFor, int answerWithinSeconds) throws IOException {
        return policyWith("\"file\": \"ask\", \"file-for\": \"" + fileFor + "\"", answerWithinSeconds);
    }

    private Path policyWith(String rules, int answerWithinSeconds) throws IOException {
        return write(policyText(rules, "", answerWithinSeconds));
    }

    /** Writes a policy from its whole text. */
    Path write(String text) throws IOException {
        Path file = folder.resolve("policy.json");
        Files.writeString(file, text);
        return own(file);
    }

    private String policyText(String rules, String more, int answerWithinSeconds) {
        return """
                {
                  "version": 1,
                  "phrase": "%s",
                  "consent": {"answer-within-seconds": %d, "denial-memory-seconds": 0, "denial-memory-most-seconds": 0},
                  "instances": {
                    "%s": {"colour": "#1a5fb4", "link": {"unix": "%s"}, "rules": {%s}%s}
                  }
                }
                """.formatted(PHRASE, answerWithinSeconds, INSTANCE, folder.resolve("vm/vm.vsock"), rules, more);
    }

    /** Writes a policy by which the guest has files and folders from its start, to change them; for others the user is asked. */
    public Path policyWithFiles(Path... shared) throws IOException {
        String files = Stream.of(shared)
                .map(path -> "{\"path\": \"" + path + "\", \"access\": \"write\"}")
                .collect(Collectors.joining(", "));
        return write(policyText("\"file\": \"ask\"", ", \"files\": [" + files + "]", 120));
    }

    /** As {@link #policyWithFiles}, with a second instance, {@link #OTHER}, that has a folder of its own. */
    public Path policyForTwo(Path shared, Path others) throws IOException {
        String policy = policyText(
                "\"file\": \"ask\"", ", \"files\": [{\"path\": \"" + shared + "\", \"access\": \"write\"}]", 120);
        String second =
                "\"%s\": {\"colour\": \"#26a269\", \"link\": {\"unix\": \"%s\"}, \"rules\": {}, \"files\": [{\"path\": \"%s\"}]},"
                        .formatted(OTHER, folder.resolve("vm/other.vsock"), others);
        return write(policy.replace("\"instances\": {", "\"instances\": {" + second));
    }

    /** As {@link #guestSocket}, of the second instance. */
    public Path otherSocket(int port) {
        return folder.resolve("vm/other.vsock_" + port);
    }

    /** The socket for the guest's connections to a port, as its vsock daemon makes their names. */
    public Path guestSocket(int port) {
        return folder.resolve("vm/vm.vsock_" + port);
    }

    /** Where the backend keeps leases and audit logs. */
    public Path state() {
        return session().resolve("state/spectrum-portal");
    }

    /** Starts the backend with a policy and the real window, ending the one before. */
    public BackendProcess startBackend(Path policy) throws IOException {
        return startBackend(
                policy,
                List.of(
                        "--consent-ui",
                        programs.root().resolve("bin/spectrum-consent-ui") + " --start-folder " + documents()));
    }

    /** Starts the backend with a policy and more arguments, ending the one before. */
    public BackendProcess startBackend(Path policy, List<String> more) throws IOException {
        endBackend();
        var started = BackendProcess.start(
                desktop(),
                programs,
                policy,
                Stream.concat(everyBackend.stream(), more.stream()).toList());
        backend = started;
        return started;
    }

    /** Gives each backend that is started from now on these arguments too. */
    void giveEveryBackend(List<String> arguments) {
        everyBackend = List.copyOf(arguments);
    }

    /** Arguments for {@link #startBackend} by which the window is a script; what it does is said by {@code script}. */
    public List<String> scriptedWindow(String... script) throws IOException {
        return List.of("--consent-ui", programs.ofTests("consent-double") + " " + String.join(" ", script));
    }

    public BackendProcess backend() {
        BackendProcess current = backend;
        if (current == null) {
            throw new IllegalStateException("no backend has been started");
        }
        return current;
    }

    private void endBackend() throws IOException {
        BackendProcess current = backend;
        backend = null;
        if (current != null) {
            current.close();
        }
    }

    /** Boots the guest, with progress for people. */
    public GuestVm startGuest(Consumer<String> progress, boolean wholeBackend)
            throws IOException, InterruptedException {
        return startGuest(progress, wholeBackend ? AgentDisk.Content.EVERYTHING : AgentDisk.Content.AGENT);
    }

    GuestVm startGuest(Consumer<String> progress, AgentDisk.Content content) throws IOException, InterruptedException {
        return startGuest(progress, content, List.of());
    }

    /** With more devices. */
    GuestVm startGuest(Consumer<String> progress, AgentDisk.Content content, List<String> devices)
            throws IOException, InterruptedException {
        GuestImage image = GuestImage.locate(progress);
        Path disk = own(AgentDisk.in(folder, image, content, progress));
        var started = GuestVm.start(
                image,
                GuestSettings.in(folder.resolve("vm"))
                        .withAgentDisk(disk)
                        .withBootTimeout(Duration.ofMinutes(2))
                        .withMoreQemu(devices));
        guest = started;
        return started;
    }

    /** Boots one more guest with every program in it, in a folder of its own; whoever starts it closes it. */
    GuestVm startAnother(String name, int cid, Consumer<String> progress) throws IOException, InterruptedException {
        return startAnother(name, cid, AgentDisk.Content.EVERYTHING, progress);
    }

    GuestVm startAnother(String name, int cid, AgentDisk.Content content, Consumer<String> progress)
            throws IOException, InterruptedException {
        Path own = own(Files.createDirectories(folder.resolve(name)));
        GuestImage image = GuestImage.locate(progress);
        Path disk = own(AgentDisk.in(own, image, content, progress));
        return GuestVm.start(
                image, GuestSettings.in(own).withCid(cid).withAgentDisk(disk).withBootTimeout(Duration.ofMinutes(2)));
    }

    /** The user's GnuPG keys, beside the session. */
    KeyRing keyRing() throws IOException {
        KeyRing current = keyRing;
        if (current == null) {
            current = KeyRing.in(folder, user);
            keyRing = current;
        }
        return current;
    }

    /** The user's SSH keys, in an ssh-agent of their own. */
    SshKeyRing sshKeyRing() throws IOException, InterruptedException {
        SshKeyRing current = sshKeyRing;
        if (current == null) {
            current = SshKeyRing.in(folder, user);
            sshKeyRing = current;
        }
        return current;
    }

    public GuestVm guest() {
        GuestVm current = guest;
        if (current == null) {
            throw new IllegalStateException("no guest has been started");
        }
        return current;
    }

    @Override
    public void close() throws IOException {
        GuestVm lastGuest = guest;
        Desktop lastDesktop = desktop;
        KeyRing lastKeys = keyRing;
        SshKeyRing lastSshKeys = sshKeyRing;
        // What fails to end must not keep the rest running.
        try (Closeable _ = () -> deleteAll(folder);
                Closeable _ = () -> {
                    if (lastKeys != null) {
                        lastKeys.close();
                    }
                };
                Closeable _ = () -> {
                    if (lastSshKeys != null) {
                        lastSshKeys.close();
                    }
                };
                Closeable _ = () -> {
                    if (lastDesktop != null) {
                        lastDesktop.close();
                    }
                };
                Closeable _ = this::endBackend) {
            if (lastGuest != null) {
                lastGuest.close();
            }
        }
    }

    private static void deleteAll(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
