// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/** Says on standard error how each test of this module went, since some of them take a minute. */
public final class ProgressListener implements TestExecutionListener {
    private final Map<String, Long> begun = new ConcurrentHashMap<>();
    private volatile TestPlan plan = EMPTY;

    private static final TestPlan EMPTY = null;
}
