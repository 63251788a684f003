// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.consent.contract.FileAccess;
import org.spectrum_os.portal.consent.contract.InstanceLabel;
import org.spectrum_os.portal.consent.contract.LoanTime;
import org.spectrum_os.portal.consent.contract.Purpose;
import org.spectrum_os.portal.consent.contract.Terms;

/** The sentence that says what will happen, in step with what is selected and on which terms. */
public final class Outcome {
    private Outcome() {}

    /**
     * What is selected.
     *
     * @param names      of what is to be opened, or of the one file to save; empty if there is nothing yet
     * @param folder     name of the folder to save into; empty if nothing is saved
     * @param replaces   whether the file to save is there already
     */
    public record Preview(List<String> names, String folder, boolean replaces) {
        /** Nothing is selected. */
        public static final Preview NOTHING = new Preview(List.of(), "", false);

        public Preview {
            names = List.copyOf(names);
        }
    }

    /**
     * What is about to happen.
     *
     * @param terms      null for an application of the host
     * @param companions how many are lent along with the one file
     */
    public static Sentence sentence(
            InstanceLabel asker, Purpose purpose, @Nullable Terms terms, Preview preview, int companions) {
        if (preview.names().isEmpty()) {
            return invitation(asker, purpose, terms);
        }
        return switch (purpose) {
            case Purpose.OpenFiles _ -> opened(asker, terms, preview.names(), companions);
            case Purpose.OpenFolders _ -> openedFolders(asker, terms, preview.names());
            case Purpose.SaveFile _ ->
                Sentence.of(
                        "",
                        asker.name(),
                        preview.replaces() ? " will be able to replace " : " will be able to save ",
                        Wording.fileName(preview.names().getFirst()),
                        " in ",
                        Wording.fileName(preview.folder()),
                        changeIt(terms, "it"));
            case Purpose.SaveFiles _ ->
                Sentence.of(
                        "",
                        asker.name(),
                        " will be able to save ",
                        things(preview.names(), "files"),
                        " in ",
                        Wording.fileName(preview.folder()),
                        changeIt(terms, preview.names().size() == 1 ? "it" : "them"));
        };
    }

    private static Sentence invitation(InstanceLabel asker, Purpose purpose, @Nullable Terms terms) {
        String may = mayChange(terms) ? " may read and change." : " may read.";
        String nothing = switch (asker.kind()) {
            case VM -> " Nothing is lent until you do.";
            case HOST_APP -> " It gets nothing until you do.";
        };
        return switch (purpose) {
            case Purpose.OpenFiles(boolean multiple) ->
                Sentence.of(multiple ? "Choose the files that " : "Choose the file that ", asker.name(), may + nothing);
            case Purpose.OpenFolders(boolean multiple) ->
                Sentence.of(
                        multiple ? "Choose the folders that " : "Choose the folder that ", asker.name(), may + nothing);
            case Purpose.SaveFile _ ->
                Sentence.of(
                        "Choose a folder and a name for the file that ",
                        asker.name(),
                        " would like to save." + nothing);
            case Purpose.SaveFiles _ ->
                Sentence.of("Choose the folder for the files that ", asker.name(), " would like to save." + nothing);
        };
    }

    private static Sentence opened(InstanceLabel asker, @Nullable Terms terms, List<String> names, int companions) {
        String along = companions == 0 ? "" : companions + " more";
        return Sentence.of(
                "",
                asker.name(),
                mayChange(terms) ? " will be able to change " : " will be able to read ",
                things(names, "files"),
                along.isEmpty() ? "" : " and ",
                along,
                (along.isEmpty() ? "" : companions == 1 ? " that goes with it" : " that go with it") + end(terms, ""));
    }

    private static Sentence openedFolders(InstanceLabel asker, @Nullable Terms terms, List<String> names) {
        return Sentence.of(
                "",
                asker.name(),
                " will be able to see everything in ",
                things(names, "folders"),
                mayChange(terms) ? " and change it" + end(terms, ",") : end(terms, ""));
    }

    private static String things(List<String> names, String many) {
        return names.size() == 1 ? Wording.fileName(names.getFirst()) : names.size() + " " + many;
    }

    private static boolean mayChange(@Nullable Terms terms) {
        return terms != null && terms.access() == FileAccess.WRITE;
    }

    private static String changeIt(@Nullable Terms terms, String what) {
        return terms == null ? end(null, "") : ", and to change " + what + end(terms, "");
    }

    private static String end(@Nullable Terms terms, String comma) {
        return switch (terms == null ? null : terms.loan()) {
            case LoanTime.Stopped() -> comma + " until it stops.";
            case LoanTime.Over(long seconds) -> comma + " for " + Wording.time(seconds) + ", also if it is restarted.";
            case LoanTime.Revoked() -> comma + " until you take it back.";
            case null -> " — it runs on this computer.";
        };
    }
}
