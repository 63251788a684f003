// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Runs a program's main part so that Ctrl-C and SIGTERM interrupt it, and the JVM ends only when it has put everything away. */
final class Curtain {
    private static final Duration PUT_AWAY = Duration.ofSeconds(40);
    private static final int FAILED = 1;

    private Curtain() {}

    /** The main part; returns the exit status. */
    interface Act {
        int run() throws IOException, InterruptedException;
    }

    /**
     * Runs it on this thread.
     *
     * @return its exit status, or 1, and a line on standard error, if it failed
     */
    static int run(String program, Act act) {
        Thread main = Thread.currentThread();
        var over = new CountDownLatch(1);
        Thread hook = Thread.ofPlatform().unstarted(() -> {
            if (over.getCount() > 0) {
                main.interrupt();
                try {
                    boolean inTime = over.await(PUT_AWAY.toSeconds(), TimeUnit.SECONDS);
                    System.err.println(program
                            + (inTime ? ": interrupted; nothing is left running" : ": could not put everything away"));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        });
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return act.run();
        } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
            // What fails because we were told to stop is no news.
            if (!hook.isAlive()) {
                System.err.println(program + ": " + e.getMessage());
            }
            return FAILED;
        } finally {
            over.countDown();
        }
    }
}
