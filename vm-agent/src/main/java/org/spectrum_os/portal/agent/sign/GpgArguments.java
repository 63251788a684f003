// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.sign;

import java.util.ArrayList;
import java.util.List;
import java.util.ListIterator;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.protocol.KeyMessage.SignOpenpgp.Form;

/**
 * Reads a command line as gpg does (gpg(1), and the parser of its library): options end at the first word that is none; short ones may
 * stand together, with a value behind the last; a long one takes its value behind {@code =} or from the next word. Abbreviations are not
 * known, except for the one that GPGME uses. What is not known here is for the guest's own gpg, which knows it.
 */
final class GpgArguments {
    /** Without a value, and without a bearing on a signature that is made elsewhere. */
    private static final Set<String> IDLE = Set.of(
            "always-trust",
            "auto-check-trustdb",
            "batch",
            "disable-dirmngr",
            "disable-fd-translation",
            "emit-version",
            "enable-progress-filter",
            "escape-from-lines",
            "exit-on-status-write-error",
            "expert",
            "gnupg",
            "lock-multiple",
            "lock-never",
            "lock-once",
            "no",
            "no-ask-sig-expire",
            "no-auto-check-trustdb",
            "no-auto-key-locate",
            "no-auto-key-retrieve",
            "no-autostart",
            "no-batch",
            "no-comments",
            "no-default-keyring",
            "no-emit-version",
            "no-encrypt-to",
            "no-expert",
            "no-for-your-eyes-only",
            "no-greeting",
            "no-include-key-block",
            "no-options",
            "no-permission-warning",
            "no-random-seed-file",
            "no-secmem-warning",
            "no-sk-comments",
            "no-symkey-cache",
            "no-throw-keyids",
            "no-tty",
            "no-use-agent",
            "no-utf8-strings",
            "no-verbose",
            "no-version",
            "openpgp",
            "sk-comments",
            "use-agent",
            "utf8-strings",
            "verbose");

    /** The same with a value: where the guest's own gpg finds things, or what the host's gpg decides by its own configuration. */
    private static final Set<String> IDLE_WITH_VALUE = Set.of(
            "agent-program",
            "charset",
            "command-fd",
            "compliance",
            "compress-algo",
            "compress-level",
            "display",
            "display-charset",
            "homedir",
            "input-size-hint",
            "keyring",
            "lc-ctype",
            "lc-messages",
            "options",
            "personal-compress-preferences",
            "personal-digest-preferences",
            "pinentry-mode",
            "primary-keyring",
            "secret-keyring",
            "sender",
            "trust-model",
            "ttyname",
            "ttytype",
            "xauthority");

    /** They would change what the signature says, which is not for the guest to say. */
    private static final Set<String> IMPOSSIBLE = Set.of("for-your-eyes-only", "include-key-block", "not-dash-escaped");

    private static final Set<String> IMPOSSIBLE_WITH_VALUE = Set.of(
            "comment",
            "default-sig-expire",
            "faked-system-time",
            "passphrase",
            "passphrase-fd",
            "passphrase-file",
            "set-filename",
            "set-notation",
            "set-policy-url",
            "sig-keyserver-url",
            "sig-notation",
            "sig-policy-url");

    private static final Set<String> DIGESTS =
            Set.of("sha256", "sha384", "sha512", "sha3-256", "sha3-512", "h8", "h9", "h10");
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
                if (IDLE_WITH_VALUE.contains(name)) {
                    String _ = value(attached);
                } else if (IMPOSSIBLE_WITH_VALUE.contains(name)) {
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
                if (IMPOSSIBLE.contains(name)) {
                    refuse("--" + name
                            + " is not possible: the host decides what its signatures say; leave the option out");
                } else if (!IDLE.contains(name)) {
                    throw new OwnException();
                }
            }
        }
    }

    private void digest(String algorithm) {
        if (!DIGESTS.contains(algorithm.toLowerCase(Locale.ROOT))) {
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
