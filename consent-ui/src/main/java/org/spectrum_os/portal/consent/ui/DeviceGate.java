// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.spectrum_os.portal.consent.contract.DeviceQuestion;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Candidate;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.State;
import org.spectrum_os.portal.consent.contract.FromWindow.Picked;
import org.spectrum_os.portal.consent.contract.LoanTime;

/** Lets through to the answer only what can be lent, and of what is mounted only what the user was told will be unmounted. */
public final class DeviceGate {
    private DeviceGate() {}

    /** The devices as they are listed: those that can be chosen first, each part in the order of the question. */
    public static List<Candidate> listed(DeviceQuestion question) {
        return Stream.concat(
                        question.devices().stream().filter(DeviceGate::isLendable),
                        question.devices().stream().filter(device -> !isLendable(device)))
                .toList();
    }

    private static boolean isLendable(Candidate device) {
        return device.state().isLendable();
    }

    /** What is chosen before the user has chosen: the only device that can be, if there is only one. */
    public static List<String> chosenFirst(DeviceQuestion question) {
        List<String> lendable = question.devices().stream()
                .filter(DeviceGate::isLendable)
                .map(Candidate::id)
                .toList();
        return lendable.size() == 1 ? lendable : List.of();
    }

    /** Those of the devices that are named and can be lent, in the order of the question. */
    public static List<Candidate> chosen(DeviceQuestion question, Collection<String> ids) {
        Set<String> named = new HashSet<>(ids);
        return question.devices().stream()
                .filter(device -> isLendable(device) && named.contains(device.id()))
                .toList();
    }

    /** Whether something is mounted that must not be when it is lent. */
    public static boolean mustUnmount(List<Candidate> chosen) {
        return chosen.stream().anyMatch(device -> device.state() instanceof State.Mounted);
    }

    /** The answer to dialog {@code id}, or empty if there is none to be made of what is picked. */
    static Optional<Picked> answer(long id, DeviceQuestion question, DevicePick pick) {
        List<Candidate> chosen = chosen(question, pick.devices());
        boolean unmount = mustUnmount(chosen);
        if (chosen.isEmpty()
                || chosen.size() != pick.devices().size()
                || (chosen.size() > 1 && !question.several())
                || (unmount && !pick.unmount())
                || pick.loan() instanceof LoanTime.Revoked) {
            return Optional.empty();
        }
        return Optional.of(new Picked(id, chosen.stream().map(Candidate::id).toList(), pick.loan(), unmount));
    }
}
