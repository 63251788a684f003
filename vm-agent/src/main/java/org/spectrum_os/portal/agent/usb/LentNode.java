// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.usb;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.protocol.LentDevice;
import org.spectrum_os.portal.transport.Descriptor;

/** A device that is lent, from its grant to the end of its lease. Until its node is here, and after the end, it has none. Thread-safe. */
public final class LentNode implements AutoCloseable {
    private final GuestNodes nodes;
    private LentDevice lent;
    private @Nullable GuestNode node;
    /** By whether they may be written to; the device's users share what they open. */
    private final Map<Boolean, Descriptor> open = new HashMap<>();

    private boolean over;

    /** Grants of the host, and those of them that somebody still stands on. */
    private int grants;

    private int claims;

    /** A device whose node nobody has looked for yet. */
    public LentNode(GuestNodes nodes, LentDevice lent) {
        this.nodes = nodes;
        this.lent = lent;
    }

    public synchronized LentDevice lent() {
        return lent;
    }

    /**
     * Waits until the node is here and has been opened; also for the next one, if the device changes its port meanwhile. Blocks a
     * platform thread. Several may wait.
     *
     * @param writable whether it must be possible to open it for writing
     * @param deadline of {@link System#nanoTime}
     * @throws NodeMissingException if it does not come, or the lease ends
     */
    public Path await(boolean writable, long deadline) throws NodeMissingException, InterruptedException {
        while (true) {
            LentDevice now;
            synchronized (this) {
                if (node != null) {
                    return node.path();
                }
                if (over) {
                    throw new NodeMissingException("the device was taken away again");
                }
                now = lent;
            }
            GuestNodes.Opened opened = nodes.await(now, writable, deadline, () -> isStill(now));
            if (opened != null && !take(now, writable, opened)) {
                opened.descriptor().close();
                nodes.letGo(opened.node());
            }
        }
    }

    private synchronized boolean take(LentDevice now, boolean writable, GuestNodes.Opened opened) {
        if (!isStill(now)) {
            return false;
        }
        node = opened.node();
        open.put(writable, opened.descriptor());
        return true;
    }

    private synchronized boolean isStill(LentDevice now) {
        return !over && node == null && lent.equals(now);
    }

    /** The node's path, while there is one. */
    public synchronized Optional<Path> path() {
        return Optional.ofNullable(node).map(GuestNode::path);
    }

    /**
     * A descriptor of the device, for the caller to close; all of one kind stand for one opening.
     *
     * @throws IOException if there is no node, or it is not to be opened so
     */
    public synchronized Descriptor open(boolean writable) throws IOException {
        GuestNode here = node;
        if (here == null) {
            throw new IOException(over ? "the device was taken away" : "the device is not here yet");
        }
        Descriptor kept = open.get(writable);
        if (kept == null) {
            kept = here.open(writable);
            open.put(writable, kept);
        }
        return kept.duplicate();
    }

    /** The host has lent it once more: it may answer several requests with one lease. */
    public synchronized void claim() {
        grants++;
        claims++;
    }

    /** One grant is not wanted any more. Returns whether it was the last. */
    public synchronized boolean unclaim() {
        claims--;
        return claims <= 0;
    }

    /** How often the host has lent it, and so how often it is to be given back. */
    public synchronized int grants() {
        return grants;
    }

    /** The device is back at a port, with another node, which is to be waited for anew. */
    public void again(LentDevice now) {
        synchronized (this) {
            lent = now;
            drop();
        }
        nodes.lookAgain();
    }

    /** The lease is over. Whoever waits for the node learns of it. */
    @Override
    public void close() {
        synchronized (this) {
            over = true;
            drop();
        }
        nodes.lookAgain();
    }

    private void drop() {
        open.values().forEach(Descriptor::close);
        open.clear();
        if (node != null) {
            nodes.letGo(node);
            node = null;
        }
    }
}
