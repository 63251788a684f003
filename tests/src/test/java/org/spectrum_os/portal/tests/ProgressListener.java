// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/** Says on standard error how each test of this module went and how long it took, since some of them take a minute. */
public final class ProgressListener implements TestExecutionListener {
    private final Map<String, Long> begun = new ConcurrentHashMap<>();

    @Override
    public void executionStarted(TestIdentifier test) {
        begun.put(test.getUniqueId(), System.nanoTime());
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        System.err.println("test   skipped            " + name(test) + ": " + reason);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        Long begin = begun.remove(test.getUniqueId());
        boolean passed = result.getStatus() == TestExecutionResult.Status.SUCCESSFUL;
        // A container speaks only when it fails: its tests speak for themselves.
        if (begin != null && (test.isTest() || !passed)) {
            double seconds = (System.nanoTime() - begin) / 1e9;
            System.err.printf("test   %-9s %6.1f s  %s%n", passed ? "passed" : "FAILED", seconds, name(test));
        }
    }

    private static String name(TestIdentifier test) {
        return test.getSource()
                .map(source -> source instanceof MethodSource method
                        ? method.getClassName().replaceAll(".*\\.", "") + "." + method.getMethodName() + " "
                        : "")
                .orElse("")
                .concat(test.getDisplayName());
    }
}
