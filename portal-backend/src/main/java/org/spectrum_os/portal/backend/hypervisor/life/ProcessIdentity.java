// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.hypervisor.life;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.spectrum_os.portal.transport.ErrnoException;
import org.spectrum_os.portal.transport.PinnedProcess;

/**
 * One process of this host: no other has the same number and the same start.
 *
 * @param startTicks since the host's start, in clock ticks: field 22 of {@code /proc/PID/stat} (proc_pid_stat(5))
 */
public record ProcessIdentity(int pid, long startTicks) {
    /** Of {@code /proc/PID/stat}, without the first two fields. */
    private static final int STARTTIME = 22 - 3;

    private static final int PPID = 4 - 3;
    /** More generations than this are between no manager and its VM. */
    private static final int GENERATIONS = 32;

    /**
     * Of the process that has this number now.
     *
     * @throws IOException if there is none, or /proc does not show it
     */
    public static ProcessIdentity of(int pid) throws IOException {
        return new ProcessIdentity(pid, number(pid, STARTTIME));
    }

    private static long number(int pid, int field) throws IOException {
        String stat = new String(
                Files.readAllBytes(Path.of("/proc", Integer.toString(pid), "stat")), StandardCharsets.ISO_8859_1);
        // The name in brackets is the process's own choice, and may have brackets and blanks.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
        try {
            return Long.parseLong(fields[field]);
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw new IOException("/proc/" + pid + "/stat is not what proc_pid_stat(5) describes", e);
        }
    }

    /** Whether it still is the process with that number. */
    public boolean isThere() {
        try {
            return equals(of(pid));
        } catch (IOException _) {
            return false;
        }
    }

    /**
     * Whether it is certain that it runs no more. One that has ended and that nobody has asked for its end yet counts as ended; one that cannot be
     * looked at, as this process may open no more files for one, does not.
     */
    public boolean hasEnded() {
        try (PinnedProcess pinned = PinnedProcess.open(pid)) {
            return isAnother() || pinned.hasEnded();
        } catch (ErrnoException e) {
            return e.errno() == ErrnoException.ESRCH;
        } catch (IOException _) {
            return false;
        }
    }

    private boolean isAnother() {
        try {
            return !equals(of(pid));
        } catch (IOException _) {
            // It ended between the two looks, which its descriptor tells, or cannot be seen.
            return false;
        }
    }

    /** Its number in the innermost namespace of process numbers that it is in, which is what it knows of itself. */
    public int ownNumber() throws IOException {
        for (String line :
                Files.readAllLines(Path.of("/proc", Integer.toString(pid), "status"), StandardCharsets.ISO_8859_1)) {
            if (line.startsWith("NSpid:")) {
                String[] numbers = line.strip().split("\\s+", -1);
                try {
                    return Integer.parseInt(numbers[numbers.length - 1]);
                } catch (NumberFormatException e) {
                    throw new IOException("/proc/" + pid + "/status is not what proc_pid_status(5) describes", e);
                }
            }
        }
        return pid;
    }

    /** Whether the other process was started by this one, or by one that this one started. */
    public boolean isAncestorOf(int other) throws IOException {
        int at = other;
        for (int i = 0; i < GENERATIONS && at > 0; i++) {
            if (at == pid) {
                return isThere();
            }
            at = (int) number(at, PPID);
        }
        return false;
    }
}
