// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.window;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.consent.ConsentWindow;
import org.spectrum_os.portal.consent.contract.ContractReader;
import org.spectrum_os.portal.consent.contract.ContractWriter;
import org.spectrum_os.portal.consent.contract.FromWindow;
import org.spectrum_os.portal.consent.contract.ToWindow;

/**
 * Keeps one window process running: started before it is needed, started again when it dies, at once the first time and ever more slowly
 * when it keeps dying.
 */
public final class WindowProcess implements ConsentWindow, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(WindowProcess.class.getName());
    /** A process that lived this long had not failed to start. */
    private static final Duration HEALTHY = Duration.ofSeconds(20);

    private static final Duration PAUSE_MOST = Duration.ofSeconds(30);
    private static final Duration GRACE = Duration.ofSeconds(2);

    /** Messages not written yet; a window that lets so many pile up has hung. */
    private static final int UNREAD_MOST = 64;

    private final List<String> command;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition closed = lock.newCondition();
    private @Nullable Thread keeper;
    private boolean closing;
    private @Nullable Running running;

    /** One process, and what waits to be written to it. */
    private record Running(Process process, BlockingQueue<ToWindow> unread) {}

    /**
     * Describes the window; nothing runs yet.
     *
     * @param command the program and its arguments
     */
    public WindowProcess(List<String> command) {
        this.command = List.copyOf(command);
    }

    /** Starts the process and keeps one running until {@link #close}. */
    public void start(Events events) {
        keeper = Thread.ofPlatform().name("consent window").start(() -> keepRunning(events));
    }

    /** Never blocks: a thread of its own writes. */
    @Override
    public void tell(ToWindow message) throws IOException {
        Running current = current();
        if (current == null) {
            throw new IOException("no consent window is running");
        }
        if (!current.unread.offer(message)) {
            current.process.destroyForcibly();
            throw new IOException("the consent window does not read what it is told");
        }
    }

    @Override
    public void restart(String why) {
        Running current = current();
        if (current != null) {
            LOG.log(WARNING, "ending the consent window: {0}", why);
            current.process.destroyForcibly();
        }
    }

    /** The process that draws, for figures and tests; empty between two of them. */
    public Optional<ProcessHandle> running() {
        return Optional.ofNullable(current()).map(current -> current.process.toHandle());
    }

    private @Nullable Running current() {
        lock.lock();
        try {
            return running;
        } finally {
            lock.unlock();
        }
    }

    private void keepRunning(Events events) {
        Duration pause = Duration.ZERO;
        while (pauseUnlessClosing(pause)) {
            long begun = System.nanoTime();
            String why = runOnce(events);
            boolean wasHealthy = System.nanoTime() - begun > HEALTHY.toNanos();
            pause = wasHealthy ? Duration.ZERO : longer(pause);
            lock.lock();
            try {
                if (closing) {
                    return;
                }
            } finally {
                lock.unlock();
            }
            LOG.log(WARNING, "the consent window is gone ({0}); starting another in {1} ms", why, pause.toMillis());
            events.lost(why);
        }
    }

    private static Duration longer(Duration pause) {
        Duration next = pause.isZero() ? Duration.ofMillis(250) : pause.multipliedBy(2);
        return next.compareTo(PAUSE_MOST) > 0 ? PAUSE_MOST : next;
    }

    private boolean pauseUnlessClosing(Duration pause) {
        lock.lock();
        try {
            long left = pause.toNanos();
            while (!closing && left > 0) {
                left = closed.awaitNanos(left);
            }
            return !closing;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Runs one process to its end and says what the end was. */
    private String runOnce(Events events) {
        Process started;
        try {
            started = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            return "it could not be started: " + e.getMessage();
        }
        var unread = new LinkedBlockingQueue<ToWindow>(UNREAD_MOST);
        Thread writer = Thread.ofVirtual().unstarted(() -> write(started, unread));
        try {
            setRunning(new Running(started, unread));
            writer.start();
            listen(started, events);
            return "it closed its output";
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        } finally {
            setRunning(null);
            writer.interrupt();
            end(started);
        }
    }

    private void setRunning(@Nullable Running now) {
        lock.lock();
        try {
            running = now;
        } finally {
            lock.unlock();
        }
    }

    private static void write(Process started, BlockingQueue<ToWindow> unread) {
        var writer = new ContractWriter(started.getOutputStream());
        try {
            while (true) {
                writer.send(unread.take());
            }
        } catch (IOException e) {
            LOG.log(WARNING, "the consent window cannot be written to: {0}", e.getMessage());
            started.destroyForcibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void listen(Process started, Events events) throws IOException {
        var reader = ContractReader.ofWindow(started.getInputStream());
        for (var message = reader.read(); message.isPresent(); message = reader.read()) {
            if (message.get() instanceof FromWindow.Ready(int contract)) {
                if (contract != FromWindow.VERSION) {
                    throw new IOException("it speaks version " + contract + " of the contract, this backend "
                            + FromWindow.VERSION + ": install both from one release");
                }
                LOG.log(INFO, "the consent window is ready (process {0})", Long.toString(started.pid()));
            }
            events.said(message.get());
        }
    }

    /** Closing its input asks it to leave; then it is made to. */
    private static void end(Process process) {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the window's input was closed already: {0}", e.getMessage());
        }
        try {
            if (!process.waitFor(GRACE)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        Running current;
        lock.lock();
        try {
            closing = true;
            closed.signalAll();
            current = running;
        } finally {
            lock.unlock();
        }
        if (current != null) {
            end(current.process);
        }
        Thread waitFor = keeper;
        if (waitFor != null) {
            try {
                waitFor.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
