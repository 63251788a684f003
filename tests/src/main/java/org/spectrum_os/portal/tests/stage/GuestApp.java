// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.spectrum_os.portal.tests.guest.CommandResult;
import org.spectrum_os.portal.tests.guest.GuestVm;

/** The application in the guest while it runs: what it has said so far. */
final class GuestApp {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String OUTPUT = "/tmp/application.out";
    private static final String ENDED = "the application ended with status ";

    private final GuestVm guest;

    private GuestApp(GuestVm guest) {
        this.guest = guest;
    }

    /** Starts a program of {@code tests/guest/apps} in the background as the application's user. One at a time. */
    static GuestApp start(GuestVm guest, GuestAgent agent, String program, String... arguments)
            throws IOException, InterruptedException {
        guest.sh("install -o app -m 600 /dev/null " + OUTPUT).orThrow();
        String words = Arrays.stream(arguments).collect(Collectors.joining(" "));
        agent.asApp(
                        "sh -c '(/opt/spectrum-portal/apps/" + program + " " + words + "; echo \"" + ENDED + "$?\") >"
                                + OUTPUT + " 2>&1 </dev/null &'",
                        PATIENCE)
                .orThrow();
        return new GuestApp(guest);
    }

    /** What it has said so far. */
    AppReport report() throws IOException, InterruptedException {
        CommandResult said = guest.sh("cat " + OUTPUT, PATIENCE).orThrow();
        return AppReport.of(said);
    }

    /** Waits until it says {@code event}; empty if it ends without. */
    Optional<JsonNode> await(String event, Duration patience) throws IOException, InterruptedException {
        String look =
                "until grep -q -e '\"event\": \"%s\"' -e '^%s' %s; do sleep 0.1; done".formatted(event, ENDED, OUTPUT);
        if (guest.sh(look, patience).status() != 0) {
            throw new IOException("the application did not say “" + event + "” within " + patience.toSeconds() + " s: "
                    + report().everything());
        }
        return report().first(event);
    }

    /** Waits until it has ended. */
    AppReport awaitEnd(Duration patience) throws IOException, InterruptedException {
        var _ = await("never said", patience);
        return report();
    }
}
