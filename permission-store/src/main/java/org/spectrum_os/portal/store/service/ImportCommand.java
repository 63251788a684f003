// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.service;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.store.Store;
import org.spectrum_os.portal.store.StoreLockedException;
import org.spectrum_os.portal.store.StoreView;
import org.spectrum_os.portal.store.gvdb.GvdbException;
import org.spectrum_os.portal.store.gvdb.StockEntry;
import org.spectrum_os.portal.store.gvdb.StockTable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Takes over what the stock permission store has kept. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description = {
            "Take over the tables of the stock permission store; its files are only read.",
            "",
            "An entry that is here already is kept as it is. While the service runs, entries are sent to it; otherwise they are"
                    + " written directly. A table that is damaged is named and left out, the others are taken over all the same."
                    + " The table \"documents\" belongs to the documents portal, which goes on using its own file: it is left out."
        })
final class ImportCommand implements Callable<Integer> {
    private static final int MOST_AT_ONCE = 1024;
    private static final int MOST_TOLD = 20;

    /** The documents portal writes it itself; a copy would soon be wrong, and ending a permission in the copy would end nothing. */
    private static final String DOCUMENTS = "documents";

    /** What the stock service leaves when it is interrupted while it writes. */
    private static final String HALF_WRITTEN = ".goutputstream-";

    @Option(
            names = "--from",
            paramLabel = "DIR",
            description = "The stock store's folder, an absolute path; by default $XDG_DATA_HOME/flatpak/db, else"
                    + " ~/.local/share/flatpak/db.")
    private @Nullable String from;

    @Option(names = "--overwrite", description = "Replace entries that are here already.")
    private boolean overwrite;

    @Option(names = "--dry-run", description = "Say what would be taken over, and change nothing.")
    private boolean dryRun;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private StateOption state;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandLine.Model.CommandSpec spec;

    private boolean whole = true;

    @Override
    public Integer call() throws StopException {
        Path stock = from == null
                ? StateOption.userFolder(System.getenv(), "XDG_DATA_HOME", ".local/share", "--from DIR")
                        .resolve("flatpak/db")
                : StateOption.absolute(from, "--from \"" + from + "\"");
        Path folder = state.storeFolder();
        List<Path> files = files(stock);
        if (files.isEmpty()) {
            out().println("nothing to take over: there is no table in " + stock);
            return SpectrumPermissionStore.OK;
        }
        try (ImportTarget target = dryRun ? new DryTarget(view(folder)) : target(folder)) {
            for (Path file : files) {
                takeOver(file, target);
            }
        }
        return whole ? SpectrumPermissionStore.OK : SpectrumPermissionStore.FAILED;
    }

    private List<Path> files(Path stock) throws StopException {
        try (var files = Files.list(stock)) {
            return files.sorted().toList();
        } catch (NoSuchFileException e) {
            if (from == null) {
                return List.of();
            }
            throw new StopException(
                    "there is no folder " + stock + ": give the one that holds the stock store's tables", e);
        } catch (IOException e) {
            throw new StopException(
                    "the folder " + stock + " cannot be read: " + Reasons.of(e) + "; make it readable, or give another",
                    e);
        }
    }

    private static ImportTarget target(Path folder) throws StopException {
        try {
            return StoreTarget.open(folder);
        } catch (StoreLockedException e) {
            return new ServiceTarget(SessionBus.connectToHolder(folder, String.valueOf(e.getMessage())));
        }
    }

    private static @Nullable StoreView view(Path folder) throws StopException {
        try {
            return StoreView.read(folder);
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw new StopException("the store in " + folder + " cannot be read: " + Reasons.of(e), e);
        }
    }

    private void takeOver(Path file, ImportTarget target) throws StopException {
        String table = String.valueOf(file.getFileName());
        String shown = Output.shown(table);
        if (table.equals(DOCUMENTS)) {
            out().println(shown + ": left to the documents portal, which keeps it itself");
            return;
        }
        if (table.startsWith(HALF_WRITTEN) || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            problem(file + ": left out, it is no table");
            return;
        }
        StockTable read;
        try {
            read = read(table, file);
        } catch (GvdbException e) {
            problem(file + ": left out, it is damaged: " + e.getMessage());
            return;
        } catch (IOException e) {
            problem(file + ": left out, it cannot be read: " + Reasons.of(e));
            return;
        }
        read.skipped().forEach(sentence -> problem(file + ": " + sentence));
        Set<String> known = overwrite ? Set.of() : target.ids(table);
        List<StockEntry> wanted = read.entries().stream()
                .filter(entry -> !known.contains(entry.id()))
                .toList();
        int failed = write(table, wanted, target);
        int kept = read.entries().size() - wanted.size();
        out().println(shown + ": " + (wanted.size() - failed) + (dryRun ? " would be taken over" : " taken over")
                + (kept == 0 ? "" : ", " + kept + " kept as they are here")
                + (read.skipped().isEmpty() && failed == 0 ? "" : ", others left out"));
        out().flush();
    }

    private static StockTable read(String table, Path file) throws IOException, GvdbException {
        if (Files.size(file) > Store.LARGEST * 4) {
            throw new IOException("it has more than " + Store.LARGEST * 4 + " bytes");
        }
        return StockTable.read(table, Files.readAllBytes(file));
    }

    /** The number of entries that could not be written. */
    private int write(String table, List<StockEntry> entries, ImportTarget target) {
        int failed = 0;
        for (int start = 0; start < entries.size(); start += MOST_AT_ONCE) {
            List<StockEntry> some = entries.subList(start, Math.min(entries.size(), start + MOST_AT_ONCE));
            var results = new ArrayList<CompletableFuture<@Nullable String>>();
            some.forEach(entry -> results.add(target.set(table, entry)));
            for (int i = 0; i < some.size(); i++) {
                String failure = results.get(i).join();
                if (failure != null && failed++ < MOST_TOLD) {
                    problem("table " + Output.shown(table) + ", entry "
                            + Output.shown(some.get(i).id()) + ": left out: " + failure);
                }
            }
        }
        if (failed > MOST_TOLD) {
            problem("table " + Output.shown(table) + ": " + (failed - MOST_TOLD) + " more entries were left out");
        }
        return failed;
    }

    private void problem(String sentence) {
        whole = false;
        spec.commandLine().getErr().println("spectrum-permission-store: " + sentence);
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** Writes nothing. */
    private record DryTarget(@Nullable StoreView view) implements ImportTarget {
        @Override
        public Set<String> ids(String table) {
            return view == null ? Set.of() : Set.copyOf(view.ids(table));
        }

        @Override
        public CompletableFuture<@Nullable String> set(String table, StockEntry entry) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void close() {}
    }
}
