// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;

/**
 * One line of the audit log. Every text that came from a guest has been made safe to display before it gets here.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
@JsonSubTypes({
    @JsonSubTypes.Type(value = AuditEvent.Linked.class, name = "linked"),
    @JsonSubTypes.Type(value = AuditEvent.LinkRefused.class, name = "link-refused"),
    @JsonSubTypes.Type(value = AuditEvent.LinkEnded.class, name = "link-ended"),
    @JsonSubTypes.Type(value = AuditEvent.Requested.class, name = "requested"),
    @JsonSubTypes.Type(value = AuditEvent.Decided.class, name = "decided"),
    @JsonSubTypes.Type(value = AuditEvent.Granted.class, name = "granted"),
    @JsonSubTypes.Type(value = AuditEvent.Restored.class, name = "restored"),
    @JsonSubTypes.Type(value = AuditEvent.Used.class, name = "used"),
    @JsonSubTypes.Type(value = AuditEvent.KeyUsed.class, name = "key-used"),
    @JsonSubTypes.Type(value = AuditEvent.Replaced.class, name = "replaced"),
    @JsonSubTypes.Type(value = AuditEvent.NotReplaced.class, name = "not-replaced"),
    @JsonSubTypes.Type(value = AuditEvent.Ended.class, name = "ended"),
    @JsonSubTypes.Type(value = AuditEvent.Suppressed.class, name = "suppressed")
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface AuditEvent {
    /** A VM's agent said hello. */
    record Linked(String instance, String agent) implements AuditEvent {}

    /**
     * A connection was turned away.
     *
     * @param instance whose it was; null if the policy knows no instance with this peer
     */
    record LinkRefused(@Nullable String instance, String peer, String why) implements AuditEvent {
        private AuditSource peerSource() {
            return instance == null ? AuditSource.Host.STRANGERS : AuditSource.ofInstance(instance);
        }
    }

    /** A link is over, by the guest's wish or ours. */
    record LinkEnded(String instance, String why) implements AuditEvent {}

    /**
     * An instance asked for something.
     *
     * @param request unique in this run of the backend
     * @param kind    what for: {@code file}, or of a key {@code sign}, {@code decrypt}, {@code log-in}
     */
    record Requested(String instance, String request, String kind, String claim) implements AuditEvent {}

    /** How the request ended, and why when it was not the user. */
    record Decided(
            String instance,
            String request,
            String decision,
            @Nullable String why) implements AuditEvent {}

    /** Something was lent. */
    record Granted(String instance, String request, String lease, String resource, String access, String end)
            implements AuditEvent {}

    /** What was lent before the backend, or what served it, was started anew is lent again. */
    record Restored(String instance, String lease, String resource, String end) implements AuditEvent {}

    /** The guest opened the lent resource for the first time. */
    record Used(String instance, String lease) implements AuditEvent {}

    /**
     * A key did its work for an instance that does not have it; the result has not left the host yet.
     *
     * @param key     fingerprint, of an OpenPGP key its primary one
     * @param use     {@code sign}, {@code decrypt} or {@code log-in}
     * @param subject what with, as the user saw it, in short and safe to show
     */
    record KeyUsed(String instance, String request, String key, String use, String subject) implements AuditEvent {}

    /** The guest saved: what it wrote stands in the place of a lent file now. */
    record Replaced(String instance, String lease, String name) implements AuditEvent {}

    /** The guest wanted to save, and the host's file was left as it is. */
    record NotReplaced(String instance, String lease, String name, String why) implements AuditEvent {}

    /** A lease is over and the resource out of reach. */
    record Ended(String instance, String lease, String why) implements AuditEvent {}

    /**
     * A source made more events in a minute than are recorded of those that it can make at will.
     *
     * @param events how many were left out
     * @param since  when that minute began
     */
    record Suppressed(AuditSource source, long events, String since) implements AuditEvent {}

    /** Whose event it is. */
    default AuditSource source() {
        return switch (this) {
            case Linked event -> AuditSource.ofInstance(event.instance());
            case LinkRefused event -> event.peerSource();
            case LinkEnded event -> AuditSource.ofInstance(event.instance());
            case Requested event -> AuditSource.ofInstance(event.instance());
            case Decided event -> AuditSource.ofInstance(event.instance());
            case Granted event -> AuditSource.ofInstance(event.instance());
            case Restored event -> AuditSource.ofInstance(event.instance());
            case Used event -> AuditSource.ofInstance(event.instance());
            case KeyUsed event -> AuditSource.ofInstance(event.instance());
            case Replaced event -> AuditSource.ofInstance(event.instance());
            case NotReplaced event -> AuditSource.ofInstance(event.instance());
            case Ended event -> AuditSource.ofInstance(event.instance());
            case Suppressed event -> event.source();
        };
    }
}
