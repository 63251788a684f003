// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.spectrum_os.portal.consent.contract.DeviceQuestion;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Candidate;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Kind;

/** What the user should think of before he lends devices: one line for each danger, only of what is chosen, and few. */
public final class DeviceWarnings {
    /** More would not be read. */
    private static final int MOST = 4;
    /** Devices that are called by their names in one line. */
    private static final int NAMED = 2;

    /**
     * What is most likely made to take another program. Any device might be, but a line beside each would be read beside none.
     */
    private static final Set<Kind> REPROGRAMMED = EnumSet.of(Kind.FIRMWARE, Kind.SPECIAL, Kind.OTHER);

    private final String vm;
    private final List<Candidate> chosen;
    private final List<String> lines = new ArrayList<>();

    private DeviceWarnings(String vm, List<Candidate> chosen) {
        this.vm = vm;
        this.chosen = chosen;
    }

    /** The gravest first; none if there is nothing to think of. */
    public static List<String> of(String instance, List<Candidate> chosen) {
        return new DeviceWarnings(instance, chosen).lines();
    }

    /** How many there can be at once, whatever is chosen. */
    public static int most(DeviceQuestion question) {
        List<Candidate> lendable = question.devices().stream()
                .filter(device -> device.state().isLendable())
                .toList();
        return question.several()
                ? of("", lendable).size()
                : lendable.stream()
                        .mapToInt(device -> of("", List.of(device)).size())
                        .max()
                        .orElse(0);
    }

    private List<String> lines() {
        input();
        Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        chosen.forEach(device -> kinds.addAll(device.kinds()));
        // In the order in which the kinds are declared.
        kinds.forEach(this::warn);
        if (kinds.stream().anyMatch(REPROGRAMMED::contains)) {
            lines.add(vm + " can put another program into " + those(REPROGRAMMED)
                    + "; what comes back may be a keyboard.");
        }
        return lines.stream().limit(MOST).toList();
    }

    private void input() {
        boolean types = chosen.stream().anyMatch(device -> device.kinds().contains(Kind.KEYBOARD));
        boolean points = chosen.stream().anyMatch(device -> device.kinds().contains(Kind.POINTER));
        if (types || points) {
            lines.add("What is " + (types && points ? "typed and clicked with " : types ? "typed on " : "clicked with ")
                    + those(Set.of(Kind.KEYBOARD, Kind.POINTER)) + " goes to " + vm + ", not to this computer"
                    + (types ? ": passwords too." : "."));
        }
    }

    private void warn(Kind kind) {
        String it = those(Set.of(kind));
        switch (kind) {
            case STORAGE -> lines.add(vm + " can read, change and erase everything on " + it + ".");
            case SECURITY_KEY ->
                lines.add(vm + " can log in with " + it + " when you touch it: do so only if you have just asked " + vm
                        + " for that.");
            case SMART_CARD -> lines.add(vm + " can use the keys on the card in " + it + ".");
            case NETWORK ->
                lines.add("Through " + it + ", " + vm + " reaches a network by itself, past this computer’s rules.");
            case BLUETOOTH ->
                lines.add("Through " + it + ", " + vm + " reaches what is near, and this computer no longer does.");
            case KEYBOARD,
                    POINTER,
                    GAME_CONTROLLER,
                    OTHER_INPUT,
                    CAMERA,
                    SOUND,
                    SERIAL,
                    PRINTER,
                    SCANNER_OR_PHONE,
                    FIRMWARE,
                    SPECIAL,
                    OTHER -> {
                // said before or after this, or nothing that would surprise
            }
        }
    }

    /** The chosen devices of these kinds. */
    private String those(Set<Kind> kinds) {
        if (chosen.size() == 1) {
            return "it";
        }
        List<String> names = chosen.stream()
                .filter(device -> device.kinds().stream().anyMatch(kinds::contains))
                .map(DeviceWording::inSentence)
                .toList();
        return names.size() > NAMED
                ? names.size() + " of them"
                : names.stream().distinct().collect(Collectors.joining(" and "));
    }
}
