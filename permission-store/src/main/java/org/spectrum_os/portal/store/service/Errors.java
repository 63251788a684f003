// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.service;

import java.io.IOException;
import org.spectrum_os.portal.dbus.ErrorNames;
import org.spectrum_os.portal.dbus.OrderedCall;
import org.spectrum_os.portal.dbus.marshal.MarshalException;
import org.spectrum_os.portal.store.Change;
import org.spectrum_os.portal.store.Outcome;
import org.spectrum_os.portal.store.Store;

/**
 * What callers are told when something was not done. NotFound has the stock service's texts, which differ by method. What is refused for
 * its size is LimitsExceeded: nothing is broken (Failed), and there is no way to say it better (InvalidArgs).
 */
final class Errors {
    private static final int MIB = 1 << 20;

    private Errors() {}

    /** Answers a call with why its change was not made. */
    static void answer(OrderedCall call, Change change, Outcome.Refused refused) {
        switch (refused.why()) {
            case NO_ENTRY -> noEntry(call, change);
            case NO_PERMISSION -> notFound(call, "No such permission for " + change.id());
            case NOT_OVER -> call.error(ErrorNames.PORTAL_FAILED, "The permission's time has not come");
            case EXISTS -> call.error(ErrorNames.PORTAL_EXISTS, "There is an entry " + change.id() + " already");
            case UNFIT ->
                call.error(
                        ErrorNames.LIMITS_EXCEEDED,
                        "The change was not made: one change may hold at most " + Store.LARGEST_CHANGE / MIB
                                + " MiB, and a value at most " + Store.MOST_PARTS + " parts");
            case FULL ->
                call.error(
                        ErrorNames.LIMITS_EXCEEDED,
                        "The change was not made: the store holds " + Store.LARGEST / MIB
                                + " MiB already; delete entries that nobody needs");
        }
    }

    private static void noEntry(OrderedCall call, Change change) {
        switch (change) {
            case Change.Set _, Change.SetValue _, Change.SetPermission _ ->
                notFound(call, "Id " + change.id() + " not found");
            case Change.Grant _, Change.DeletePermission _, Change.Delete _, Change.Use _, Change.Finish _ ->
                noEntry(call, change.id());
        }
    }

    static void noEntry(OrderedCall call, String id) {
        notFound(call, "No entry for " + id);
    }

    private static void notFound(OrderedCall call, String text) {
        call.error(ErrorNames.PORTAL_NOT_FOUND, text);
    }

    /** For a change that could not be written; nothing has changed. */
    static void answer(OrderedCall call, Outcome.Failed failed) {
        call.error(
                ErrorNames.PORTAL_FAILED,
                "The change was not made: " + failed.cause().getMessage());
    }

    /** For a revocation that the disk stopped halfway. */
    static void partly(OrderedCall call, int ended, int all, IOException failure) {
        call.error(
                ErrorNames.PORTAL_FAILED,
                "Of " + all + " permissions only " + ended + " were ended; try again: " + failure.getMessage());
    }

    /** For arguments that are not what the method takes, or whose meaning would end with the message. */
    static void malformed(OrderedCall call, MarshalException problem) {
        call.error(
                ErrorNames.INVALID_ARGS,
                "The arguments of " + call.member() + " cannot be stored: " + problem.getMessage());
    }

    /** For what is stored and yet is more than one message can carry. */
    static void tooMuch(OrderedCall call, Exception problem) {
        call.error(
                ErrorNames.LIMITS_EXCEEDED,
                "The answer to " + call.member() + " does not fit a message: " + problem.getMessage());
    }

    static void leaving(OrderedCall call) {
        call.error(
                ErrorNames.PORTAL_FAILED, "This permission store is being replaced or stopped; ask its bus name again");
    }
}
