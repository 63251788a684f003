// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what one instance may have of the host's USB devices. */
final class UsbRulesReader {
    private static final int MOST_RULES = 64;
    private static final int MOST_BECOMES = 16;
    private static final String UNTIL_STOPPED = "until-stopped";
    private static final Map<String, UsbMode> MODES =
            Map.of("manual", UsbMode.MANUAL, "ask", UsbMode.ASK, "auto", UsbMode.AUTO);

    private final PolicyReader reader;
    private final UsbNameReader names;
    private final UsbInterfacesReader interfaces;
    /** Whose devices come without a question, by all conditions. */
    private final Map<Conditions, String> automatic = new HashMap<>();

    /** What a rule is a rule of, whatever it says, and however it is written. */
    private record Conditions(
            Optional<String> port,
            Optional<UsbName> device,
            Optional<Set<UsbInterfaces.Pattern>> equal,
            Set<UsbInterfaces.Pattern> oneOf,
            Set<UsbInterfaces.Pattern> noneOf) {
        static Conditions of(UsbRule rule) {
            return new Conditions(
                    rule.port(),
                    rule.device(),
                    rule.interfaces().flatMap(UsbInterfaces::equal).map(Set::copyOf),
                    rule.interfaces().map(these -> Set.copyOf(these.oneOf())).orElse(Set.of()),
                    rule.interfaces().map(these -> Set.copyOf(these.noneOf())).orElse(Set.of()));
        }
    }

    UsbRulesReader(PolicyReader reader) {
        this.reader = reader;
        this.names = new UsbNameReader(reader);
        this.interfaces = new UsbInterfacesReader(reader);
    }

    /** @param instance whose list it is */
    List<UsbRule> read(String instance, LocatedJson value) {
        var read = new ArrayList<UsbRule>();
        if (!(value instanceof LocatedJson.Many(var _, var items))) {
            reader.problem(
                    value,
                    "usb is a list such as [{\"device\": \"1d50:6018\", \"mode\": \"ask\"}], got " + value.describe());
        } else if (items.size() > MOST_RULES) {
            reader.problem(value, items.size() + " rules of usb, at most " + MOST_RULES + " are supported");
        } else {
            Set<Conditions> seen = new HashSet<>();
            for (LocatedJson item : items) {
                UsbRule rule = one(item);
                if (rule != null) {
                    checkOthers(instance, item, rule, seen);
                    read.add(rule);
                }
            }
        }
        return read;
    }

    private void checkOthers(String instance, LocatedJson item, UsbRule rule, Set<Conditions> seen) {
        Conditions conditions = Conditions.of(rule);
        if (!seen.add(conditions)) {
            reader.problem(
                    item, "an earlier rule of usb has the same conditions, so this one never counts: take one out");
        } else if (rule.mode() == UsbMode.AUTO) {
            String other = automatic.putIfAbsent(conditions, instance);
            if (other != null) {
                reader.problem(
                        item,
                        "\"" + other
                                + "\" gets the same devices by itself, so which of the two would be left to chance: make"
                                + " one of them \"ask\", or name a port");
            }
        }
    }

    private @Nullable UsbRule one(LocatedJson item) {
        PolicyReader.Fields fields =
                reader.fields(item, "a rule of usb", Set.of("port", "device", "interfaces", "mode", "for", "becomes"));
        if (fields == null) {
            return null;
        }
        String port = fields.optional("port", names::port);
        UsbName device = fields.optional("device", v -> names.device(v, "device"));
        UsbInterfaces these = fields.optional("interfaces", interfaces::read);
        UsbMode mode = fields.required("mode", this::mode);
        Duration time = fields.optional("for", this::time);
        List<UsbName> becomes = fields.optional("becomes", this::becomes);
        if (!fields.has("port") && !fields.has("device") && !fields.has("interfaces")) {
            reader.problem(
                    item, "this rule would fit every device: say which by \"port\", \"device\" or \"interfaces\"");
            return null;
        }
        if (mode == UsbMode.AUTO
                && !fields.has("port")
                && (device == null ? !fields.has("device") : device.product().isEmpty())) {
            reader.problem(
                    item,
                    "nobody is asked before a device is attached by \"auto\", so the rule has to say which: by \"port\", or by"
                            + " \"device\" with vendor and product");
        }
        return mode == null || (port == null && device == null && these == null)
                ? null
                : new UsbRule(
                        Optional.ofNullable(port),
                        Optional.ofNullable(device),
                        Optional.ofNullable(these),
                        mode,
                        becomes == null ? List.of() : becomes,
                        Optional.ofNullable(time));
    }

    private @Nullable UsbMode mode(LocatedJson value) {
        UsbMode mode = value instanceof LocatedJson.Text(var _, var text) ? MODES.get(text) : null;
        if (mode == null) {
            String near = value instanceof LocatedJson.Text(var _, var text)
                    ? text.equals("deny")
                            ? "; what no rule fits is denied already"
                            : Suggestion.of(text, MODES.keySet())
                                    .map(word -> "; did you mean \"" + word + "\"?")
                                    .orElse("")
                    : "";
            reader.problem(
                    value,
                    "mode is \"ask\", \"manual\" (attached by you alone) or \"auto\" (attached without a question), got "
                            + value.describe() + near);
        }
        return mode;
    }

    private @Nullable Duration time(LocatedJson value) {
        if (value instanceof LocatedJson.Text(var _, var text)) {
            if (text.equals(UNTIL_STOPPED)) {
                return null;
            }
            Optional<Duration> time = TimeText.of(text);
            if (time.filter(length -> length.compareTo(Loan.For.LONGEST) <= 0).isPresent()) {
                return time.get();
            }
            if (text.equals("always")) {
                return refuseTime(
                        value, "; no device stays attached when its VM has stopped, but \"auto\" brings it back");
            }
        }
        return refuseTime(
                value,
                value instanceof LocatedJson.Whole(var _, var number) && number > 0
                        ? "; did you mean \"" + number + "s\"?"
                        : "");
    }

    private @Nullable Duration refuseTime(LocatedJson value, String advice) {
        reader.problem(
                value,
                "for is \"" + UNTIL_STOPPED + "\" or a time from 1 s to 365 d such as \"15m\" (s, m, h or d), got "
                        + value.describe() + advice);
        return null;
    }

    private List<UsbName> becomes(LocatedJson value) {
        var read = new ArrayList<UsbName>();
        if (!(value instanceof LocatedJson.Many(var _, var items))) {
            reader.problem(
                    value,
                    "becomes is a list of what else the device may say that it is, such as [\"1d50:6017\"], got "
                            + value.describe());
        } else if (items.size() > MOST_BECOMES) {
            reader.problem(value, items.size() + " in becomes, at most " + MOST_BECOMES + " are supported");
        } else {
            for (LocatedJson item : items) {
                UsbName name = names.device(item, "an entry of becomes");
                if (name != null) {
                    read.add(name);
                }
            }
        }
        return read;
    }
}
