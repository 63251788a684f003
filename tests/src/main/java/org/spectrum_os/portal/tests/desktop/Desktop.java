// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.desktop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.dbus.BusException;

/**
 * A user's desktop without a screen: Xvfb with a display number of its own, a private session bus, an accessibility bus, and the
 * window manager openbox, without which no window gets the focus. Used from one thread.
 */
public final class Desktop implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(20);
    private static final List<String> PROGRAMS =
            List.of("Xvfb", "openbox", "dbus-daemon", "xdotool", "import", "xmessage", "gdbus");

    private final Path folder;
    private final List<String> prefix;
    private final Map<String, String> environment = new HashMap<>();
    private final List<Process> processes = new ArrayList<>();
    private final @Nullable Accessibility accessibility;
    private @Nullable Process bus;

    private Desktop(Path folder, List<String> prefix, Map<String, String> display) throws IOException {
        this.folder = folder;
        this.prefix = List.copyOf(prefix);
        try {
            prepareSession();
            if (display.isEmpty()) {
                accessibility = startAll();
            } else {
                environment.putAll(display);
                startBus();
                accessibility = null;
            }
        } catch (IOException | RuntimeException e) {
            endAll();
            throw e;
        }
    }

    /**
     * Starts a desktop.
     *
     * @param folder a folder for its home, runtime folder and logs; it must exist and belong to the user that {@code prefix} changes
     *     to
     * @param prefix words before every command, such as those that give up privileges; may be empty
     * @throws DesktopException if a program is missing, by its name, or does not start
     */
    public static Desktop start(Path folder, List<String> prefix) throws IOException {
        List<String> missing = missingPrograms();
        if (!missing.isEmpty()) {
            throw new DesktopException(
                    "these programs are not installed: " + String.join(", ", missing)
                            + "; on Debian: apt-get install xvfb openbox dbus-daemon xdotool imagemagick at-spi2-core x11-utils libglib2.0-bin");
        }
        return new Desktop(folder.toAbsolutePath(), prefix, Map.of());
    }

    /**
     * Starts a session of its own on a display that is there already, where a person answers: no window manager, no screenshots, and
     * {@link #accessibility()} cannot be used.
     *
     * @param display the environment variables that lead to the display
     * @param folder as for {@link #start}
     * @param prefix as for {@link #start}
     */
    public static Desktop startOn(Map<String, String> display, Path folder, List<String> prefix) throws IOException {
        if (display.isEmpty()) {
            throw new DesktopException("no variable leads to a display");
        }
        return new Desktop(folder.toAbsolutePath(), prefix, display);
    }

    /** Which of the programs that a desktop needs are not on the search path. */
    public static List<String> missingPrograms() {
        String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
        return PROGRAMS.stream()
                .filter(program -> Stream.of(path.split(":", -1))
                        .noneMatch(directory -> Files.isExecutable(Path.of(directory, program))))
                .toList();
    }

    private void prepareSession() throws IOException {
        environment.put("PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
        environment.put("LANG", "C.UTF-8");
        environment.put("LC_ALL", "C.UTF-8");
        environment.put("GSETTINGS_BACKEND", "memory");
        folderIn("HOME", "home");
        folderIn("XDG_RUNTIME_DIR", "run");
        folderIn("XDG_CONFIG_HOME", "config");
        folderIn("XDG_DATA_HOME", "data");
        folderIn("XDG_STATE_HOME", "state");
        folderIn("XDG_CACHE_HOME", "cache");
    }

    private void startBus() throws IOException {
        Process started =
                launch("dbus-daemon", true, List.of("dbus-daemon", "--session", "--nofork", "--print-address=1"));
        bus = started;
        environment.put("DBUS_SESSION_BUS_ADDRESS", firstLine(started, "dbus-daemon"));
    }

    private Accessibility startAll() throws IOException {
        environment.put("GDK_BACKEND", "x11");
        environment.put("NO_AT_BRIDGE", "0");
        Process display = launch(
                "Xvfb",
                true,
                List.of("Xvfb", "-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp", "-noreset"));
        environment.put("DISPLAY", ":" + firstLine(display, "Xvfb"));
        startBus();
        launch("openbox", false, List.of("openbox", "--sm-disable"));
        Patience.await(
                "the window manager",
                START,
                () -> run(List.of("xdotool", "get_num_desktops")).filter(out -> !out.isBlank()));
        // As the desktop's user: a session bus lets nobody else in, not even root. It starts the accessibility bus when
        // its name is
        // first called.
        String address = run(List.of(
                        "gdbus",
                        "call",
                        "--session",
                        "--dest=org.a11y.Bus",
                        "--object-path=/org/a11y/bus",
                        "--method=org.a11y.Bus.GetAddress"))
                .map(reply -> reply.strip().replaceAll("^\\('(.*)',\\)$", "$1"))
                .filter(found -> found.startsWith("unix:"))
                .orElseThrow(
                        () -> new DesktopException(
                                "the accessibility bus does not start; on Debian: apt-get install at-spi2-core libglib2.0-bin"));
        try {
            return Accessibility.connect(address);
        } catch (BusException e) {
            throw new DesktopException("the accessibility bus at " + address + " cannot be used", e);
        }
    }

    private void folderIn(String variable, String name) throws IOException {
        Path path = folder.resolve(name);
        Optional<String> made =
                Files.isDirectory(path) ? Optional.of("") : run(List.of("mkdir", "-m", "700", path.toString()));
        if (made.isEmpty()) {
            throw new DesktopException("cannot make the folder " + path);
        }
        environment.put(variable, path.toString());
    }

    /** The environment of a program on this desktop; nothing else of the caller's is needed. */
    public Map<String, String> environment() {
        return Collections.unmodifiableMap(environment);
    }

    /** The address of the session bus. */
    public String sessionBus() {
        return String.valueOf(environment.get("DBUS_SESSION_BUS_ADDRESS"));
    }

    /** Ends the session bus, as a crash of it would. */
    public void endSessionBus() {
        if (bus != null) {
            bus.destroyForcibly();
        }
    }

    /** What a screen reader sees. */
    public Accessibility accessibility() {
        Accessibility current = accessibility;
        if (current == null) {
            throw new IllegalStateException("a person answers on this display");
        }
        return current;
    }

    /**
     * Starts a program on this desktop, as the desktop's user. It ends with the desktop.
     *
     * @param name   of its log, {@code NAME.log} in the desktop's folder, which takes standard error and, unless it is piped,
     *     standard output
     * @param piped  whether the caller reads the program's standard output
     */
    public Process launch(String name, boolean piped, List<String> command) throws IOException {
        Path log = folder.resolve(name + ".log");
        ProcessBuilder builder = builder(command);
        builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        if (!piped) {
            builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        }
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    /** What a program that was started here has logged, as far as it can be read. */
    public String log(String name) {
        try {
            return Files.readString(folder.resolve(name + ".log"));
        } catch (IOException e) {
            return "(no log: " + e + ")";
        }
    }

    private ProcessBuilder builder(List<String> command) {
        List<String> words = new ArrayList<>(prefix);
        words.addAll(command);
        var builder = new ProcessBuilder(words);
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.directory(folder.toFile());
        return builder;
    }

    private static String firstLine(Process process, String name) throws IOException {
        BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
        String line = reader.readLine();
        if (line == null || line.isBlank()) {
            throw new DesktopException(name + " ended before it was ready; its log is " + name + ".log");
        }
        return line.strip();
    }

    /** Presses keys one after the other; names and combinations as xdotool has them, such as {@code Return} or {@code ctrl+l}. */
    public void keys(String... keys) throws DesktopException {
        List<String> command = new ArrayList<>(List.of("xdotool", "key", "--delay", "40"));
        command.addAll(List.of(keys));
        must(command);
    }

    /** Puts a key down and leaves it there, or lifts it. */
    public void key(String key, boolean down) throws DesktopException {
        must(List.of("xdotool", down ? "keydown" : "keyup", key));
    }

    /** Gives the focus to the window of that title (a regular expression), as a click on its frame would. */
    public void focusWindow(String title) throws DesktopException {
        must(List.of("xdotool", "search", "--onlyvisible", "--name", title, "windowfocus", "--sync"));
    }

    /** Whether a window with that title (a regular expression) is on the screen. */
    public boolean hasWindow(String title) throws DesktopException {
        return run(List.of("xdotool", "search", "--onlyvisible", "--name", title))
                .isPresent();
    }

    /** Asks the window manager to close the window that has the focus, as its close button would. */
    public void closeFocusedWindow() throws DesktopException {
        keys("alt+F4");
    }

    /** Saves the whole screen as a PNG file. */
    public void screenshot(Path png) throws IOException {
        Path absolute = png.toAbsolutePath();
        Path parent = absolute.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        // Written by the desktop's user into its own folder, since the target may not be that user's to write to.
        Path own = folder.resolve("screenshot.png");
        must(List.of("import", "-window", "root", own.toString()));
        Files.copy(own, absolute, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private void must(List<String> command) throws DesktopException {
        if (run(command).isEmpty()) {
            throw new DesktopException("this command failed: " + String.join(" ", command));
        }
    }

    /** What a short command printed, or empty if it failed. */
    private Optional<String> run(List<String> command) throws DesktopException {
        try {
            Process process = builder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (InputStream out = process.getInputStream()) {
                String text = new String(out.readAllBytes(), StandardCharsets.UTF_8);
                if (!process.waitFor(START.toSeconds(), TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    return Optional.empty();
                }
                return process.exitValue() == 0 ? Optional.of(text) : Optional.empty();
            }
        } catch (IOException e) {
            throw new DesktopException("cannot run " + command.getFirst(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DesktopException("interrupted while running " + command.getFirst(), e);
        }
    }

    /** Ends everything that was started here, the newest first. */
    @Override
    public void close() {
        if (accessibility != null) {
            accessibility.close();
        }
        endAll();
    }

    private void endAll() {
        for (Process process : processes.reversed()) {
            List<ProcessHandle> family = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                    .toList();
            family.forEach(ProcessHandle::destroy);
            for (ProcessHandle member : family) {
                try {
                    member.onExit().get(3, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    member.destroyForcibly();
                    Thread.currentThread().interrupt();
                } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
                    member.destroyForcibly();
                }
            }
        }
        processes.clear();
    }
}
