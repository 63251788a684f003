// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.consent.contract.ClaimedText;
import org.spectrum_os.portal.consent.contract.FileQuestion;
import org.spectrum_os.portal.consent.contract.InstanceLabel;
import org.spectrum_os.portal.consent.contract.LoanTime;
import org.spectrum_os.portal.protocol.DisplayText;
import org.spectrum_os.portal.protocol.Untrusted;

/** Every word of a dialog. What the host says and what the guest claims never share a text without quotation marks between them. */
public final class Wording {
    /** What a file name is cut to; the chooser shows it whole. */
    private static final int NAME_CODE_POINTS = 60;
    /** What a row in a drop-down list is cut to. */
    private static final int ROW_CODE_POINTS = 60;

    public static final String DENY = "Deny";
    public static final String WAIT = "Wait…";
    public static final String NO_FOCUS = "Click this window to answer";
    public static final String PHRASE_CAPTION = "Your phrase";
    public static final String PHRASE_MISSING = "Spectrum Portal";
    public static final String BANNER_LINE = "asks to read files of yours";

    private Wording() {}

    /** The window's title, for task lists and window managers. */
    public static String windowTitle(String instance) {
        return "«" + instance + "» asks for files — Spectrum Portal";
    }

    /** The button that lends. */
    public static String lend(InstanceLabel asker) {
        return switch (asker.kind()) {
            case VM -> "Lend to " + asker.name();
            case HOST_APP -> "Open for " + asker.name();
        };
    }

    /** The button that denies, now and from now on. */
    public static String block(String instance) {
        return "Block " + instance;
    }

    /** What is about to happen. */
    public static Sentence sentence(InstanceLabel asker, boolean multiple, List<String> fileNames) {
        return switch (fileNames.size()) {
            case 0 ->
                Sentence.of(
                        multiple ? "Choose the files that " : "Choose the file that ",
                        asker.name(),
                        switch (asker.kind()) {
                            case VM -> " may read. Nothing is lent until you do.";
                            case HOST_APP -> " may read. It gets nothing until you do.";
                        });
            case 1 -> outcome(asker, fileName(fileNames.getFirst()));
            default -> outcome(asker, fileNames.size() + " files");
        };
    }

    private static Sentence outcome(InstanceLabel asker, String what) {
        return Sentence.of("", asker.name(), " will be able to read ", what, end(asker.loan()));
    }

    private static String end(@Nullable LoanTime loan) {
        return switch (loan) {
            case LoanTime.Stopped() -> " until it stops.";
            case LoanTime.Over(long seconds) -> " for " + time(seconds) + ", also if it is restarted.";
            case LoanTime.Revoked() -> " until you take it back, also if it is restarted.";
            case null -> " — it runs on this computer.";
        };
    }

    /** In the largest unit that gives a whole number. */
    private static String time(long seconds) {
        if (seconds % 86_400 == 0) {
            return count(seconds / 86_400, "day");
        }
        if (seconds % 3600 == 0) {
            return count(seconds / 3600, "hour");
        }
        return seconds % 60 == 0 ? count(seconds / 60, "minute") : count(seconds, "second");
    }

    private static String count(long number, String unit) {
        return number == 1 ? "1 " + unit : number + " " + unit + "s";
    }

    /** What the guest says about itself, or a remark that it says nothing. */
    public static String claim(String instance, FileQuestion question) {
        var line = new StringBuilder();
        if (question.title().text().isBlank()) {
            line.append(instance).append(" gives no reason");
        } else {
            line.append(instance).append(" says: ").append(quoted(question.title()));
        }
        if (!question.appId().text().isBlank()) {
            line.append(" (app ").append(quoted(question.appId())).append(')');
        }
        return line.toString();
    }

    /** Where the guest's application says it was last, or null if it does not say. */
    public static @Nullable String folderClaim(FileQuestion question) {
        ClaimedText folder = question.folderHint();
        return folder == null || folder.text().isBlank() ? null : "It names the folder " + quoted(folder);
    }

    /** A guest's text for a place too narrow for quotation marks, such as the row of a list. */
    public static String row(ClaimedText claim) {
        DisplayText cut = DisplayText.of(Untrusted.of(claim.text()), ROW_CODE_POINTS);
        String text = cut.text().isBlank() ? "(no name)" : cut.text();
        return cut.shortened() || claim.shortened() ? text + "…" : text;
    }

    /** A host file's name. It may have been written by a guest that could write there, so it is made safe as well. */
    public static String fileName(String name) {
        return DisplayText.of(Untrusted.of(name), NAME_CODE_POINTS).toString();
    }

    static String fileName(Path path) {
        Path name = path.getFileName();
        return fileName(name == null ? path.toString() : name.toString());
    }

    /**
     * In quotation marks that the claim cannot close by itself, and isolated, so that a text written from right to left does not
     * carry the host's words along.
     */
    private static String quoted(ClaimedText claim) {
        return "“\u2068" + claim.shown().replace('“', '"').replace('”', '"') + "\u2069”";
    }
}
