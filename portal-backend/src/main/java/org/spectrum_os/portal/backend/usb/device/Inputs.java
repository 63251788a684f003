// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb.device;

import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Kind;

/**
 * What one can type and point with on this computer, of whatever bus, by what the kernel says that each is capable of. Inputs that
 * programs make (remapped keys, remote desktops) do not count: they are nothing without a real one behind them.
 */
record Inputs(List<Input> all) {
    /** Event codes of {@code linux/input-event-codes.h}. */
    private static final int BTN_MOUSE = 0x110;

    private static final int BTN_JOYSTICK = 0x120;
    private static final int BTN_DIGI = 0x140;
    private static final int BTN_TOOL_FINGER = 0x145;
    /** ESC to D: what has all of them has letters. */
    private static final long LETTERS = 0xfffffffeL;

    /** Horizontal and vertical. */
    private static final int BOTH_WAYS = 3;

    private static final BigInteger WORD = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

    /**
     * One.
     *
     * @param folder in sysfs, links resolved
     */
    record Input(Path folder, Kind kind) {}

    static Inputs read(HostRoot root) {
        List<Input> all = new ArrayList<>();
        for (Path entry : HostRoot.entries(root.sys("class/input"))) {
            if (entry.getFileName().toString().startsWith("input")) {
                HostRoot.target(entry)
                        .filter(folder -> !folder.startsWith(root.sys("devices/virtual")))
                        .filter(folder -> !HostRoot.attribute(folder, "inhibited")
                                .orElse("0")
                                .equals("1"))
                        .ifPresent(folder -> all.add(new Input(folder, kind(folder))));
            }
        }
        return new Inputs(all);
    }

    private static Kind kind(Path folder) {
        BigInteger keys = bits(folder, "key");
        if ((keys.longValue() & LETTERS) == LETTERS) {
            return Kind.KEYBOARD;
        }
        boolean relative = (bits(folder, "rel").intValue() & BOTH_WAYS) == BOTH_WAYS;
        boolean absolute = (bits(folder, "abs").intValue() & BOTH_WAYS) == BOTH_WAYS;
        if ((keys.testBit(BTN_MOUSE) && (relative || absolute)) || (keys.testBit(BTN_TOOL_FINGER) && absolute)) {
            return Kind.POINTER;
        }
        for (int button = BTN_JOYSTICK; button < BTN_DIGI; button++) {
            if (keys.testBit(button)) {
                return Kind.GAME_CONTROLLER;
            }
        }
        return Kind.OTHER_INPUT;
    }

    /** The kernel writes them as words of 64 bits, the most significant first, without the zeros in front of each. */
    private static BigInteger bits(Path folder, String of) {
        BigInteger bits = BigInteger.ZERO;
        for (String word : HostRoot.attribute(folder, "capabilities/" + of)
                .orElse("0")
                .strip()
                .split(" +", 32)) {
            try {
                bits = bits.shiftLeft(64)
                        .or(BigInteger.valueOf(Long.parseUnsignedLong(word, 16)).and(WORD));
            } catch (NumberFormatException _) {
                return BigInteger.ZERO;
            }
        }
        return bits;
    }

    /** What a device's own are. */
    Set<Kind> kindsBelow(Path device) {
        Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        all.stream().filter(input -> input.folder().startsWith(device)).forEach(input -> kinds.add(input.kind()));
        return kinds;
    }

    /**
     * Whether there is one of this kind elsewhere.
     *
     * @param not folders whose inputs do not count
     */
    boolean hasElsewhere(Kind kind, List<Path> not) {
        return all.stream()
                .anyMatch(input -> input.kind() == kind && not.stream().noneMatch(input.folder()::startsWith));
    }
}
