// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.contract;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Optional;

/** What the user is asked. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "about")
@JsonSubTypes({
    @JsonSubTypes.Type(value = FileQuestion.class, name = "files"),
    @JsonSubTypes.Type(value = KeyQuestion.class, name = "key"),
    @JsonSubTypes.Type(value = DeviceQuestion.class, name = "device")
})
public sealed interface Question permits FileQuestion, KeyQuestion, DeviceQuestion {
    /** Why {@code answer} is no answer to this question, or empty if it is one. */
    Optional<String> objectionTo(FromWindow.Yes answer);

    /** Whether one answer can stand for several equal questions. */
    @JsonIgnore
    boolean isShareable();
}
