// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.consent.Asker;
import org.spectrum_os.portal.backend.consent.ConsentDesk;
import org.spectrum_os.portal.backend.consent.Decision;
import org.spectrum_os.portal.backend.consent.DecisionLog;
import org.spectrum_os.portal.backend.policy.Instance;
import org.spectrum_os.portal.backend.policy.UsbMode;
import org.spectrum_os.portal.backend.usb.device.HostDevice;
import org.spectrum_os.portal.backend.usb.device.HostDevices;
import org.spectrum_os.portal.consent.contract.FromWindow;
import org.spectrum_os.portal.consent.contract.InstanceLabel;
import org.spectrum_os.portal.consent.contract.ToWindow;
import org.spectrum_os.portal.protocol.LogBudget;
import org.spectrum_os.portal.store.audit.AuditBook;
import org.spectrum_os.portal.store.audit.AuditEvent;
import org.spectrum_os.portal.store.lease.Lease;

/**
 * From what a guest asks for to what the user lends. Thread-safe. A reply comes on the consent desk's executor and may block there, or, if the user
 * is not asked, on the thread of the one who asked.
 */
final class UsbConsent {
    private static final System.Logger LOG = System.getLogger(UsbConsent.class.getName());

    private final ConsentDesk desk;
    private final AuditBook audit;
    private final DecisionLog log;
    private final DeviceRules rules;
    private final HostDevices devices;
    private final DeviceChoices choices;
    private final ChosenDevices chosen;
    private final AtomicLong requests = new AtomicLong();
    /** Put and not answered: whoever takes one out answers it. */
    private final Set<Question> questions = ConcurrentHashMap.newKeySet();

    private final LogBudget lines = new LogBudget();

    UsbConsent(
            ConsentDesk desk,
            AuditBook audit,
            DeviceRules rules,
            HostDevices devices,
            DeviceChoices choices,
            ChosenDevices chosen) {
        this.desk = desk;
        this.audit = audit;
        this.log = new DecisionLog(audit);
        this.rules = rules;
        this.devices = devices;
        this.choices = choices;
        this.chosen = chosen;
    }

    /** What became of a wish. */
    sealed interface Reply {
        /** These are lent, and attached; at least one. Whoever cannot pass them on gives them back. */
        record Lent(List<Had> devices) implements Reply {}

        record Refused(Decision.Refused decision) implements Reply {}
    }

    /** A device, and by which lease an instance has it. */
    record Had(Lease lease, HostDevice device) {}

    /** A wish that can be withdrawn. */
    @FunctionalInterface
    interface Pending {
        /** Takes the question away. A reply that is on its way may still come. */
        void withdraw(ToWindow.Reason reason);
    }

    /** One that was put to the user. */
    private static final class Question {
        final String name;
        final String number;
        final DeviceChoices.Offer offer;
        final Consumer<Reply> reply;

        volatile ConsentDesk.@Nullable Ticket ticket;

        Question(String name, String number, DeviceChoices.Offer offer, Consumer<Reply> reply) {
            this.name = name;
            this.number = number;
            this.offer = offer;
            this.reply = reply;
        }

        void withdraw(ToWindow.Reason reason) {
            ConsentDesk.Ticket its = ticket;
            if (its != null) {
                its.withdraw(reason);
            }
        }
    }

    /** The answer is no, without a question. */
    static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1;

        final Decision.Why why;

        RefusedException(Decision.Why why, String message) {
            super(message);
            this.why = why;
        }
    }

    /** Asks for an instance; {@code reply} is called once, unless the wish is withdrawn before. */
    Pending ask(String name, DeviceWish wish, Consumer<Reply> reply) {
        return ask(name, "usb-" + requests.incrementAndGet(), wish, reply);
    }

    /**
     * Asks the user anew, on behalf of the instance that had a device by {@code before}, whether it may have what has come back in its place. The
     * guest is not told of the answer: nobody there has asked. It sees the device, and gets it at once when it asks for what it has already.
     */
    void askAnew(Lease before, HostDevice now) {
        boolean asks = rules.rule(before.owner(), now.identity())
                .filter(rule -> rule.mode() == UsbMode.ASK)
                .isPresent();
        if (asks) {
            var _ = ask(before.owner(), new DeviceWish.These(List.of(now)), reply -> {
                switch (reply) {
                    case Reply.Lent _ -> LOG.log(INFO, "{0} has what became of {1}", before.owner(), before.name());
                    case Reply.Refused(var decision) ->
                        LOG.log(
                                INFO,
                                "{0} does not get what became of {1}: {2}",
                                before.owner(),
                                before.name(),
                                decision.why());
                }
            });
        }
    }

    private Pending ask(String name, String number, DeviceWish wish, Consumer<Reply> reply) {
        try {
            audit.writeWithinBudget(new AuditEvent.Requested(name, number, "usb", wish.inWords()));
            Instance instance = entitled(name);
            List<DeviceRules.Fitting> fitting = choices.fitting(name, wish);
            List<HostDevice> its = chosen.itsAlready(name, wish, fitting);
            if (!its.isEmpty()) {
                // A guest can have this written as often as it likes.
                audit.writeWithinBudget(
                        new AuditEvent.Decided(name, number, "allowed", "it has " + DeviceWords.which(its)));
                reply.accept(new Reply.Lent(chosen.claim(name, number, its)));
                return _ -> {};
            }
            return question(instance, number, choices.of(fitting, wish.several()), reply);
        } catch (RefusedException e) {
            lines.write(name, name + " gets no device: " + e.getMessage(), line -> LOG.log(INFO, line));
            refuse(name, number, new Decision.Denied(e.why), reply);
        } catch (IOException e) {
            LOG.log(WARNING, "{0} is refused a device: {1}", name, e.getMessage());
            refuse(name, number, new Decision.Denied(Decision.Why.NOT_RECORDED), reply);
        }
        return _ -> {};
    }

    private Instance entitled(String name) throws RefusedException {
        Instance instance = rules.instance(name)
                .orElseThrow(() -> new RefusedException(Decision.Why.BY_POLICY, "the policy does not know it"));
        if (desk.isBlocked(name)) {
            throw new RefusedException(Decision.Why.BLOCKED, "the user has blocked it");
        }
        return instance;
    }

    private Pending question(Instance instance, String number, DeviceChoices.Offer offer, Consumer<Reply> reply) {
        String name = instance.name();
        var question = new Question(name, number, offer, reply);
        questions.add(question);
        var asker = new Asker(name, new InstanceLabel(name, instance.colour().hex()));
        question.ticket = desk.ask(asker, offer.question(), decision -> {
            if (questions.remove(question)) {
                decided(question, decision);
            }
        });
        // What went while the question was being put was looked for in vain.
        closeIfGone(question);
        return reason -> {
            if (questions.remove(question)) {
                question.withdraw(reason);
                log.withdrawn(name, number);
            }
        };
    }

    private void decided(Question question, Decision decision) {
        String name = question.name;
        String number = question.number;
        switch (decision) {
            case Decision.Allowed(FromWindow.Picked picked) ->
                carryOut(name, number, question.offer, picked, question.reply);
            case Decision.Allowed(FromWindow.Chosen _), Decision.Allowed(FromWindow.Agreed _) ->
                refuse(name, number, new Decision.Denied(Decision.Why.WINDOW_LOST), question.reply);
            case Decision.Refused refused -> refuse(name, number, refused, question.reply);
        }
    }

    /** A device has gone: nobody is asked about what is not there. */
    void unplugged() {
        questions.forEach(this::closeIfGone);
    }

    private void closeIfGone(Question question) {
        List<HostDevice> there = devices.now();
        boolean left = there.stream()
                .anyMatch(device -> question.offer.shown().values().stream().anyMatch(device::isSameAs)
                        && choices.state(device).isLendable());
        if (!left && question.ticket != null && questions.remove(question)) {
            question.withdraw(ToWindow.Reason.WITHDRAWN);
            refuse(question.name, question.number, new Decision.Denied(Decision.Why.DEVICE_CHANGED), question.reply);
        }
    }

    private void carryOut(
            String name, String number, DeviceChoices.Offer offer, FromWindow.Picked picked, Consumer<Reply> reply) {
        List<Had> lent;
        try {
            List<HostDevice> meant = chosen.check(name, offer.picked(picked), picked.unmount());
            audit.write(new AuditEvent.Decided(name, number, "allowed", null));
            lent = chosen.lend(name, number, meant, picked.loan());
        } catch (RefusedException e) {
            LOG.log(WARNING, "{0} gets no device: {1}", name, e.getMessage());
            refuse(name, number, new Decision.Denied(e.why), reply);
            return;
        } catch (IOException e) {
            LOG.log(WARNING, "{0} is refused a device: {1}", name, e.getMessage());
            refuse(name, number, new Decision.Denied(Decision.Why.NOT_RECORDED), reply);
            return;
        } catch (RuntimeException e) {
            // A device says what it likes; whoever asked for it must hear an answer all the same.
            LOG.log(WARNING, name + " gets no device, by a fault of this program", e);
            refuse(name, number, new Decision.Denied(Decision.Why.DEVICE_FAILED), reply);
            return;
        }
        reply.accept(new Reply.Lent(lent));
    }

    private void refuse(String name, String number, Decision.Refused decision, Consumer<Reply> reply) {
        log.refused(name, number, decision);
        reply.accept(new Reply.Refused(decision));
    }

    /** What an instance may see now. Does not wait. */
    List<DeviceRules.Fitting> visible(String name) {
        return rules.visible(name, devices.now());
    }
}
