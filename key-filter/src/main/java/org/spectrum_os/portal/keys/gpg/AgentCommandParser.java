// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.gpg;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.spectrum_os.portal.keys.assuan.AssuanLimits;

/**
 * Reads one line of a guest. Forms are those that GnuPG 2.2 to 2.5 sends (g10/call-agent.c, common/asshelp.c) and its agent reads
 * (agent/command.c), and people type into gpg-connect-agent.
 */
final class AgentCommandParser {
    private static final Pattern WORD = Pattern.compile("([A-Za-z][A-Za-z0-9_]{0,30})(?: +(.*))?", Pattern.DOTALL);
    private static final Pattern OPTION =
            Pattern.compile("(?:--)?([A-Za-z][A-Za-z0-9-]{0,40})(?: *= *(.*)| +(.*))?", Pattern.DOTALL);
    private static final Pattern KEYGRIP = Pattern.compile("[0-9A-Fa-f]{40}");
    private static final Pattern ANOTHER = Pattern.compile("--another +[0-9A-Fa-f]{40}");
    private static final Pattern LIST = Pattern.compile("--list(?:=([1-9][0-9]{0,5}))?");
    private static final Pattern HASH =
            Pattern.compile("(?:([1-9][0-9]?)|--hash=(sha1|rmd160|sha224|sha256|sha384|sha512)) +([0-9A-Fa-f]+)");
    /** Names a passphrase in the agent's cache; the host's agent has its own way. */
    private static final Pattern CACHE_NONCE = Pattern.compile("(?:-- +)?[0-9A-Fa-f]{1,64}|--");

    private static final Pattern READKEY = Pattern.compile("(--no-data +)?(?:-- +)?([0-9A-Fa-f]{40})");
    private static final Pattern INFO = Pattern.compile("[a-z0-9_]{1,40}(?: +[A-Za-z0-9_=-]{1,40}){0,2}");
    private static final Set<String> INFO_FLAGS =
            Set.of("--data", "--with-ssh", "--ssh-fpr", "--ssh-fpr=md5", "--ssh-fpr=sha1", "--ssh-fpr=sha256");
    /** Those of a session (common/session-env.c) and those of the agent's option handler that have no effect without a pinentry here. */
    private static final Set<String> OPTIONS = Set.of(
            "putenv",
            "display",
            "ttyname",
            "ttytype",
            "lc-ctype",
            "lc-messages",
            "xauthority",
            "pinentry-user-data",
            "agent-awareness",
            "allow-pinentry-notify",
            "use-cache-for-signing",
            "cache-ttl-opt-preset",
            "s2k-count",
            "pretend-request-origin");

    private static final Set<String> PINENTRY_MODES = Set.of("ask", "default", "cancel", "error");
    /** Questions that gpg asks about cards of its own accord; the rest of SCD changes cards or uses them. */
    private static final Set<String> CARD_QUESTIONS = Set.of("SERIALNO", "KEYINFO", "GETINFO", "LEARN", "GETATTR");

    private AgentCommandParser() {}

    /** @param line one character, 0 to 255, for each byte */
    static AgentCommand parse(String line) throws RefusedException {
        Matcher word = WORD.matcher(line);
        if (!word.matches()) {
            throw new RefusedException("a line that is no command");
        }
        String command = word.group(1).toUpperCase(Locale.ROOT);
        String rest = word.group(2) == null ? "" : word.group(2).stripTrailing();
        return switch (command) {
            case "NOP", "SETKEYDESC", "UPDATESTARTUPTTY" -> new AgentCommand.Nothing();
            case "BYE" -> alone(command, rest, new AgentCommand.Bye());
            case "RESET" -> alone(command, rest, new AgentCommand.Reset());
            case "AGENT_ID" -> new AgentCommand.AgentId();
            case "OPTION" -> option(rest);
            case "HAVEKEY" -> haveKey(rest);
            case "KEYINFO" -> keyInfo(rest);
            case "SIGKEY", "SETKEY" -> setKey(command, rest);
            case "SETHASH" -> hash(rest);
            case "PKSIGN" -> sign(rest);
            case "PKDECRYPT" -> decrypt(rest);
            case "READKEY" -> readKey(rest);
            case "GETINFO" -> info(rest);
            case "SCD" -> card(rest);
            default -> throw new RefusedException("the command " + command);
        };
    }

    private static AgentCommand alone(String name, String rest, AgentCommand command) throws RefusedException {
        if (!rest.isEmpty()) {
            throw form(name);
        }
        return command;
    }

    private static AgentCommand setKey(String command, String rest) throws RefusedException {
        Matcher another = ANOTHER.matcher(rest);
        return another.matches() ? new AgentCommand.Unsupported() : new AgentCommand.SetKey(keygrip(command, rest));
    }

    private static AgentCommand option(String rest) throws RefusedException {
        Matcher option = OPTION.matcher(rest);
        if (!option.matches()) {
            throw form("OPTION");
        }
        String name = option.group(1);
        if (name.equals("pinentry-mode")) {
            String mode = option.group(2) != null ? option.group(2) : option.group(3);
            return new AgentCommand.Option(
                    mode != null && PINENTRY_MODES.contains(mode)
                            ? AgentCommand.Option.Answer.TAKEN
                            : AgentCommand.Option.Answer.UNSUPPORTED);
        }
        return new AgentCommand.Option(
                OPTIONS.contains(name) ? AgentCommand.Option.Answer.TAKEN : AgentCommand.Option.Answer.UNKNOWN);
    }

    private static AgentCommand haveKey(String rest) throws RefusedException {
        Matcher list = LIST.matcher(rest);
        if (list.matches()) {
            return new AgentCommand.ListKeys(
                    list.group(1) == null ? Integer.MAX_VALUE : Integer.parseInt(list.group(1)));
        }
        String[] words = rest.split(" +", AssuanLimits.KEYGRIPS + 1);
        if (words.length > AssuanLimits.KEYGRIPS) {
            throw form("HAVEKEY");
        }
        List<Keygrip> keys = new ArrayList<>();
        for (String word : words) {
            keys.add(keygrip("HAVEKEY", word));
        }
        return new AgentCommand.HaveKey(keys);
    }

    private static AgentCommand keyInfo(String rest) throws RefusedException {
        String[] words = rest.split(" +", 8);
        Set<String> flags = new HashSet<>();
        boolean list = false;
        int at = 0;
        for (; at < words.length && words[at].startsWith("--"); at++) {
            if (LIST.matcher(words[at]).matches() && !list) {
                list = true;
            } else if (!INFO_FLAGS.contains(words[at]) || !flags.add(words[at])) {
                throw form("KEYINFO");
            }
        }
        boolean data = flags.contains("--data");
        if (list && at == words.length) {
            return new AgentCommand.ListKeyInfo(data);
        }
        if (list || at != words.length - 1) {
            throw form("KEYINFO");
        }
        return new AgentCommand.KeyInfo(keygrip("KEYINFO", words[at]), data);
    }

    private static AgentCommand hash(String rest) throws RefusedException {
        Matcher hash = HASH.matcher(rest);
        if (!hash.matches()) {
            throw form("SETHASH");
        }
        HashAlgorithm algorithm = hash.group(1) != null
                ? HashAlgorithm.of(Integer.parseInt(hash.group(1))).orElseThrow(() -> form("SETHASH"))
                : HashAlgorithm.valueOf(hash.group(2).toUpperCase(Locale.ROOT));
        String hex = hash.group(3);
        if (hex.length() != 2 * algorithm.bytes()) {
            throw form("SETHASH");
        }
        return new AgentCommand.SetHash(algorithm, HexFormat.of().parseHex(hex));
    }

    private static AgentCommand sign(String rest) throws RefusedException {
        if (!rest.isEmpty() && !CACHE_NONCE.matcher(rest).matches()) {
            throw form("PKSIGN");
        }
        return new AgentCommand.Sign();
    }

    private static AgentCommand decrypt(String rest) throws RefusedException {
        return switch (rest) {
            case "" -> new AgentCommand.Decrypt(false);
            case "--kem=PGP" -> new AgentCommand.Decrypt(true);
            case "--kem", "--kem=PQC-PGP", "--kem=CMS" -> new AgentCommand.Unsupported();
            default -> throw form("PKDECRYPT");
        };
    }

    private static AgentCommand readKey(String rest) throws RefusedException {
        Matcher read = READKEY.matcher(rest);
        if (!read.matches()) {
            throw form("READKEY");
        }
        return new AgentCommand.ReadKey(keygrip("READKEY", read.group(2)), read.group(1) == null);
    }

    private static AgentCommand info(String rest) throws RefusedException {
        if (!INFO.matcher(rest).matches()) {
            throw form("GETINFO");
        }
        return new AgentCommand.GetInfo(
                switch (rest.split(" ", 2)[0]) {
                    case "version" -> AgentCommand.GetInfo.What.VERSION;
                    case "restricted" -> AgentCommand.GetInfo.What.RESTRICTED;
                    case "s2k_count" -> AgentCommand.GetInfo.What.S2K_COUNT;
                    case "jent_active", "ephemeral", "cmd_has_option" -> AgentCommand.GetInfo.What.NO;
                    default -> AgentCommand.GetInfo.What.UNKNOWN;
                });
    }

    private static AgentCommand card(String rest) throws RefusedException {
        if (!CARD_QUESTIONS.contains(rest.split(" ", 2)[0].toUpperCase(Locale.ROOT))) {
            throw form("SCD");
        }
        return new AgentCommand.Card();
    }

    private static Keygrip keygrip(String command, String word) throws RefusedException {
        if (!KEYGRIP.matcher(word).matches()) {
            throw form(command);
        }
        return new Keygrip(word.toUpperCase(Locale.ROOT));
    }

    private static RefusedException form(String command) {
        return new RefusedException("the command " + command + " in a form that is not allowed");
    }
}
