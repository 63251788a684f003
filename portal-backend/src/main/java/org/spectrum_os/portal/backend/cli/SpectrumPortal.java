// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.cli;

import java.util.logging.ConsoleHandler;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.spectrum_os.portal.backend.bus.ManagementClient;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Spec;

/** The command line's entry point. */
@Command(
        name = "spectrum-portal",
        mixinStandardHelpOptions = true,
        versionProvider = SpectrumPortal.Version.class,
        description = {"The one door between virtual machines and what the user owns.", ""},
        subcommands = {
            RunCommand.class,
            InstancesCommand.class,
            LeasesCommand.class,
            RevokeCommand.class,
            UnblockCommand.class,
            UsbCommand.class,
            LogCommand.class,
            PolicyCommand.class,
            DoctorCommand.class
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:done",
            "1:refused, not found, or something is wrong",
            "2:the command line or the policy is wrong"
        })
public final class SpectrumPortal implements Runnable {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int MISUSED = 2;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandLine.Model.CommandSpec spec;

    /** The version of this build. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            var module = SpectrumPortal.class.getModule().getDescriptor();
            return new String[] {
                "spectrum-portal "
                        + (module == null
                                ? "(not packaged)"
                                : module.rawVersion().orElse("(no version)"))
            };
        }
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "a command is missing");
    }

    public static void main(String[] args) {
        logToStandardError();
        System.exit(execute(args));
    }

    static int execute(String... args) {
        var commandLine = new CommandLine(new SpectrumPortal());
        commandLine.setExecutionExceptionHandler((error, failed, parsed) -> {
            if (error instanceof ManagementClient.UnavailableException) {
                failed.getErr().println("spectrum-portal: " + error.getMessage());
                return FAILED;
            }
            throw error;
        });
        return commandLine.execute(args);
    }

    /** One line an event, as journals want it. */
    private static void logToStandardError() {
        System.setProperty("java.util.logging.SimpleFormatter.format", "spectrum-portal: %4$s: %5$s%6$s%n");
        Logger root = Logger.getLogger("");
        for (var handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        root.addHandler(new ConsoleHandler());
        // The D-Bus library tells its life at INFO.
        Logger.getLogger("org.freedesktop").setLevel(Level.WARNING);
    }
}
