// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.spectrum_os.portal.tests.desktop.Desktop;
import org.spectrum_os.portal.tests.desktop.Patience;

/** The real backend in the session of a desktop, and its command line. */
public final class BackendProcess implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration END = Duration.ofSeconds(15);
    private static int runs;

    private final Desktop desktop;
    private final Installation programs;
    private final Process process;
    private final String log;

    private BackendProcess(Desktop desktop, Installation programs, Process process, String log) {
        this.desktop = desktop;
        this.programs = programs;
        this.process = process;
        this.log = log;
    }

    /** What a command of the command line printed. */
    public record Printed(int status, String out, String err) {}

    /** Starts the backend and waits until it, and its window, are ready. */
    public static BackendProcess start(Desktop desktop, Installation programs, Path policy, List<String> more)
            throws IOException {
        var backend = launch(desktop, programs, policy, more);
        backend.awaitLog("ready:");
        backend.awaitLog("the consent window is ready");
        return backend;
    }

    /** Starts the backend and waits for nothing. */
    public static BackendProcess launch(Desktop desktop, Installation programs, Path policy, List<String> more)
            throws IOException {
        String log = "backend-" + ++runs;
        var command = new ArrayList<>(programs.command("spectrum-portal"));
        command.addAll(List.of("run", "--policy", policy.toString()));
        command.addAll(more);
        return new BackendProcess(desktop, programs, desktop.launch(log, false, command), log);
    }

    public Process process() {
        return process;
    }

    /** Everything it logged so far. */
    public String log() {
        return desktop.log(log);
    }

    /** Waits until the log holds {@code text}. */
    public void awaitLog(String text) throws IOException {
        Patience.await("the backend's log to say “" + text + "”; it says:\n" + log(), START, () -> {
            if (log().contains(text)) {
                return Optional.of(true);
            }
            if (!process.isAlive()) {
                throw new IllegalStateException("the backend ended with status " + process.exitValue() + ":\n" + log());
            }
            return Optional.empty();
        });
    }

    /** Runs {@code spectrum-portal} with arguments, as the user would. */
    public Printed command(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(programs.command("spectrum-portal"));
        command.addAll(List.of(arguments));
        Process run = desktop.launch("command", true, command);
        String out = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!run.waitFor(END.toSeconds(), TimeUnit.SECONDS)) {
            run.destroyForcibly();
            throw new IOException("spectrum-portal " + String.join(" ", arguments) + " does not end");
        }
        return new Printed(run.exitValue(), out, desktop.log("command"));
    }

    /** Runs a command that must succeed with {@code --json}, and reads what it printed. */
    public JsonNode json(String... arguments) throws IOException, InterruptedException {
        var all = new ArrayList<>(List.of(arguments));
        all.add("--json");
        Printed printed = command(all.toArray(String[]::new));
        if (printed.status() != 0) {
            throw new IOException("spectrum-portal " + String.join(" ", all) + " ended with status " + printed.status()
                    + ": " + printed.out() + printed.err());
        }
        return new JsonMapper().readTree(printed.out());
    }

    /** Waits until an instance is in the state given by one of its fields. */
    public void awaitInstance(String name, String field, boolean value) throws IOException {
        Patience.await(name + " to be " + field + " = " + value + "; the log:\n" + log(), START, () -> {
            try {
                for (JsonNode instance : json("instances")) {
                    if (instance.get("name").asText().equals(name)
                            && instance.get(field).asBoolean() == value) {
                        return Optional.of(true);
                    }
                }
                return Optional.empty();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /** The child process that runs the main class whose name ends so. */
    public ProcessHandle child(String main) throws IOException {
        return Patience.await(
                "a child process that runs " + main,
                START,
                () -> process.descendants()
                        // Java itself, not what confines it.
                        .filter(child -> commandLine(child).matches("\\S*/java .*--module \\S*\\." + main + "( .*)?"))
                        .findFirst());
    }

    private static String commandLine(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"))
                    .replace('\0', ' ');
        } catch (IOException e) {
            // It has ended since it was listed.
            return "";
        }
    }

    /** The resident memory of a process in kB. */
    public static long residentKilobytes(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow(() -> new IOException("process " + pid + " has no VmRSS"));
    }

    /** Ends it with SIGKILL, and waits for it and its children, which notice. */
    public void kill() throws IOException {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly();
        awaitEnd(children);
    }

    /** Ends it as a session manager would, and waits for it and its children. */
    @Override
    public void close() throws IOException {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        awaitEnd(children);
    }

    private void awaitEnd(List<ProcessHandle> children) throws IOException {
        try {
            if (!process.waitFor(END.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("the backend does not end when it is told to:\n" + log());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Patience.await(
                "the backend's children to end",
                END,
                () -> children.stream().noneMatch(ProcessHandle::isAlive) ? Optional.of(true) : Optional.empty());
    }
}
