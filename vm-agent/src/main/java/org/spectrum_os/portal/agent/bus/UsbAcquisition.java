// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.bus;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.agent.usb.LentNode;
import org.spectrum_os.portal.agent.usb.NodeMissingException;
import org.spectrum_os.portal.agent.usb.UsbAnswer;
import org.spectrum_os.portal.chooser.Chooser;
import org.spectrum_os.portal.protocol.LentDevice;
import org.spectrum_os.portal.protocol.ResponseCode;

/**
 * One request for devices: asked of the host, waited for in this VM, answered once, and then fetched in parts. Thread-safe. Once granted it
 * has a platform thread of its own until the nodes are here.
 */
final class UsbAcquisition implements Chooser.Pending {
    private enum State {
        NEW,
        ASKED,
        FETCHING,
        OVER
    }

    private final UsbClient client;
    /** By id, whether the application wants to write to it. */
    private final Map<String, Boolean> wanted;

    private final IntConsumer answered;
    private State state = State.NEW;
    private boolean withdrawn;
    private long number;
    /** What the host has lent for this request, as opposed to what the application had before. */
    private List<LentNode> fresh = List.of();

    private final Queue<Result> results = new ArrayDeque<>();

    /**
     * What the application fetches of one device.
     *
     * @param node  null if there is none
     * @param error why there is none
     */
    record Result(String id, boolean writable, @Nullable LentNode node, String error) {}

    /** @param answered hears the response's code, once, unless the request is withdrawn before */
    UsbAcquisition(UsbClient client, Map<String, Boolean> wanted, IntConsumer answered) {
        this.client = client;
        this.wanted = new LinkedHashMap<>(wanted);
        this.answered = answered;
    }

    @Override
    public void start() {
        synchronized (this) {
            if (state != State.NEW) {
                return;
            }
            state = State.ASKED;
        }
        // Whatever the application has already needs no question.
        List<String> missing =
                wanted.keySet().stream().filter(id -> client.held(id).isEmpty()).toList();
        if (missing.isEmpty()) {
            fetch(List.of());
            return;
        }
        long asked = client.host().acquire(missing, false, this::hostAnswered);
        boolean late;
        synchronized (this) {
            number = asked;
            late = withdrawn;
        }
        if (late) {
            client.host().withdraw(asked);
        }
    }

    @Override
    public boolean withdraw() {
        State before;
        long asked;
        List<LentNode> lent;
        synchronized (this) {
            before = state;
            state = State.OVER;
            withdrawn |= before != State.OVER;
            asked = number;
            lent = fresh;
        }
        if (before == State.ASKED && asked > 0) {
            client.host().withdraw(asked);
        }
        if (before == State.FETCHING) {
            lent.forEach(client::unclaim);
        }
        client.acquisitions().settled(this);
        return before != State.OVER;
    }

    /** On the host's reading thread. */
    private void hostAnswered(UsbAnswer answer) {
        switch (answer) {
            case UsbAnswer.Granted(List<LentDevice> devices) -> {
                // Known from this moment, so that what the host says next finds them.
                fetch(client.enter(devices));
            }
            case UsbAnswer.Refused refused -> finish(ResponseCode.of(refused.outcome()));
            case UsbAnswer.Lost _ -> finish(ResponseCode.OTHER);
        }
    }

    private void fetch(List<LentNode> granted) {
        synchronized (this) {
            fresh = List.copyOf(granted);
            if (state == State.ASKED) {
                state = State.FETCHING;
            }
            if (!withdrawn) {
                Thread.ofPlatform().daemon().name("usb-acquire").start(this::run);
                return;
            }
        }
        granted.forEach(client::unclaim);
    }

    private void run() {
        try {
            List<Result> found = awaitNodes();
            boolean any = found.stream().anyMatch(result -> result.node() != null);
            synchronized (this) {
                if (any && !withdrawn) {
                    results.addAll(found);
                }
            }
            finish(any ? ResponseCode.SUCCESS : ResponseCode.OTHER);
        } catch (InterruptedException e) {
            // Only the end of the process interrupts this thread.
            Thread.currentThread().interrupt();
        }
    }

    private List<Result> awaitNodes() throws InterruptedException {
        long deadline = client.deadline();
        List<Result> found = new ArrayList<>();
        for (Map.Entry<String, Boolean> one : wanted.entrySet()) {
            LentNode node = client.held(one.getKey()).orElse(null);
            if (node == null) {
                continue;
            }
            try {
                Path _ = node.await(one.getValue(), deadline);
                found.add(new Result(one.getKey(), one.getValue(), node, ""));
                if (isFresh(node)) {
                    client.here(node);
                }
            } catch (NodeMissingException e) {
                String why = String.valueOf(e.getMessage());
                client.missing(node, why);
                found.add(new Result(one.getKey(), one.getValue(), null, why));
            }
        }
        return found;
    }

    private synchronized boolean isFresh(LentNode node) {
        return fresh.contains(node);
    }

    private void finish(int code) {
        boolean tell;
        synchronized (this) {
            tell = state != State.OVER;
            state = State.OVER;
        }
        if (!tell || code != ResponseCode.SUCCESS) {
            client.acquisitions().settled(this);
        }
        if (tell) {
            answered.accept(code);
        }
    }

    /** Whether there is something to fetch: it was granted, and not all has been fetched. */
    synchronized boolean isGranted() {
        return state == State.OVER && !results.isEmpty();
    }

    /** The next result, or null when all have been fetched. */
    synchronized @Nullable Result poll() {
        return results.poll();
    }

    synchronized boolean isEmpty() {
        return results.isEmpty();
    }
}
