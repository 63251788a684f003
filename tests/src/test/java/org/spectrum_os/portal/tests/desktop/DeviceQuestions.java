// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.desktop;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.consent.contract.ClaimedText;
import org.spectrum_os.portal.consent.contract.DeviceQuestion;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Candidate;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Kind;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Reason;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.State;
import org.spectrum_os.portal.consent.contract.LoanTime;
import org.spectrum_os.portal.protocol.DisplayText;
import org.spectrum_os.portal.protocol.Limits;
import org.spectrum_os.portal.protocol.Untrusted;

/** Questions about devices, as the backend asks them. */
final class DeviceQuestions {
    static final LoanTime STOPPED = new LoanTime.Stopped();
    static final State FREE = new State.Free();

    static final Candidate STICK = stick("1-2.3", new State.InUse(List.of("usb-storage")));
    static final Candidate MOUNTED =
            stick("1-4", new State.Mounted(List.of(claim("/media/ada/HOLIDAY"), claim("/media/ada/MUSIC"))));
    static final Candidate KEYBOARD = device(
            "3-1",
            "046d:c31c",
            "Logitech, Inc. Keyboard K120",
            "USB Keyboard",
            null,
            new State.InUse(List.of("usbhid")),
            Kind.KEYBOARD);
    static final Candidate SECURITY_KEY = device(
            "1-1",
            "1050:0407",
            "Yubico.com Yubikey 4/5 OTP+U2F+CCID",
            "YubiKey OTP+FIDO+CCID",
            null,
            new State.InUse(List.of("usbhid", "usbfs")),
            Kind.SECURITY_KEY,
            Kind.KEYBOARD,
            Kind.SMART_CARD);
    static final Candidate CAMERA = device(
            "2-1.4.1",
            "046d:0825",
            "Logitech, Inc. Webcam C270",
            null,
            "8A3B1F20",
            new State.InUse(List.of("uvcvideo", "snd-usb-audio")),
            Kind.CAMERA,
            Kind.SOUND);
    static final Candidate NAMELESS = device("1-7", "1d6b:0104", "", "Gadget of Ada", "0001", FREE, Kind.SPECIAL);

    private DeviceQuestions() {}

    /** As the backend does it. */
    static ClaimedText claim(String text) {
        return ClaimedText.of(DisplayText.of(Untrusted.of(text), Limits.TEXT_CODE_POINTS));
    }

    static Candidate device(
            String port,
            String numbers,
            String name,
            @Nullable String itself,
            @Nullable String serial,
            State state,
            Kind... kinds) {
        return new Candidate(
                "at " + port,
                List.of(kinds),
                name,
                itself == null ? null : claim(itself),
                serial == null ? null : claim(serial),
                numbers,
                port,
                state);
    }

    static Candidate stick(String port, State state) {
        return device(
                port,
                "0781:5583",
                "SanDisk Corp. Ultra Fit",
                "SanDisk Ultra Fit",
                "4C530001140610111433",
                state,
                Kind.STORAGE);
    }

    static DeviceQuestion one(Candidate... devices) {
        return new DeviceQuestion(List.of(devices), false, STOPPED);
    }

    static DeviceQuestion several(Candidate... devices) {
        return new DeviceQuestion(List.of(devices), true, STOPPED);
    }

    /** Everything that cannot be lent, for each reason, and what can. */
    static DeviceQuestion withImpossible(Candidate... lendable) {
        List<Candidate> devices = new ArrayList<>();
        for (Reason reason : Reason.values()) {
            devices.add(device(
                    "5-" + (devices.size() + 1),
                    "1d6b:0002",
                    "Maker of " + reason.name(),
                    "Hub",
                    null,
                    new State.Impossible(reason, reason == Reason.LENT ? "work" : null),
                    Kind.OTHER));
        }
        devices.addAll(List.of(lendable));
        return new DeviceQuestion(devices, false, STOPPED);
    }

    /** As many as there can be. */
    static DeviceQuestion most(boolean several) {
        return new DeviceQuestion(
                IntStream.rangeClosed(1, DeviceQuestion.MOST)
                        .mapToObj(i -> stick("1-" + i, FREE))
                        .toList(),
                several,
                STOPPED);
    }
}
