// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.backend.policy.UsbMode;
import org.spectrum_os.portal.consent.contract.LoanTime;
import org.spectrum_os.portal.protocol.LentDevice;
import org.spectrum_os.portal.protocol.UsbMessage;

/** Two VMs and a stick that both may ask for, and guests in them that speak the wire's own words. */
abstract class GuestsOnStage {
    static final LoanTime STOPPED = new LoanTime.Stopped();
    /** A product that "mail" may have by the user's own hand alone. */
    static final int HIDDEN = 0x2222;

    @TempDir
    Path folder;

    final FakeHost host = new FakeHost();
    final Map<String, FakeMachine> machines = Map.of("mail", new FakeMachine(host), "web", new FakeMachine(host));
    private final List<UsbGuest> guests = new ArrayList<>();
    UsbStage stage;

    @BeforeEach
    void open() throws Exception {
        host.plug(FakeHost.stick("1-2", UsbStage.ULTRA, "S"));
        stage = new UsbStage(
                folder,
                host,
                machines,
                UsbStage.policy(
                        UsbStage.instance(
                                "mail",
                                UsbStage.rule(UsbMode.ASK, UsbStage.ULTRA),
                                UsbStage.rule(UsbMode.MANUAL, HIDDEN)),
                        UsbStage.instance("web", UsbStage.rule(UsbMode.ASK, UsbStage.ULTRA))));
    }

    @AfterEach
    void close() throws Exception {
        for (UsbGuest guest : guests) {
            guest.close();
        }
        stage.close();
    }

    UsbGuest guest(String instance) throws IOException {
        UsbGuest guest = stage.guest(instance);
        guests.add(guest);
        return guest;
    }

    LentDevice lent(UsbGuest guest, boolean keep, String id) throws Exception {
        guest.acquire(keep, id);
        stage.agree(stage.shown(), STOPPED, false);
        return guest.next(UsbMessage.Granted.class).devices().getFirst();
    }
}
