// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.contract;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.Nulls;
import org.jspecify.annotations.Nullable;

/** What the backend may say to the window process. Dialog numbers are positive and never used twice with one process. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = ToWindow.Show.class, name = "show"),
    @JsonSubTypes.Type(value = ToWindow.Close.class, name = "close")
})
public sealed interface ToWindow {

    /** The dialog this is about. */
    long id();

    /**
     * Ask the user. There must be no other dialog open: one is denied at once otherwise.
     *
     * @param instance who asks, in the host's words
     * @param phrase   a text that only the user and the host know, or null if the user has set none
     */
    record Show(
            long id,
            InstanceLabel instance,
            @JsonSetter(nulls = Nulls.SET) @Nullable String phrase,
            Question question) implements ToWindow {
        public Show {
            ContractLimits.checkId(id);
            if (phrase != null) {
                ContractLimits.oneLine(phrase, ContractLimits.LABEL_CODE_POINTS, "the phrase");
            }
        }
    }

    /** Take the dialog away at once; no answer follows. A dialog that is not open is no error: its answer has crossed this message. */
    record Close(long id, Reason reason) implements ToWindow {
        public Close {
            ContractLimits.checkId(id);
        }
    }

    /** Why a dialog goes away unanswered. */
    enum Reason {
        /** The application no longer asks. */
        WITHDRAWN,
        /** The VM, or its link, is gone. */
        VM_STOPPED,
        /** Nobody answered in time. */
        EXPIRED,
        /** The instance has lost the right to ask. */
        REVOKED
    }
}
