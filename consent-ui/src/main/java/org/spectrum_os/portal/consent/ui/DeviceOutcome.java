// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import java.util.List;
import org.spectrum_os.portal.consent.contract.DeviceQuestion;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Candidate;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Kind;
import org.spectrum_os.portal.consent.contract.InstanceLabel;
import org.spectrum_os.portal.consent.contract.LoanTime;

/** The sentence that says what will happen if the user agrees to lend devices, in step with what is chosen and for how long. */
public final class DeviceOutcome {
    private DeviceOutcome() {}

    /**
     * What is about to happen.
     *
     * @param chosen may be empty
     */
    public static Sentence sentence(
            InstanceLabel asker, DeviceQuestion question, List<Candidate> chosen, LoanTime loan) {
        String vm = asker.name();
        if (chosen.isEmpty()) {
            return Sentence.of(
                    question.several() ? "Choose the devices that " : "Choose the device that ",
                    vm,
                    " may use. Nothing is lent until you do.");
        }
        boolean one = chosen.size() == 1;
        return Sentence.of(
                "",
                vm,
                " will have ",
                one ? DeviceWording.inSentence(chosen.getFirst()) : chosen.size() + " devices",
                one ? where(question, chosen.getFirst()) : "",
                one ? port(question, chosen.getFirst()) : "",
                end(loan) + meanwhile(chosen));
    }

    private static String where(DeviceQuestion question, Candidate device) {
        return DeviceWording.hasTwin(question, device) ? " at port " : "";
    }

    private static String port(DeviceQuestion question, Candidate device) {
        return DeviceWording.hasTwin(question, device) ? device.port() : "";
    }

    private static String end(LoanTime loan) {
        return switch (loan) {
            case LoanTime.Stopped() -> " until it stops.";
            case LoanTime.Over(long seconds) ->
                " for " + Wording.time(seconds) + ", or until it stops if that is sooner.";
            case LoanTime.Revoked() ->
                throw new IllegalArgumentException("no device is lent beyond the stop of the VM");
        };
    }

    private static String meanwhile(List<Candidate> chosen) {
        if (chosen.stream().allMatch(device -> device.kinds().getFirst() == Kind.SECURITY_KEY)) {
            // Shared where the monitor can do that, so nothing can be said for certain.
            return "";
        }
        String them = chosen.size() == 1 ? "it" : "them";
        return DeviceGate.mustUnmount(chosen)
                ? " What is mounted is unmounted first, and this computer cannot use " + them + " meanwhile."
                : " This computer cannot use " + them + " meanwhile.";
    }
}
