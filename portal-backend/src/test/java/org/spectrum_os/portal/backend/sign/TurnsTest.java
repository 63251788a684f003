// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TurnsTest {
    private final Turns turns = new Turns();

    private CompletableFuture<Optional<Turns.Turn>> waiting(String instance, Abort abort) {
        var taken = new CompletableFuture<Optional<Turns.Turn>>();
        Thread thread = Thread.ofPlatform().daemon().start(() -> {
            try {
                taken.complete(turns.take(instance, abort));
            } catch (InterruptedException e) {
                taken.completeExceptionally(e);
            }
        });
        // In line: it waits for the turn, or has it.
        while (thread.getState() != Thread.State.WAITING && thread.getState() != Thread.State.TERMINATED) {
            Thread.onSpinWait();
        }
        return taken;
    }

    @Test
    void oneAtATimeInTheOrderInWhichTheyCame() throws Exception {
        Turns.Turn first = turns.take("mail", new Abort()).orElseThrow();
        var order = new ArrayList<Integer>();
        List<CompletableFuture<Void>> others = IntStream.range(0, 100)
                .mapToObj(i -> waiting("mail", new Abort()).thenAccept(turn -> {
                    synchronized (order) {
                        order.add(i);
                    }
                    turn.orElseThrow().close();
                }))
                .toList();
        assertTrue(others.stream().noneMatch(CompletableFuture::isDone));
        first.close();
        for (var other : others) {
            other.get(10, TimeUnit.SECONDS);
        }
        assertEquals(IntStream.range(0, 100).boxed().toList(), order);
    }

    @Test
    void instancesDoNotWaitForEachOther() throws Exception {
        try (var _ = turns.take("mail", new Abort()).orElseThrow();
                var _ = turns.take("web", new Abort()).orElseThrow()) {
            assertFalse(waiting("mail", new Abort()).isDone());
        }
    }

    @Test
    void whoDoesNotWantItAnyMoreLeavesTheLine() throws Exception {
        Turns.Turn first = turns.take("mail", new Abort()).orElseThrow();
        var abort = new Abort();
        var second = waiting("mail", abort);
        var third = waiting("mail", new Abort());
        abort.abort();
        assertEquals(Optional.empty(), second.get(10, TimeUnit.SECONDS));
        assertFalse(third.isDone());
        first.close();
        third.get(10, TimeUnit.SECONDS).orElseThrow().close();
    }

    @Test
    void whoWasAbortedBeforeGetsNoTurn() throws Exception {
        var abort = new Abort();
        abort.abort();
        assertEquals(Optional.empty(), turns.take("mail", abort));
        turns.take("mail", new Abort()).orElseThrow().close();
    }
}
