// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.daemon.Backend;
import org.spectrum_os.portal.backend.daemon.Folders;
import org.spectrum_os.portal.backend.daemon.StartException;
import org.spectrum_os.portal.backend.policy.Policy;
import org.spectrum_os.portal.backend.policy.PolicyException;
import org.spectrum_os.portal.backend.policy.PolicyReader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the backend until it is told to stop. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = {
            "Run the backend in the foreground, as an ordinary user in a login session.",
            "",
            "It starts the consent window and the file server, listens for the instances' links, and owns its names on the"
                    + " session bus. SIGTERM or SIGINT ends it in order, every child process with it, and every lease but those for a time or for good."
        })
final class RunCommand implements Callable<Integer> {
    @Option(
            names = "--policy",
            paramLabel = "FILE",
            description = "The policy file; by default $XDG_CONFIG_HOME/spectrum-portal/policy.json.")
    private @Nullable Path policy;

    @Option(
            names = "--consent-ui",
            paramLabel = "COMMAND",
            description = "The program that asks the user, with its arguments; by default spectrum-consent-ui.")
    private String consentUi = System.getenv().getOrDefault("SPECTRUM_CONSENT_UI", "spectrum-consent-ui");

    @Option(
            names = "--file-server",
            paramLabel = "COMMAND",
            description = "The program that serves lent files, with its arguments; by default spectrum-file-server.")
    private String fileServer = System.getenv().getOrDefault("SPECTRUM_FILE_SERVER", "spectrum-file-server");

    @Option(
            names = "--usb-root",
            paramLabel = "FOLDER",
            hidden = true,
            description = "For tests: a folder with sys, dev and proc in the place of this computer's.")
    private Path usbRoot = Path.of("/");

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        var err = spec.commandLine().getErr();
        Folders folders = Folders.of(System.getenv());
        Path file = (policy == null ? folders.policy() : policy).toAbsolutePath();
        Policy read;
        try {
            read = PolicyReader.read(file);
        } catch (PolicyException e) {
            err.println(String.valueOf(e.getMessage()));
            err.println("spectrum-portal: not started: the policy must be right as a whole");
            return SpectrumPortal.MISUSED;
        }
        if (folders.runtime().isEmpty()) {
            err.println("spectrum-portal: XDG_RUNTIME_DIR is not set: start this in a user's login session");
            return SpectrumPortal.FAILED;
        }
        try (Backend backend = Backend.start(new Backend.Settings(
                read, file, folders.state(), folders.runtime().get(), words(consentUi), words(fileServer), usbRoot))) {
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(backend::close));
            return backend.awaitEnd() ? SpectrumPortal.OK : SpectrumPortal.FAILED;
        } catch (StartException e) {
            for (String line : String.valueOf(e.getMessage()).split("\n", -1)) {
                err.println("spectrum-portal: not started: " + line);
            }
            return SpectrumPortal.FAILED;
        }
    }

    /** A program's path may hold spaces; otherwise the words are a program and its arguments. */
    private static List<String> words(String command) {
        return Files.isExecutable(Path.of(command))
                ? List.of(command)
                : Arrays.asList(command.trim().split("\\s+"));
    }
}
