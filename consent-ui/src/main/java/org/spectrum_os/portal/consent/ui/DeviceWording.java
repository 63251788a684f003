// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.consent.contract.ClaimedText;
import org.spectrum_os.portal.consent.contract.DeviceQuestion;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Candidate;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Kind;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.State;
import org.spectrum_os.portal.protocol.DisplayText;
import org.spectrum_os.portal.protocol.Untrusted;

/**
 * The words of a dialog about devices, but for the sentence that says what will happen ({@link DeviceOutcome}) and the warnings ({@link
 * DeviceWarnings}). What a device says of itself stands in quotation marks.
 */
public final class DeviceWording {
    /**
     * What a device's own text is cut to where it is seen: no string of USB's is longer (126 UTF-16 units), but each of its characters may
     * have become several. A screen reader has it whole.
     */
    private static final int SEEN_CODE_POINTS = 260;
    /** Places and drivers that are named. */
    private static final int NAMED = 3;
    /** The kernel's name for a program that drives a device by itself. */
    private static final String PROGRAM = "usbfs";

    /** Of an instance's name in a button; the banner shows it whole. */
    private static final int NAME_IN_BUTTON = 24;

    private static final String MEANWHILE = ", which loses it meanwhile.";

    private DeviceWording() {}

    /** What the VM does, after its name, in the window's title. */
    static String asks(DeviceQuestion question) {
        return question.several() ? "asks to use USB devices" : "asks to use a USB device";
    }

    /** The same, in the banner. */
    static String bannerLine(DeviceQuestion question) {
        return asks(question) + " of this computer";
    }

    /** The button that agrees, with its mnemonic, which is the same whatever it says. */
    public static String agree(String instance, boolean unmount) {
        return unmount
                ? "Unmount and _lend"
                : "_Lend to "
                        + Wording.unmarked(DisplayText.of(Untrusted.of(instance), NAME_IN_BUTTON)
                                .toString());
    }

    /** What the host calls it. */
    public static String name(Candidate device) {
        return device.name().isBlank()
                ? "Unknown device " + device.numbers()
                : KeyWording.isolated(seen(device.name()));
    }

    /** The same within a sentence, cut to the length of a name. */
    static String inSentence(Candidate device) {
        return device.name().isBlank()
                ? "the unknown device " + device.numbers()
                : KeyWording.isolated(Wording.middleLeftOut(device.name()));
    }

    /** What it is; all of it, since a disk that is also a keyboard is something else than a disk. */
    public static String kinds(Candidate device) {
        String words = device.kinds().stream().map(DeviceWording::kind).collect(Collectors.joining(" + "));
        return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    }

    private static String kind(Kind kind) {
        return switch (kind) {
            case STORAGE -> "memory stick or disk";
            case KEYBOARD -> "keyboard";
            case POINTER -> "mouse or touchpad";
            case GAME_CONTROLLER -> "game controller";
            case OTHER_INPUT -> "input device";
            case CAMERA -> "camera";
            case SOUND -> "sound device";
            case SECURITY_KEY -> "security key";
            case SMART_CARD -> "smart card reader";
            case SERIAL -> "serial port";
            case NETWORK -> "network adapter";
            case BLUETOOTH -> "Bluetooth adapter";
            case PRINTER -> "printer";
            case SCANNER_OR_PHONE -> "scanner or phone";
            case FIRMWARE -> "device that waits for firmware";
            case SPECIAL -> "device for a program of its maker";
            case OTHER -> "other device";
        };
    }

    /** What it says of itself, as much as is to be seen. */
    public static String claim(Candidate device) {
        return claim(cut(device.claim()), cut(device.serial()));
    }

    private static String claim(@Nullable ClaimedText itself, @Nullable ClaimedText serial) {
        return quoted(itself).map(name -> "Calls itself " + name).orElse("Does not say what it is")
                + quoted(serial).map(number -> ", serial number " + number).orElse("");
    }

    private static Optional<String> quoted(@Nullable ClaimedText claim) {
        return claim == null || claim.text().isBlank() ? Optional.empty() : Optional.of(Wording.quoted(claim));
    }

    private static @Nullable ClaimedText cut(@Nullable ClaimedText claim) {
        if (claim == null) {
            return null;
        }
        DisplayText cut = DisplayText.of(Untrusted.of(claim.text()), SEEN_CODE_POINTS);
        return new ClaimedText(cut.text(), cut.shortened() || claim.shortened());
    }

    private static String seen(String hosts) {
        return DisplayText.of(Untrusted.of(hosts), SEEN_CODE_POINTS).toString();
    }

    /** Where it is plugged in. */
    public static String port(Candidate device) {
        return "port " + device.port();
    }

    /** Whether another of the devices cannot be told from it but by its port. */
    public static boolean hasTwin(DeviceQuestion question, Candidate device) {
        return question.devices().stream()
                .anyMatch(
                        other -> !other.id().equals(device.id()) && look(other).equals(look(device)));
    }

    private static List<String> look(Candidate device) {
        return List.of(name(device), claim(device), device.numbers());
    }

    /** What it is doing, and what that means; empty if nothing. */
    public static Optional<String> state(Candidate device) {
        return switch (device.state()) {
            case State.Free() -> Optional.empty();
            case State.InUse(List<String> drivers) -> Optional.of(inUse(drivers));
            case State.Mounted(List<ClaimedText> places) ->
                Optional.of("Mounted at "
                        + some(places.stream().map(KeyWording::brieflyQuoted).toList())
                        + "; it will be unmounted first.");
            case State.Impossible impossible -> Optional.of("Cannot be lent: " + why(impossible));
        };
    }

    private static String inUse(List<String> drivers) {
        List<String> kernels =
                drivers.stream().filter(driver -> !driver.equals(PROGRAM)).toList();
        if (kernels.isEmpty()) {
            return "In use by a program on this computer" + MEANWHILE;
        }
        return "In use by this computer (" + (kernels.size() == 1 ? "driver " : "drivers ") + some(kernels) + ")"
                + MEANWHILE;
    }

    private static String some(List<String> all) {
        String named = all.stream().limit(NAMED).collect(Collectors.joining(", "));
        return all.size() > NAMED ? named + " and " + (all.size() - NAMED) + " more" : named;
    }

    private static String why(State.Impossible impossible) {
        return switch (impossible.reason()) {
            case HUB -> "other devices are connected through it.";
            case SYSTEM_DISK -> "this computer runs from it.";
            case ONLY_KEYBOARD -> "it is this computer’s only keyboard.";
            case ONLY_POINTER -> "it is this computer’s only mouse or touchpad.";
            case LENT -> "it is lent to " + KeyWording.isolated(String.valueOf(impossible.holder())) + " now.";
            case NO_ACCESS -> "you may not open it on this computer.";
        };
    }

    /** What a screen reader calls it. */
    public static String spoken(Candidate device) {
        return name(device) + ", " + kinds(device) + ", " + port(device);
    }

    /** What a screen reader says besides: everything that is known, nothing cut. */
    public static String described(Candidate device) {
        List<String> said = new ArrayList<>();
        state(device).ifPresent(said::add);
        said.add(claim(device.claim(), device.serial()));
        said.add(device.numbers());
        return String.join(" ", said);
    }
}
