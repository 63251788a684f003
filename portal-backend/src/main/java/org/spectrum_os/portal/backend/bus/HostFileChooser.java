// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.bus;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.consent.Asker;
import org.spectrum_os.portal.backend.consent.ConsentDesk;
import org.spectrum_os.portal.backend.consent.Decision;
import org.spectrum_os.portal.backend.consent.DecisionLog;
import org.spectrum_os.portal.backend.file.FileQuestions;
import org.spectrum_os.portal.backend.file.Picked;
import org.spectrum_os.portal.backend.file.RefusedRequestException;
import org.spectrum_os.portal.backend.policy.Policy;
import org.spectrum_os.portal.backend.policy.Rule;
import org.spectrum_os.portal.chooser.Chooser;
import org.spectrum_os.portal.chooser.FileUris;
import org.spectrum_os.portal.consent.contract.ContractLimits;
import org.spectrum_os.portal.consent.contract.FileQuestion;
import org.spectrum_os.portal.consent.contract.FromWindow;
import org.spectrum_os.portal.consent.contract.InstanceLabel;
import org.spectrum_os.portal.consent.contract.ToWindow;
import org.spectrum_os.portal.protocol.ChosenOption;
import org.spectrum_os.portal.protocol.DisplayText;
import org.spectrum_os.portal.protocol.FileAsk;
import org.spectrum_os.portal.protocol.ResponseCode;
import org.spectrum_os.portal.protocol.Untrusted;
import org.spectrum_os.portal.store.audit.AuditBook;
import org.spectrum_os.portal.store.audit.AuditEvent;

/**
 * Asks the user on behalf of applications that run on the host itself. They and their portal have the user's own files in reach, so what is
 * chosen is answered as a path and the portal restricts it from there (its document store is what can take it back); no lease of ours could.
 */
public final class HostFileChooser implements Chooser {
    private static final System.Logger LOG = System.getLogger(HostFileChooser.class.getName());
    private static final String UNNAMED = "an application";

    private final Supplier<Policy.HostRules> rules;
    private final ConsentDesk desk;
    private final AuditBook audit;
    private final DecisionLog log;
    private final AtomicLong requests = new AtomicLong();

    /**
     * @param rules those in force now
     */
    public HostFileChooser(Supplier<Policy.HostRules> rules, ConsentDesk desk, AuditBook audit) {
        this.rules = rules;
        this.desk = desk;
        this.audit = audit;
        this.log = new DecisionLog(audit);
    }

    @Override
    public Pending choose(String caller, String appId, FileAsk ask, Consumer<Result> answered) {
        return new Request("host-" + requests.incrementAndGet(), caller, appId, ask, answered);
    }

    /** The host's portal vouches for the id; it is empty for what is not confined. Made safe it may be longer than it was. */
    private static String nameOf(String appId) {
        if (appId.isBlank()) {
            return UNNAMED;
        }
        int kept = ContractLimits.LABEL_CODE_POINTS;
        String shown;
        do {
            shown = DisplayText.of(Untrusted.of(appId), kept--).toString();
        } while (shown.codePointCount(0, shown.length()) > ContractLimits.LABEL_CODE_POINTS);
        return shown;
    }

    private final class Request implements Pending {
        private final String number;
        private final String key;
        private final InstanceLabel label;
        private final FileAsk ask;
        private final Consumer<Result> answered;
        private ConsentDesk.@Nullable Ticket ticket;
        private boolean ended;

        Request(String number, String caller, String appId, FileAsk ask, Consumer<Result> answered) {
            this.number = number;
            this.key = "host:" + (appId.isEmpty() ? caller : appId);
            this.label =
                    InstanceLabel.hostApp(nameOf(appId), rules.get().colour().hex());
            this.ask = ask;
            this.answered = answered;
        }

        @Override
        public void start() {
            try {
                FileQuestion question = FileQuestions.from(ask);
                audit.writeWithinBudget(new AuditEvent.Requested(
                        key, number, "file", question.title().text()));
                if (rules.get().file() == Rule.DENY) {
                    refuse(new Decision.Denied(Decision.Why.BY_POLICY));
                    return;
                }
                var asked = desk.ask(new Asker(key, label), question, this::decided);
                synchronized (this) {
                    ticket = asked;
                    if (ended) {
                        asked.withdraw(ToWindow.Reason.WITHDRAWN);
                    }
                }
            } catch (RefusedRequestException e) {
                LOG.log(INFO, "{0} asks for files in a way that is not offered: {1}", key, e.getMessage());
                refuse(new Decision.Denied(Decision.Why.NOT_OFFERED));
            } catch (IOException e) {
                LOG.log(WARNING, e.getMessage());
                refuse(new Decision.Denied(Decision.Why.NOT_RECORDED));
            }
        }

        private void decided(Decision decision) {
            switch (decision) {
                case Decision.Allowed(FromWindow.Chosen answer) -> chosen(answer);
                case Decision.Allowed(FromWindow.Agreed _), Decision.Allowed(FromWindow.Picked _) ->
                    refuse(new Decision.Denied(Decision.Why.WINDOW_LOST));
                case Decision.Refused refused -> refuse(refused);
            }
        }

        private void chosen(FromWindow.Chosen answer) {
            var files = new ArrayList<String>();
            try {
                for (FromWindow.PickedFile picked : answer.files()) {
                    files.add(Picked.check(picked).toString());
                }
                audit.write(new AuditEvent.Decided(key, number, "allowed", String.join(", ", files)));
            } catch (IOException e) {
                LOG.log(WARNING, "nothing is answered to {0}: {1}", key, e.getMessage());
                refuse(new Decision.Denied(Decision.Why.FILE_CHANGED));
                return;
            }
            List<String> uris = files.stream().map(FileUris::of).toList();
            if (end()) {
                answered.accept(new Result.Chosen(
                        uris,
                        answer.choices().stream()
                                .map(picked -> new ChosenOption(picked.id(), picked.option()))
                                .toList(),
                        answer.filter(),
                        false));
            }
        }

        private void refuse(Decision.Refused decision) {
            if (!end()) {
                return;
            }
            log.refused(key, number, "refused", decision);
            answered.accept(new Result.None(ResponseCode.of(decision.outcome())));
        }

        private synchronized boolean end() {
            boolean first = !ended;
            ended = true;
            return first;
        }

        @Override
        public boolean withdraw() {
            if (!end()) {
                return false;
            }
            ConsentDesk.Ticket asked;
            synchronized (this) {
                asked = ticket;
            }
            if (asked != null) {
                asked.withdraw(ToWindow.Reason.WITHDRAWN);
            }
            return true;
        }
    }
}
