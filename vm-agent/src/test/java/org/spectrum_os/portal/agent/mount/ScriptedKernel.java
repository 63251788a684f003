// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.mount;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;

/** A kernel that mounts nothing, answers with the errnos it was given, then with 0, and keeps what it was asked. */
final class ScriptedKernel implements Kernel {
    final List<String> mounts = new ArrayList<>();
    final List<String> detached = new ArrayList<>();
    /** Runs when something is detached. */
    Runnable onDetach = () -> {};

    private final Queue<Integer> answers;

    ScriptedKernel(Integer... answers) {
        this.answers = new ArrayDeque<>(Arrays.asList(answers));
    }

    @Override
    public int mount(String target, String options) {
        mounts.add(options);
        Integer answer = answers.poll();
        return answer == null ? 0 : answer;
    }

    @Override
    public int detach(String target) {
        detached.add(target);
        onDetach.run();
        return 0;
    }
}
