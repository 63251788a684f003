// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import java.text.Bidi;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.spectrum_os.portal.consent.contract.ClaimedText;
import org.spectrum_os.portal.consent.contract.ContentView;
import org.spectrum_os.portal.consent.contract.KeyQuestion;
import org.spectrum_os.portal.consent.contract.KeyQuestion.Again;
import org.spectrum_os.portal.consent.contract.KeyQuestion.Operation;
import org.spectrum_os.portal.consent.contract.KeyQuestion.Subject;
import org.spectrum_os.portal.consent.contract.ShownText;

/**
 * The words of a dialog about a key, but for the sentence that says what will happen ({@link KeyOutcome}) and the rows of what is known
 * ({@link KeyFacts}).
 */
public final class KeyWording {
    /** How many {@link #warnings} there can be. */
    public static final int MOST_WARNINGS = 2;

    /** Digits of a group of a fingerprint. */
    private static final int GROUP = 4;
    /** Digits at the end of a fingerprint that stand for a key without a name. */
    private static final int SHORT_ID = 16;

    private static final String UNITS = "kMGTPE";

    private KeyWording() {}

    /** What the VM does, after its name. */
    static String asks(Operation operation) {
        return switch (operation) {
            case SIGN -> "asks for a signature";
            case DECRYPT -> "asks to decrypt a message";
            case LOG_IN -> "asks to log in to a server";
        };
    }

    /** The button that agrees, with its mnemonic, which is not the one of Deny, Block or the check box. */
    static String agree(Operation operation) {
        return switch (operation) {
            case SIGN -> "_Sign";
            case DECRYPT -> "D_ecrypt";
            case LOG_IN -> "_Log in";
        };
    }

    /** What the user should think of before he agrees, each a paragraph; none if everything is shown and known. */
    public static List<String> warnings(String instance, KeyQuestion question) {
        List<String> warnings = new ArrayList<>();
        switch (question.subject()) {
            case Subject.Content content -> shortened(content).ifPresent(warnings::add);
            case Subject.UnseenHash _, Subject.UnseenSshSignature _ ->
                warnings.add("Only " + instance + " knows what it is: a letter, a program, a contract in your name. "
                        + "Sign only if you have just asked " + instance + " for a signature.");
            case Subject.UnseenCiphertext() ->
                warnings.add("Only " + instance + " knows which message it is, and it keeps what it reads. "
                        + "Decrypt only if you have just opened a message in " + instance + ".");
            case Subject.Login login -> {
                if (login.hostKey() == null) {
                    warnings.add(instance + " does not prove which server it is. "
                            + "It will be let in wherever this key is accepted.");
                } else if (login.host() == null) {
                    warnings.add("The server is not among this computer’s known hosts. "
                            + "Compare its key with what its owner says.");
                }
                if (login.forwarded()) {
                    warnings.add("The agent of " + instance
                            + " was forwarded to a server, and that server asks. Log in only if you do so there now.");
                }
            }
        }
        return warnings;
    }

    private static Optional<String> shortened(Subject.Content content) {
        String all = " All of it, " + size(content.bytes()) + ", is signed.";
        return switch (content.view()) {
            case ContentView.GitCommit commit -> shortened(commit.whole(), all);
            case ContentView.GitTag tag -> shortened(tag.whole(), all);
            case ContentView.Text text -> shortened(text.whole(), all);
            case ContentView.Data(String _, String head) ->
                content.bytes() * 2 > head.length()
                        ? Optional.of("Only the first " + head.length() / 2 + " bytes are shown." + all)
                        : Optional.empty();
        };
    }

    private static Optional<String> shortened(ShownText text, String all) {
        return text.shortened()
                ? Optional.of("Only the first " + ShownText.SHOWN_BYTES / 1024 + " KiB are shown." + all)
                : Optional.empty();
    }

    /** What stands above the view of the content. */
    public static String contentCaption(Subject.Content content) {
        return shortened(content).isPresent() ? "How it begins" : "Everything that is signed";
    }

    /** All that can be shown of the content, as lines of plain text, none of them very long. */
    public static String content(ContentView view) {
        return switch (view) {
            case ContentView.GitCommit commit -> LongLines.broken(commit.whole().text());
            case ContentView.GitTag tag -> LongLines.broken(tag.whole().text());
            case ContentView.Text text -> LongLines.broken(text.whole().text());
            case ContentView.Data data -> HexDump.of(data.head());
        };
    }

    /** The check box that agrees to more than this once, with its mnemonic. */
    public static String again(Operation operation, Again again) {
        String by = switch (operation) {
            case SIGN -> " by this key";
            case DECRYPT, LOG_IN -> " with this key";
        };
        String things = switch (operation) {
            case SIGN -> "signature";
            case DECRYPT -> "decryption";
            case LOG_IN -> "login";
        };
        if (again.uses() == 0) {
            return "Do _not ask again about " + things + "s" + by + " for " + Wording.time(again.seconds())
                    + ", or until you take it back";
        }
        return "Do _not ask again for the next " + (again.uses() == 1 ? things : again.uses() + " " + things + "s")
                + by;
    }

    /** What that means. */
    public static String againMeaning(String instance, Operation operation) {
        return switch (operation) {
            case SIGN ->
                "You will not be shown what is signed then: " + instance + " gets a signature of whatever it likes.";
            case DECRYPT ->
                "You will not be told of it then: " + instance + " can read whatever was encrypted to this key.";
            case LOG_IN ->
                "You will not be told of it then: " + instance + " can log in wherever this key is accepted.";
        };
    }

    /** The key's name for a sentence; the end of its fingerprint if it has none. */
    static String name(KeyQuestion.Key key) {
        if (!key.name().text().isBlank()) {
            return brief(key.name());
        }
        String whole = key.fingerprint();
        return isOpenpgp(whole) ? grouped(whole.substring(whole.length() - SHORT_ID)) : whole;
    }

    /** The whole of a fingerprint: OpenPGP's in groups of four with a gap in the middle, as gpg prints it; SSH's as it is. */
    public static String fingerprint(String whole) {
        int middle = whole.length() / 2;
        return isOpenpgp(whole) ? grouped(whole.substring(0, middle)) + "  " + grouped(whole.substring(middle)) : whole;
    }

    private static boolean isOpenpgp(String fingerprint) {
        return fingerprint.indexOf(':') < 0;
    }

    private static String grouped(String digits) {
        return String.join(" ", digits.split("(?<=\\G.{" + GROUP + "})"));
    }

    /** Exactly, and roughly if that is easier to grasp. */
    static String size(long bytes) {
        if (bytes < 1000) {
            return bytes == 1 ? "1 byte" : bytes + " bytes";
        }
        double rough = bytes;
        int unit = -1;
        while (rough >= 999.95) {
            rough /= 1000;
            unit++;
        }
        return String.format(Locale.ENGLISH, "%,d bytes (%.1f %cB)", bytes, rough, UNITS.charAt(unit));
    }

    /** A text for a sentence, cut to the length of a name. */
    static String brief(ClaimedText text) {
        return isolated(Wording.middleLeftOut(text.shown()));
    }

    /** What the guest says, for a sentence, cut to the length of a name. */
    static String brieflyQuoted(ClaimedText claim) {
        return Wording.quoted(new ClaimedText(Wording.middleLeftOut(claim.shown()), false));
    }

    /** Text that is written from right to left, so that it does not carry its neighbours along. */
    static String isolated(String text) {
        return Bidi.requiresBidi(text.toCharArray(), 0, text.length()) ? "\u2068" + text + "\u2069" : text;
    }
}
