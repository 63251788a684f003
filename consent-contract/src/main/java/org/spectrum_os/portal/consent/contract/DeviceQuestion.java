// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.contract;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which of these devices shall the VM have for a while?
 *
 * @param devices what fits what was asked for, 1 to {@link #MOST}; at least one can be chosen
 * @param several whether more than one may be chosen
 * @param loan    what is preselected, {@link LoanTime.Stopped} or {@link LoanTime.Over}
 */
public record DeviceQuestion(List<Candidate> devices, boolean several, LoanTime loan) implements Question {
    /** Devices in one question. */
    public static final int MOST = 64;

    public DeviceQuestion {
        devices = ContractLimits.bounded(devices, MOST, "devices");
        ContractLimits.checkDistinct(devices, Candidate::id, "devices");
        if (devices.stream().noneMatch(device -> device.state().isLendable())) {
            throw new IllegalArgumentException("no device can be chosen");
        }
        if (loan instanceof LoanTime.Revoked) {
            throw new IllegalArgumentException("no device is lent beyond the stop of the VM");
        }
    }

    /**
     * One device.
     *
     * @param id      names it in the answer, a token
     * @param kinds   what it is, by its interfaces, most telling first; at least one
     * @param name    what this computer's tables call its vendor and product; empty if they do not know them
     * @param claim   what the device calls itself, or null if it says nothing; any device can say anything
     * @param serial  its serial number as it says, or null if it has none
     * @param numbers vendor and product, {@code 0781:5580}
     * @param port    where it is plugged in, as the kernel counts, {@code 1-2.3}
     * @param state   whether it can be lent, and what it is doing now
     */
    public record Candidate(
            String id,
            List<Kind> kinds,
            String name,
            @JsonSetter(nulls = Nulls.SET) @Nullable ClaimedText claim,
            @JsonSetter(nulls = Nulls.SET) @Nullable ClaimedText serial,
            String numbers,
            String port,
            State state) {
        private static final Pattern NUMBERS = Pattern.compile("[0-9a-f]{4}:[0-9a-f]{4}");
        private static final Pattern PORT = Pattern.compile("[0-9]{1,3}-[0-9]{1,3}([.][0-9]{1,3}){0,6}");

        public Candidate {
            ContractLimits.token(id, "a device's id");
            kinds = ContractLimits.bounded(kinds, Kind.values().length, "kinds");
            if (kinds.isEmpty()) {
                throw new IllegalArgumentException("a device of no kind");
            }
            ContractLimits.oneLine(name, ContractLimits.CLAIM_CODE_POINTS, "a device's name");
            if (!NUMBERS.matcher(numbers).matches() || !PORT.matcher(port).matches()) {
                throw new IllegalArgumentException("not a device's numbers, or not its port");
            }
        }
    }

    /** What a device is, in the user's words. */
    public enum Kind {
        STORAGE,
        KEYBOARD,
        POINTER,
        GAME_CONTROLLER,
        OTHER_INPUT,
        CAMERA,
        /** A microphone, a loudspeaker, a MIDI instrument. */
        SOUND,
        SECURITY_KEY,
        SMART_CARD,
        SERIAL,
        NETWORK,
        BLUETOOTH,
        PRINTER,
        SCANNER_OR_PHONE,
        /** It waits for another firmware. */
        FIRMWARE,
        /** Something that only its maker's program understands. */
        SPECIAL,
        OTHER
    }

    /** What a device is doing now. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "state")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = State.Free.class, name = "free"),
        @JsonSubTypes.Type(value = State.InUse.class, name = "in-use"),
        @JsonSubTypes.Type(value = State.Mounted.class, name = "mounted"),
        @JsonSubTypes.Type(value = State.Impossible.class, name = "impossible")
    })
    public sealed interface State {
        /** Nothing that would be noticed. */
        record Free() implements State {}

        /**
         * This computer uses it, and will not be able to while it is lent.
         *
         * @param drivers the kernel's, such as {@code usbhid}; at least one
         */
        record InUse(List<String> drivers) implements State {
            public InUse {
                drivers = ContractLimits.bounded(drivers, 32, "drivers");
                if (drivers.isEmpty()) {
                    throw new IllegalArgumentException("in use by nothing");
                }
                drivers.forEach(driver -> ContractLimits.oneLine(driver, 64, "a driver"));
            }
        }

        /**
         * File systems on it are mounted; they must be unmounted before it is lent.
         *
         * @param places where, at least one
         */
        record Mounted(List<ClaimedText> places) implements State {
            public Mounted {
                places = ContractLimits.bounded(places, 32, "places");
                if (places.isEmpty()) {
                    throw new IllegalArgumentException("mounted nowhere");
                }
            }
        }

        /**
         * It cannot be lent.
         *
         * @param holder the instance that has it, if that is why; else null
         */
        record Impossible(
                Reason reason,
                @JsonSetter(nulls = Nulls.SET) @Nullable String holder) implements State {
            public Impossible {
                if ((reason == Reason.LENT) != (holder != null)) {
                    throw new IllegalArgumentException("who has a device is said when it is lent, and only then");
                }
                if (holder != null) {
                    ContractLimits.oneLine(holder, ContractLimits.LABEL_CODE_POINTS, "a holder's name");
                }
            }
        }

        /** Whether the user may choose it. */
        @JsonIgnore
        default boolean isLendable() {
            return !(this instanceof Impossible);
        }
    }

    /** Why a device cannot be lent. */
    public enum Reason {
        /** Others hang on it. */
        HUB,
        /** This computer runs from it. */
        SYSTEM_DISK,
        /** It is the only keyboard. */
        ONLY_KEYBOARD,
        /** It is the only mouse or touchpad. */
        ONLY_POINTER,
        /** Another instance has it. */
        LENT,
        /** This user may not open it. */
        NO_ACCESS
    }

    @Override
    public Optional<String> objectionTo(FromWindow.Yes answer) {
        return switch (answer) {
            case FromWindow.Picked picked -> objectionTo(picked);
            case FromWindow.Chosen _, FromWindow.Agreed _ -> Optional.of("an answer that picks no device");
        };
    }

    private Optional<String> objectionTo(FromWindow.Picked picked) {
        Set<String> left = new HashSet<>(picked.devices());
        for (Candidate device : devices) {
            if (left.remove(device.id())) {
                if (!device.state().isLendable()) {
                    return Optional.of("a device that cannot be lent");
                }
                if (device.state() instanceof State.Mounted && !picked.unmount()) {
                    return Optional.of("a mounted device that is not to be unmounted");
                }
            }
        }
        if (!left.isEmpty()) {
            return Optional.of("a device that was not offered");
        }
        return picked.devices().size() > 1 && !several ? Optional.of("more than one device") : Optional.empty();
    }

    /** A device goes to one request. */
    @Override
    public boolean isShareable() {
        return false;
    }
}
