// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.protocol.DisplayText;
import org.spectrum_os.portal.protocol.Untrusted;

/** Reads a policy, collecting every problem before it gives up. {@code docs/policy.md} describes the file. */
public final class PolicyReader {
    private static final long MAX_BYTES = 1 << 20;
    private static final int MAX_INSTANCES = 1000;
    private static final int MAX_PHRASE = 64;

    private final List<PolicyProblem> problems = new ArrayList<>();
    private final RulesReader rules = new RulesReader(this);
    private final InstanceReader one = new InstanceReader(this, rules);

    private PolicyReader() {}

    /** Reads the policy at {@code file}. */
    public static Policy read(Path file) throws PolicyException {
        String text;
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw failure(file.toString(), "the file is larger than " + MAX_BYTES + " bytes; is it a policy?");
            }
            text = Files.readString(file);
        } catch (NoSuchFileException e) {
            throw failure(
                    file.toString(),
                    "there is no such file; write one (docs/policy.md shows the smallest) or name another with --policy");
        } catch (IOException e) {
            throw failure(file.toString(), "cannot be read: " + e.getMessage());
        }
        return parse(file.toString(), text);
    }

    private static PolicyException failure(String source, String message) {
        return new PolicyException(source, List.of(new PolicyProblem(0, 0, message)));
    }

    /**
     * Reads a policy from its text.
     *
     * @param source what to call the text in messages
     */
    public static Policy parse(String source, String text) throws PolicyException {
        LocatedJson json;
        try {
            json = LocatedJson.parse(text);
        } catch (JsonProcessingException e) {
            var at = e.getLocation();
            throw new PolicyException(
                    source,
                    List.of(new PolicyProblem(
                            at == null ? 1 : Math.max(1, at.getLineNr()),
                            at == null ? 1 : Math.max(1, at.getColumnNr()),
                            "not JSON: " + e.getOriginalMessage())));
        }
        var reader = new PolicyReader();
        Policy policy = reader.policy(json);
        if (policy == null || !reader.problems.isEmpty()) {
            throw new PolicyException(source, reader.problems);
        }
        return policy;
    }

    private @Nullable Policy policy(LocatedJson json) {
        Fields top = fields(json, "the policy", Set.of("version", "phrase", "consent", "host", "instances"));
        if (top == null) {
            return null;
        }
        top.required("version", value -> {
            if (!(value instanceof LocatedJson.Whole(var place, var number)) || number != 1) {
                problem(value, "version is " + value.describe() + ", this program reads version 1");
            }
            return 1;
        });
        String phrase = top.optional("phrase", this::phrase);
        Policy.Timing timing = top.optional("consent", this::timing);
        Policy.HostRules host = top.optional("host", this::hostRules);
        List<Instance> instances = top.required("instances", this::instances);
        return new Policy(
                phrase,
                timing == null ? Policy.Timing.DEFAULT : timing,
                host == null ? Policy.HostRules.DEFAULT : host,
                instances == null ? List.of() : instances);
    }

    private @Nullable String phrase(LocatedJson value) {
        if (value instanceof LocatedJson.Text(var place, var text)
                && !text.isBlank()
                && text.codePointCount(0, text.length()) <= MAX_PHRASE
                && DisplayText.of(Untrusted.of(text), MAX_PHRASE).text().equals(text)) {
            return text;
        }
        problem(value, "phrase must be 1 to " + MAX_PHRASE + " visible characters");
        return null;
    }

    private Policy.@Nullable Timing timing(LocatedJson value) {
        Fields fields = fields(
                value,
                "consent",
                Set.of("answer-within-seconds", "denial-memory-seconds", "denial-memory-most-seconds"));
        if (fields == null) {
            return null;
        }
        Policy.Timing usual = Policy.Timing.DEFAULT;
        Duration within = fields.optional("answer-within-seconds", v -> seconds(v, 1, 3600));
        Duration memory = fields.optional("denial-memory-seconds", v -> seconds(v, 0, 3600));
        Duration most = fields.optional("denial-memory-most-seconds", v -> seconds(v, 0, 86_400));
        var timing = new Policy.Timing(
                within == null ? usual.answerWithin() : within,
                memory == null ? usual.denialMemory() : memory,
                most == null ? usual.denialMemoryMost() : most);
        if (timing.denialMemoryMost().compareTo(timing.denialMemory()) < 0) {
            problem(value, "denial-memory-most-seconds is less than denial-memory-seconds");
        }
        return timing;
    }

    private @Nullable Duration seconds(LocatedJson value, long least, long most) {
        if (value instanceof LocatedJson.Whole(var place, var number) && number >= least && number <= most) {
            return Duration.ofSeconds(number);
        }
        problem(value, "expected " + least + " to " + most + " seconds, got " + value.describe());
        return null;
    }

    private Policy.@Nullable HostRules hostRules(LocatedJson value) {
        Fields fields = fields(value, "host", Set.of("colour", "rules"));
        if (fields == null) {
            return null;
        }
        Colour colour = fields.optional("colour", this::colour);
        Rule file = fields.required("rules", rules::ofHost);
        return new Policy.HostRules(
                colour == null ? Policy.HostRules.DEFAULT.colour() : colour, file == null ? Rule.DENY : file);
    }

    private List<Instance> instances(LocatedJson value) {
        var instances = new ArrayList<Instance>();
        if (!(value instanceof LocatedJson.Obj(var place, var members))) {
            problem(value, "instances must be an object, one member for each instance, got " + value.describe());
            return instances;
        }
        if (members.size() > MAX_INSTANCES) {
            problem(value, members.size() + " instances, at most " + MAX_INSTANCES + " are supported");
            return instances;
        }
        Map<LinkAddress, String> owners = new HashMap<>();
        members.forEach((name, member) -> {
            InstanceName.objection(name)
                    .ifPresent(why -> problem(
                            member.keyPlace(),
                            "\"" + DisplayText.of(Untrusted.of(name), 64) + "\" cannot name an instance: " + why));
            Instance instance = one.read(name, member);
            if (instance != null) {
                String other = owners.putIfAbsent(instance.link(), name);
                if (other != null) {
                    problem(
                            member.keyPlace(),
                            "\"" + name + "\" has the same link as \"" + other + "\" (" + instance.link()
                                    + "); the link is what tells instances apart, so each needs its own");
                }
                instances.add(instance);
            }
        });
        one.checkOthers();
        return instances;
    }

    @Nullable
    Colour colour(LocatedJson value) {
        if (value instanceof LocatedJson.Text(var place, var text)) {
            try {
                return new Colour(text);
            } catch (IllegalArgumentException e) {
                problem(value, "\"" + text + "\" is no colour; write it like \"#3584e4\"");
                return null;
            }
        }
        problem(value, "a colour is a text like \"#3584e4\", got " + value.describe());
        return null;
    }

    @Nullable
    Fields fields(LocatedJson value, String what, Set<String> known) {
        if (!(value instanceof LocatedJson.Obj obj)) {
            problem(value, what + " must be an object, got " + value.describe());
            return null;
        }
        obj.members().forEach((key, member) -> {
            if (!known.contains(key)) {
                problem(
                        member.keyPlace(),
                        what + " has no \"" + DisplayText.of(Untrusted.of(key), 64) + "\""
                                + Suggestion.of(key, known)
                                        .map(near -> "; did you mean \"" + near + "\"?")
                                        .orElse("; it knows "
                                                + String.join(
                                                        ", ",
                                                        known.stream().sorted().toList())));
            }
        });
        return new Fields(obj, what);
    }

    void problem(LocatedJson at, String message) {
        problem(at.place(), message);
    }

    void problem(LocatedJson.Place at, String message) {
        problems.add(new PolicyProblem(at.line(), at.column(), message));
    }

    /** The members of one object. */
    final class Fields {
        private final LocatedJson.Obj object;
        private final String what;

        Fields(LocatedJson.Obj object, String what) {
            this.object = object;
            this.what = what;
        }

        boolean has(String key) {
            return object.members().containsKey(key);
        }

        <T> @Nullable T required(String key, Function<LocatedJson, @Nullable T> read) {
            if (!has(key)) {
                problem(object, what + " lacks \"" + key + "\"");
                return null;
            }
            return optional(key, read);
        }

        <T> @Nullable T optional(String key, Function<LocatedJson, @Nullable T> read) {
            LocatedJson.Member member = object.members().get(key);
            return member == null ? null : read.apply(member.value());
        }
    }
}
