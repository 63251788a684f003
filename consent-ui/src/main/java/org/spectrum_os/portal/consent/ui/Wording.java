// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.consent.contract.ClaimedText;
import org.spectrum_os.portal.consent.contract.DeviceQuestion;
import org.spectrum_os.portal.consent.contract.FileQuestion;
import org.spectrum_os.portal.consent.contract.InstanceLabel;
import org.spectrum_os.portal.consent.contract.KeyQuestion;
import org.spectrum_os.portal.consent.contract.LoanTime;
import org.spectrum_os.portal.consent.contract.Purpose;
import org.spectrum_os.portal.consent.contract.Question;
import org.spectrum_os.portal.protocol.DisplayText;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.protocol.Untrusted;

/** Every word of a dialog. What the host says and what the guest claims never share a text without quotation marks between them. */
public final class Wording {
    /** What a file name is cut to, in the width of Latin letters; the chooser shows it whole. */
    private static final int NAME_COLUMNS = 48;
    /** What a row in a drop-down list is cut to. */
    private static final int ROW_CODE_POINTS = 60;

    public static final String DENY = "_Deny";

    public static final String BACK = "_Back";
    public static final String REPLACE = "_Replace";
    public static final String WAIT = "Wait…";
    public static final String NO_FOCUS = "Click this window to answer";
    public static final String PHRASE_CAPTION = "Your phrase";
    public static final String PHRASE_MISSING = "Spectrum Portal";
    public static final String ACCESS = "It may";
    public static final String READ_ONLY = "only _read";
    public static final String READ_AND_CHANGE = "read and _change";
    public static final String HOW_LONG = "For how long";

    private Wording() {}

    /** The window's title, for task lists and window managers. */
    public static String windowTitle(String instance, Question question) {
        String asks = switch (question) {
            case FileQuestion files ->
                switch (files.purpose()) {
                    case Purpose.OpenFiles _ -> "asks for files";
                    case Purpose.OpenFolders _ -> "asks for folders";
                    case Purpose.SaveFile _, Purpose.SaveFiles _ -> "asks to save files";
                };
            case KeyQuestion key -> KeyWording.asks(key.operation());
            case DeviceQuestion devices -> DeviceWording.asks(devices);
        };
        return "«" + instance + "» " + asks + " — Spectrum Portal";
    }

    /** What stands below the name of who asks. */
    public static String bannerLine(Question question) {
        return switch (question) {
            case FileQuestion files -> bannerLine(files.purpose());
            case KeyQuestion key -> KeyWording.asks(key.operation());
            case DeviceQuestion devices -> DeviceWording.bannerLine(devices);
        };
    }

    private static String bannerLine(Purpose purpose) {
        return switch (purpose) {
            case Purpose.OpenFiles(boolean multiple) ->
                multiple ? "asks for files of yours" : "asks for a file of yours";
            case Purpose.OpenFolders(boolean multiple) ->
                multiple ? "asks for folders of yours" : "asks for a folder of yours";
            case Purpose.SaveFile _ -> "asks to save a file";
            case Purpose.SaveFiles(List<String> names) ->
                names.size() == 1 ? "asks to save a file" : "asks to save " + names.size() + " files";
        };
    }

    /** The button that agrees, with its mnemonic. */
    public static String agree(InstanceLabel asker, Question question) {
        return switch (question) {
            case FileQuestion files -> lend(asker, files.purpose());
            case KeyQuestion key -> KeyWording.agree(key.operation());
            case DeviceQuestion _ -> DeviceWording.agree(asker.name(), false);
        };
    }

    private static String lend(InstanceLabel asker, Purpose purpose) {
        String name = unmarked(asker.name());
        return purpose.saves()
                ? "_Save for " + name
                : switch (asker.kind()) {
                    case VM -> "_Lend to " + name;
                    case HOST_APP -> "_Open for " + name;
                };
    }

    /** A name within a text in which an underscore marks the mnemonic. */
    static String unmarked(String name) {
        return name.replace("_", "__");
    }

    /** The button that denies, now and from now on, with its mnemonic. */
    public static String block(String instance) {
        return "_Block " + unmarked(instance);
    }

    /** A text without the underscore of its mnemonic. */
    public static String spoken(String marked) {
        return marked.replaceAll("_(.)", "$1");
    }

    /** A choice of for how long, with its mnemonic. */
    public static String howLong(LoanTime loan) {
        return switch (loan) {
            case LoanTime.Stopped() -> "_until it stops";
            case LoanTime.Over(long seconds) -> seconds == 3600 ? "1 _hour" : time(seconds);
            case LoanTime.Revoked() -> "_always";
        };
    }

    /** The check box that lends what goes with a file, with its mnemonic. */
    public static String companions(Companions.Found found) {
        int count = found.names().size();
        String most = found.more() == 0 ? "" : ", of " + (count + found.more());
        return "Also lend what goes _with it (" + count + most + "):";
    }

    /** Names, one after the other, for a paragraph. */
    public static Sentence names(List<String> names) {
        return Sentence.list(names.stream().map(Wording::fileName).toList());
    }

    /** What is listed of several files to save. */
    public static String toBeSaved(List<String> names) {
        return names.size() == 1 ? "New file:" : names.size() + " new files:";
    }

    /** What the user should think of. */
    public static String warning(Risks.Risk risk) {
        return switch (risk) {
            case ROOT -> "This is the whole computer: every file that you can read.";
            case ABOVE_HOME -> "Your home folder, with everything of yours, is in this folder.";
            case HOME ->
                "This is your home folder: everything of yours, with the settings, passwords and keys that programs keep there.";
            case OWN ->
                "Spectrum Portal keeps its own settings here. Who can change them decides what every VM may have.";
            case HIDDEN ->
                "This is hidden, as the settings and keys of programs are. Who can change them can make programs do things.";
        };
    }

    /** The question that stands before a file is replaced. */
    public static Sentence replaceQuestion(String name) {
        return Sentence.of("Replace ", fileName(name), "?");
    }

    /** What replacing means; {@code changed} and {@code size} are those of the file that is there. */
    public static Sentence replaceMeaning(InstanceLabel asker, String folder, String changed, String size) {
        return Sentence.of(
                "There is a file of that name in ",
                fileName(folder),
                ". It was last changed on " + changed + " (" + size + "). ",
                asker.name(),
                " will be able to write over it, and what it holds now will be lost then.");
    }

    /** In the largest unit that gives a whole number. */
    static String time(long seconds) {
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

    /**
     * A host file's name. It may have been written by a guest that could write there, so it is made safe as well; if it is long, its
     * middle is left out, since names differ at their ends.
     */
    public static String fileName(String name) {
        return middleLeftOut(
                DisplayText.of(Untrusted.of(name), Limits.NAME_BYTES).text());
    }

    /** A text that is safe to show, without its middle if it is longer than a name in a sentence may be. */
    static String middleLeftOut(String safe) {
        int[] points = safe.codePoints().toArray();
        if (width(points, 0, points.length) <= NAME_COLUMNS) {
            return safe;
        }
        int head = 0;
        while (width(points, 0, head + 1) < NAME_COLUMNS / 2) {
            head++;
        }
        int tail = points.length;
        while (width(points, tail - 1, points.length) < NAME_COLUMNS / 2) {
            tail--;
        }
        return new String(points, 0, head) + "…" + new String(points, tail, points.length - tail);
    }

    /** Roughly, in Latin letters: what lies beyond the alphabets of Europe and the Near East is as wide as two. */
    private static int width(int[] points, int from, int to) {
        int width = 0;
        for (int i = from; i < to; i++) {
            width += points[i] < 0x1100 ? 1 : 2;
        }
        return width;
    }

    static String fileName(Path path) {
        Path name = path.getFileName();
        return fileName(name == null ? path.toString() : name.toString());
    }

    /**
     * In quotation marks that the claim cannot close by itself, and isolated, so that a text written from right to left does not
     * carry the host's words along.
     */
    static String quoted(ClaimedText claim) {
        return "“\u2068" + claim.shown().replace('“', '"').replace('”', '"') + "\u2069”";
    }
}
