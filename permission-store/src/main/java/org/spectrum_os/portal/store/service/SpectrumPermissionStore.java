// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.service;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.ConsoleHandler;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command line's entry point. Without a subcommand it is the service. */
@Command(
        name = "spectrum-permission-store",
        mixinStandardHelpOptions = true,
        versionProvider = SpectrumPermissionStore.Version.class,
        description = {
            "Keep what the user has allowed, and serve it on the session bus as org.freedesktop.impl.portal.PermissionStore.",
            "",
            "Without a command it serves until SIGTERM, SIGINT, the end of the bus, or until another permission store takes its"
                    + " place. All changes that it has answered are on the disk; what it was still asked is written before it"
                    + " goes."
        },
        subcommands = {ImportCommand.class, ExportCommand.class, ListCommand.class, RevokeCommand.class},
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:done; of the service also: replaced, or the bus has ended",
            "1:it could not be done, or not all of it; standard error says why",
            "2:the command line is wrong"
        })
public final class SpectrumPermissionStore implements Callable<Integer> {
    static final int OK = 0;
    static final int FAILED = 1;

    private static final String PACKAGE = "org.spectrum_os.portal.store";

    @Option(
            names = {"-r", "--replace"},
            description = "Take the place of a permission store that is running.")
    private boolean replace;

    @Option(
            names = {"-v", "--verbose"},
            description = "Say on standard error what happens.")
    private boolean verbose;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private StateOption state;

    /** The version of this build. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            var module = SpectrumPermissionStore.class.getModule().getDescriptor();
            return new String[] {
                "spectrum-permission-store "
                        + (module == null
                                ? "(not packaged)"
                                : module.rawVersion().orElse("(no version)"))
            };
        }
    }

    @Override
    public Integer call() throws StopException, InterruptedException {
        if (verbose) {
            Logger.getLogger(PACKAGE).setLevel(Level.FINE);
        }
        Path folder = state.storeFolder();
        var service = new PermissionService(folder, replace);
        var returned = new AtomicBoolean();
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
            if (!returned.get()) {
                endBySignal(service);
            }
        }));
        try {
            service.run();
        } finally {
            returned.set(true);
        }
        return OK;
    }

    /** A JVM that a signal ends would say 143 or 130, which is a failure to whoever watches services; this one has done its work. */
    private static void endBySignal(PermissionService service) {
        service.stop();
        try {
            service.awaitEnd();
            Runtime.getRuntime().halt(OK);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public static void main(String[] args) {
        logToStandardError();
        System.exit(execute(args));
    }

    static int execute(String... args) {
        return new CommandLine(new SpectrumPermissionStore())
                .setExecutionExceptionHandler((error, failed, _) -> {
                    if (error instanceof StopException) {
                        failed.getErr().println("spectrum-permission-store: " + error.getMessage());
                        return FAILED;
                    }
                    throw error;
                })
                .execute(args);
    }

    /** One line an event, as journals want it. */
    private static void logToStandardError() {
        System.setProperty("java.util.logging.SimpleFormatter.format", "spectrum-permission-store: %4$s: %5$s%6$s%n");
        Logger root = Logger.getLogger("");
        for (var handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        var console = new ConsoleHandler();
        console.setLevel(Level.ALL);
        root.addHandler(console);
        root.setLevel(Level.WARNING);
    }
}
