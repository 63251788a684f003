// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.lease.KeyUse;
import org.spectrum_os.portal.protocol.DisplayText;
import org.spectrum_os.portal.protocol.Untrusted;

/** Reads what one instance may ask for with keys that it does not have. */
final class KeyRulesReader {
    private static final int MAX_KEYS = 64;
    private static final String REQUIRED = "required";
    private static final String OPTIONAL = "optional";
    private static final Set<String> MEMBERS = Set.of(
            "gpg",
            "ssh",
            "home",
            "agent",
            "vm",
            KeyUse.SIGN.word(),
            KeyUse.DECRYPT.word(),
            KeyUse.AUTHENTICATE.word(),
            KeyUse.CERTIFY.word(),
            "content",
            "again");

    private final PolicyReader reader;
    private final RulesReader rules;
    private final KeyNameReader names;
    private final AgainReader agains;
    /** The VMs that were named, and where first. */
    private final Map<String, LocatedJson> named = new LinkedHashMap<>();

    KeyRulesReader(PolicyReader reader, RulesReader rules) {
        this.reader = reader;
        this.rules = rules;
        this.names = new KeyNameReader(reader);
        this.agains = new AgainReader(reader);
    }

    /**
     * What cannot be said of one instance alone: where a key is said to be, keys must be held. To be called last.
     *
     * @param holding the instances that hold keys
     */
    void checkVaults(Set<String> holding) {
        named.forEach((vm, place) -> {
            if (!holding.contains(vm)) {
                reader.problem(
                        place,
                        "no instance \"" + DisplayText.of(Untrusted.of(vm), 64)
                                + "\" holds keys; the one meant needs \"holds-keys\": true");
            }
        });
    }

    /** @param instance whose list it is */
    List<KeyRule> read(String instance, LocatedJson value) {
        var read = new ArrayList<KeyRule>();
        if (!(value instanceof LocatedJson.Many(var _, var items))) {
            reader.problem(
                    value,
                    "keys is a list such as [{\"gpg\": FINGERPRINT, \"sign\": \"ask\"}], got " + value.describe());
        } else if (items.size() > MAX_KEYS) {
            reader.problem(value, items.size() + " keys, at most " + MAX_KEYS + " are supported");
        } else {
            var seen = new HashSet<KeyName>();
            for (LocatedJson item : items) {
                KeyRule rule = one(instance, item, seen);
                if (rule != null) {
                    read.add(rule);
                }
            }
        }
        return read;
    }

    private @Nullable KeyRule one(String instance, LocatedJson item, Set<KeyName> seen) {
        PolicyReader.Fields fields = reader.fields(item, "an entry of keys", MEMBERS);
        if (fields == null) {
            return null;
        }
        boolean ssh = fields.has("ssh");
        KeyName gpgName = fields.optional("gpg", names::gpg);
        KeyName sshName = fields.optional("ssh", names::ssh);
        if (fields.has("gpg") == ssh) {
            reader.problem(
                    item,
                    "an entry of keys is of one key: either {\"gpg\": FINGERPRINT, …} or {\"ssh\": \"SHA256:…\", …}");
            return null;
        }
        KeyName name = ssh ? sshName : gpgName;
        if (name != null && !seen.add(name)) {
            reader.problem(item, name.fingerprint() + " is in keys twice");
        }
        KeyPlace place = place(instance, item, fields, ssh);
        Set<KeyUse> uses = uses(item, fields, ssh);
        Boolean content = fields.optional("content", v -> content(v, uses));
        AgainRule again = fields.optional("again", agains::read);
        boolean required = content != null && content;
        if (required && uses.contains(KeyUse.CERTIFY) && !uses.contains(KeyUse.AUTHENTICATE)) {
            reader.problem(
                    item,
                    "certify counts where the content of a signature is unseen, and \"content\": \"required\" rules that out:"
                            + " leave out one of the two");
        }
        return name == null ? null : new KeyRule(name, place, uses, required, Optional.ofNullable(again));
    }

    /** Where the secret is; after a problem, the usual place. */
    private KeyPlace place(String instance, LocatedJson item, PolicyReader.Fields fields, boolean ssh) {
        String own = ssh ? "agent" : "home";
        KeyPlace usual = ssh ? new KeyPlace.SshAgent(Optional.empty()) : new KeyPlace.GnupgHome(Optional.empty());
        KeyPlace here = fields.optional(
                own,
                v -> AbsolutePath.of(v)
                        .<KeyPlace>map(path -> ssh
                                ? new KeyPlace.SshAgent(Optional.of(path))
                                : new KeyPlace.GnupgHome(Optional.of(path)))
                        .orElseGet(() -> {
                            reader.problem(
                                    v,
                                    (ssh
                                                    ? "agent must be the absolute path of an ssh-agent's socket, got "
                                                    : "home must be the absolute path of a home of GnuPG, not /, got ")
                                            + v.describe());
                            return usual;
                        }));
        fields.optional(ssh ? "home" : "agent", v -> {
            reader.problem(
                    v,
                    ssh
                            ? "home is where GnuPG keeps a key; an ssh-agent that has one is named by \"agent\", the path of"
                                    + " its socket"
                            : "agent is the socket of an ssh-agent; a key of GnuPG is in a \"home\"");
            return null;
        });
        KeyPlace vault = fields.optional("vm", v -> vault(instance, v));
        if (fields.has("vm") && fields.has(own)) {
            reader.problem(item, "a key is in one place: \"" + own + "\" on this host, or another \"vm\"");
        }
        if (vault != null) {
            return vault;
        }
        return here == null ? usual : here;
    }

    private @Nullable KeyPlace vault(String instance, LocatedJson value) {
        if (!(value instanceof LocatedJson.Text(var _, var vm))) {
            reader.problem(value, "vm is the name of an instance that holds keys, got " + value.describe());
            return null;
        }
        if (vm.equals(instance)) {
            reader.problem(
                    value,
                    "\"" + instance + "\" cannot ask for a key of its own; a key that it holds it can use itself");
            return null;
        }
        named.putIfAbsent(vm, value);
        return new KeyPlace.Vault(vm);
    }

    private Set<KeyUse> uses(LocatedJson item, PolicyReader.Fields fields, boolean ssh) {
        Set<KeyUse> uses = EnumSet.noneOf(KeyUse.class);
        boolean clear = true;
        for (KeyUse use : KeyUse.values()) {
            if (fields.has(use.word())) {
                Rule rule = fields.optional(use.word(), v -> ssh ? ofSsh(use, v) : rules.rule(v));
                clear &= rule != null;
                if (rule == Rule.ASK) {
                    uses.add(use);
                }
            }
        }
        if (clear && uses.isEmpty()) {
            reader.problem(
                    item,
                    "this key may be used for nothing, so the entry is of no use: add "
                            + (ssh
                                    ? "\"authenticate\": \"ask\" (to log in) or \"sign\": \"ask\""
                                    : "\"sign\": \"ask\", \"decrypt\": \"ask\" or \"authenticate\": \"ask\"")
                            + ", or take it out");
        } else if (clear && uses.contains(KeyUse.CERTIFY) && !signsSomehow(uses)) {
            reader.problem(
                    item,
                    "certify says that a key able to certify may be used at the agent's socket too, but for nothing is it:"
                            + " add \"sign\": \"ask\"");
        }
        return uses;
    }

    private static boolean signsSomehow(Set<KeyUse> uses) {
        return uses.contains(KeyUse.SIGN) || uses.contains(KeyUse.AUTHENTICATE);
    }

    private @Nullable Rule ofSsh(KeyUse use, LocatedJson value) {
        return switch (use) {
            case SIGN, AUTHENTICATE -> rules.rule(value);
            case DECRYPT, CERTIFY -> {
                reader.problem(
                        value,
                        "a key of an ssh-agent does not " + use.word()
                                + "; there is \"authenticate\" (to log in) and \"sign\"");
                yield null;
            }
        };
    }

    private @Nullable Boolean content(LocatedJson value, Set<KeyUse> uses) {
        if (!uses.contains(KeyUse.SIGN)) {
            reader.problem(
                    value,
                    "content says whether what is signed must be seen, but nothing is signed: it needs \"sign\": \"ask\""
                            + " beside it");
        }
        return switch (value) {
            case LocatedJson.Text(var _, var text) when text.equals(REQUIRED) -> true;
            case LocatedJson.Text(var _, var text) when text.equals(OPTIONAL) -> false;
            default -> {
                String near = value instanceof LocatedJson.Text(var _, var text)
                        ? Suggestion.of(text, Set.of(REQUIRED, OPTIONAL))
                                .map(word -> "; did you mean \"" + word + "\"?")
                                .orElse("")
                        : "";
                reader.problem(
                        value,
                        "content is \"" + REQUIRED + "\" or \"" + OPTIONAL + "\", got " + value.describe() + near);
                yield null;
            }
        };
    }
}
