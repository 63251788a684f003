// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb;

import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.spectrum_os.portal.backend.usb.device.DeviceGoneException;
import org.spectrum_os.portal.backend.usb.device.HostDevice;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Kind;

/**
 * The last look at a device before it is attached. Whoever wants it lent has looked too, but a disk may have been mounted since, a program may have
 * opened the device, or it may have become the only keyboard.
 */
final class FreshLook {
    /** The driver that the kernel shows of what a program has claimed. */
    private static final String PROGRAM = "usbfs";

    private static final Set<Kind> INPUTS = EnumSet.of(Kind.KEYBOARD, Kind.POINTER);

    private FreshLook() {}

    /** This computer cannot do without it now. */
    static final class NeededException extends IOException {
        NeededException(HostDevice device, String why) {
            super(DeviceWords.which(device) + " is not lent: " + why);
        }
    }

    /** Whether this computer can do without it shows when what was lent just now has left its drivers. */
    static final class TooSoonException extends IOException {
        TooSoonException(HostDevice device, HostDevice lent) {
            super("whether this computer can do without " + DeviceWords.which(device) + " shows when the guest uses "
                    + DeviceWords.which(lent) + ", which is lent and still used here: try again then");
        }
    }

    /**
     * A program of this computer has the device, or a VM that nobody here lent it to: one whose monitor has not been heard of since the backend was
     * started, or one that the policy does not name.
     */
    static final class ElsewhereException extends IOException {
        ElsewhereException(HostDevice device) {
            super(DeviceWords.which(device) + " is used by a program, or is still in a VM from before this backend was"
                    + " started: end that program or that VM, or plug the device in anew");
        }
    }

    static boolean isInput(HostDevice device) {
        return device.kinds().stream().anyMatch(INPUTS::contains);
    }

    /** Whether a program has it, as the kernel shows it. */
    static boolean isElsewhere(HostDevice device) {
        return device.drivers().contains(PROGRAM);
    }

    /**
     * To be called when its hold is taken.
     *
     * @param there  what is there now
     * @param shared whether this computer keeps it
     * @throws IOException if it must not be attached now; the message says why
     */
    static void require(List<HostDevice> there, HostDevice device, DeviceHolds holds, boolean shared)
            throws IOException {
        HostDevice now = there.stream()
                .filter(device::isSameAs)
                .findFirst()
                .orElseThrow(() -> new DeviceGoneException(
                        DeviceWords.which(device) + " was unplugged, or another is in its place"));
        if (shared) {
            return;
        }
        if (now.refusal().isPresent()) {
            throw new NeededException(now, String.valueOf(now.refusal().get()));
        }
        if (!now.mounts().isEmpty()) {
            throw new NeededException(now, "it is mounted, unmount it first");
        }
        if (isElsewhere(now)) {
            throw new ElsewhereException(now);
        }
        for (HostDevice other : there) {
            if (!other.isSameAs(now)
                    && other.kinds().stream()
                            .anyMatch(
                                    kind -> INPUTS.contains(kind) && now.kinds().contains(kind))
                    && holds.of(other).stream().anyMatch(hold -> !hold.shared)
                    && isUsedHere(other)) {
                throw new TooSoonException(now, other);
            }
        }
    }

    private static boolean isUsedHere(HostDevice device) {
        return device.drivers().stream().anyMatch(driver -> !driver.equals(PROGRAM));
    }
}
