// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.sign;

import java.util.ArrayList;
import java.util.List;
import java.util.ListIterator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.protocol.KeyMessage.SignOpenpgp.Form;

/**
 * Reads a command line as gpg does (gpg(1), and the parser of its library): options end at the first word that is none; short ones may
 * stand together, with a value behind the last; a long one takes its value behind {@code =} or from the next word. Abbreviations are not
 * known, except for the one that GPGME uses. What is not known here is for the guest's own gpg, which knows it.
 */
final class GpgArguments {
    private static final int MOST_KEY_CHARACTERS = 512;
    private static final int MOST_DESCRIPTOR = 65_535;

    private final ListIterator<String> rest;
    private final List<String> files = new ArrayList<>();
    private boolean sign;
    private boolean detached;
    private boolean clear;
    private boolean armour;
    private boolean text;
    private boolean yes;
    private boolean quiet;
    private boolean specialNames;
    private @Nullable String key;
    private @Nullable String defaultKey;
    private @Nullable String output;
    private @Nullable String impossible;
    private int statusFd = -1;
    private int loggerFd = 2;

    private GpgArguments(List<String> words) {
        this.rest = words.listIterator();
    }

    /** This is for the guest's own gpg. */
    private static final class OwnException extends Exception {
        private static final long serialVersionUID = 1;

        OwnException() {
            super(null, null, false, false);
        }
    }

    static GpgCommand parse(List<String> words) {
        var arguments = new GpgArguments(words);
        try {
            arguments.read();
            return arguments.command();
        } catch (OwnException _) {
            return new GpgCommand.Own();
        }
    }

    private void read() throws OwnException {
        while (rest.hasNext()) {
            String word = rest.next();
            if (word.equals("--")) {
                break;
            }
            // GPGME writes -&N for a descriptor.
            if (word.equals("-") || !word.startsWith("-") || (specialNames && word.startsWith("-&"))) {
                files.add(word);
                break;
            }
            if (word.startsWith("--")) {
                int equals = word.indexOf('=');
                if (equals < 0) {
                    option(word.substring(2), null);
                } else {
                    option(word.substring(2, equals), word.substring(equals + 1));
                }
            } else {
                bundle(word);
            }
        }
        rest.forEachRemaining(files::add);
    }

    private void bundle(String word) throws OwnException {
        for (int at = 1; at < word.length(); at++) {
            String behind = at + 1 < word.length() ? word.substring(at + 1) : null;
            switch (word.charAt(at)) {
                case 's' -> option("sign", null);
                case 'b' -> option("detach-sign", null);
                case 'a' -> option("armor", null);
                case 't' -> option("textmode", null);
                case 'q' -> option("quiet", null);
                case 'v' -> option("verbose", null);
                case 'u' -> option("local-user", behind);
                case 'o' -> option("output", behind);
                case 'N' -> option("set-notation", behind);
                case 'z' -> option("compress-level", behind);
                default -> throw new OwnException();
            }
            if ("uoNz".indexOf(word.charAt(at)) >= 0) {
                return;
            }
        }
    }

    private String value(@Nullable String attached) throws OwnException {
        if (attached != null) {
            return attached;
        }
        if (!rest.hasNext()) {
            throw new OwnException();
        }
        return rest.next();
    }

    private void option(String name, @Nullable String attached) throws OwnException {
        switch (name) {
            case "local-user" -> {
                if (key != null) {
                    refuse("more than one -u: the host makes one signature at a time; sign twice");
                }
                key = value(attached);
            }
            case "default-key" -> defaultKey = value(attached);
            case "output" -> output = value(attached);
            case "status-fd" -> statusFd = descriptor(value(attached));
            case "logger-fd" -> loggerFd = descriptor(value(attached));
            case "digest-algo" -> digest(value(attached));
            default -> {
                if (GpgOptions.IDLE_WITH_VALUE.contains(name)) {
                    String _ = value(attached);
                } else if (GpgOptions.IMPOSSIBLE_WITH_VALUE.contains(name)) {
                    String _ = value(attached);
                    refuse(
                            name.startsWith("passphrase")
                                    ? "--" + name + ": passphrases are asked for by the host; leave the option out"
                                    : "--" + name
                                            + " is not possible: the host decides what its signatures say; leave the option out");
                } else if (attached != null) {
                    throw new OwnException();
                } else {
                    flag(name);
                }
            }
        }
    }

    private void flag(String name) throws OwnException {
        switch (name) {
            case "sign" -> sign = true;
            case "detach-sign", "detach" -> {
                sign = true;
                detached = true;
            }
            case "clear-sign", "clearsign" -> clear = true;
            case "armor", "armour" -> armour = true;
            case "no-armor", "no-armour" -> armour = false;
            case "textmode" -> text = true;
            case "no-textmode" -> text = false;
            case "yes" -> yes = true;
            case "quiet" -> quiet = true;
            case "enable-special-filenames" -> specialNames = true;
            default -> {
                if (GpgOptions.IMPOSSIBLE.contains(name)) {
                    refuse("--" + name
                            + " is not possible: the host decides what its signatures say; leave the option out");
                } else if (!GpgOptions.IDLE.contains(name)) {
                    throw new OwnException();
                }
            }
        }
    }

    private void digest(String algorithm) {
        if (!GpgOptions.DIGESTS.contains(algorithm.toLowerCase(Locale.ROOT))) {
            refuse("--digest-algo " + algorithm + " is not possible: the host signs with SHA-256 or better");
        }
    }

    private static int descriptor(String number) throws OwnException {
        try {
            int descriptor = Integer.parseInt(number);
            if (descriptor > 0 && descriptor <= MOST_DESCRIPTOR) {
                return descriptor;
            }
        } catch (NumberFormatException notANumber) {
            // gpg has its own words for that.
        }
        throw new OwnException();
    }

    private void refuse(String reason) {
        if (impossible == null) {
            impossible = reason;
        }
    }

    private GpgCommand command() throws OwnException {
        // Several files make one signature of all of them, and text in an inline signature is something else again:
        // rare, and gpg's.
        if ((!sign && !clear) || (clear && detached) || (text && !detached && !clear) || files.size() > 1) {
            throw new OwnException();
        }
        String file = files.isEmpty() || files.getFirst().equals("-") ? null : files.getFirst();
        if (file != null && specialNames && file.startsWith("-&")) {
            file = "/proc/self/fd/" + descriptor(file.substring(2));
            output = output == null ? "-" : output;
        }
        String signer = key != null ? key : defaultKey != null ? defaultKey : "";
        if (signer.length() > MOST_KEY_CHARACTERS) {
            refuse("a name of a key has at most " + MOST_KEY_CHARACTERS + " characters");
        }
        if (impossible != null) {
            return new GpgCommand.Impossible(impossible, statusFd);
        }
        Form form = clear ? Form.CLEAR : !detached ? Form.INLINE : text ? Form.DETACHED_TEXT : Form.DETACHED;
        return new GpgCommand.Sign(
                form, armour || clear, signer, file, target(form, file), statusFd, loggerFd, yes, quiet);
    }

    private @Nullable String target(Form form, @Nullable String file) {
        if (output != null) {
            return output.equals("-") ? null : output;
        }
        if (file == null) {
            return null;
        }
        return file
                + switch (form) {
                    case CLEAR -> ".asc";
                    case DETACHED, DETACHED_TEXT -> armour ? ".asc" : ".sig";
                    case INLINE -> armour ? ".asc" : ".gpg";
                };
    }
}
