// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.service;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.store.StoreExport;
import org.spectrum_os.portal.store.StoreView;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints the store. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = {
            "Print the store as one JSON document (format \"spectrum-portal-export\", version 1).",
            "",
            "It reads the store's files, whether or not the service runs, and changes nothing: neither is the store locked, nor is"
                    + " anything set aside that is damaged."
        })
final class ExportCommand implements Callable<Integer> {
    @Option(names = "--table", paramLabel = "T", description = "Only this table.")
    private @Nullable String table;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private StateOption state;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws StopException {
        Path folder = state.storeFolder();
        StoreView view = read(folder);
        try {
            // Not System.out, which hides that nobody takes what it writes.
            var out = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out));
            StoreExport.write(view, tables(view), Instant.now(), out);
        } catch (IOException e) {
            throw new StopException("the document is not whole: standard output took no more: " + e.getMessage(), e);
        }
        view.problems()
                .forEach(problem -> spec.commandLine()
                        .getErr()
                        .println("spectrum-permission-store: " + problem + "; the rest has been printed"));
        return view.problems().isEmpty() ? SpectrumPermissionStore.OK : SpectrumPermissionStore.FAILED;
    }

    private List<String> tables(StoreView view) throws StopException {
        List<String> all = view.tables();
        if (table == null) {
            return all;
        }
        if (!all.contains(table)) {
            throw new StopException(
                    "there is no table \"" + Output.shown(table) + "\"; without --table all of them are printed");
        }
        return List.of(table);
    }

    private static StoreView read(Path folder) throws StopException {
        try {
            return StoreView.read(folder);
        } catch (NoSuchFileException e) {
            throw new StopException(
                    "there is no store in " + folder
                            + ": the service has not run there yet, or --state names another folder",
                    e);
        } catch (IOException e) {
            throw new StopException("the store in " + folder + " cannot be read: " + Reasons.of(e), e);
        }
    }
}
