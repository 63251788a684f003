// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class ArmingTest {
    private static final long DELAY = Duration.ofSeconds(1).toNanos();
    private static final List<Consumer<Arming>> DISTURBANCES = List.of(
            Arming::mapped,
            Arming::unmapped,
            Arming::focusGained,
            Arming::focusLost,
            Arming::contentChanged,
            Arming::otherDialogClosed);

    private long now = Long.MAX_VALUE - DELAY / 2; // the clock wraps around during the first delay
    private final Arming arming = new Arming(Duration.ofSeconds(1), () -> now);

    private void shown() {
        arming.mapped();
        arming.focusGained();
    }

    @Test
    void isNotArmedBeforeItIsShown() {
        now += 10 * DELAY;
        assertInstanceOf(Arming.State.Disarmed.class, arming.state());
        arming.focusGained();
        now += 10 * DELAY;
        assertFalse(arming.isArmed(), "the focus alone");
    }

    @Test
    void isNotArmedWithoutTheFocus() {
        arming.mapped();
        now += 10 * DELAY;
        assertInstanceOf(Arming.State.Disarmed.class, arming.state());
    }

    @Test
    void armsWhenTheDelayHasPassedAndNotBefore() {
        shown();
        assertEquals(new Arming.State.Waiting(0), arming.state());
        now += DELAY / 4;
        assertEquals(new Arming.State.Waiting(0.25), arming.state());
        now += DELAY - DELAY / 4 - 1;
        assertInstanceOf(Arming.State.Waiting.class, arming.state());
        now += 1;
        assertEquals(new Arming.State.Armed(), arming.state());
        now += 100 * DELAY;
        assertTrue(arming.isArmed(), "and stays so");
    }

    @Test
    @DisplayName(
            "each disturbance, when armed, disarms at once; those that leave it shown and focused arm again after the delay")
    void everyDisturbanceDisarms() {
        for (Consumer<Arming> disturbance : DISTURBANCES) {
            shown();
            now += DELAY;
            assertTrue(arming.isArmed());
            disturbance.accept(arming);
            assertFalse(arming.isArmed());
            now += DELAY - 1;
            assertFalse(arming.isArmed());
        }
    }

    @Test
    void losingTheFocusNeedsItBack() {
        shown();
        now += DELAY;
        arming.focusLost();
        now += 10 * DELAY;
        assertInstanceOf(Arming.State.Disarmed.class, arming.state());
        arming.focusGained();
        now += DELAY;
        assertTrue(arming.isArmed());
    }

    @Test
    void whatWasUnmappedMustGetTheFocusAnew() {
        shown();
        arming.unmapped();
        arming.mapped();
        now += 10 * DELAY;
        assertFalse(arming.isArmed());
    }

    @Test
    void aDelayOfNothingArmsAtOnce() {
        var quick = new Arming(Duration.ZERO, () -> now);
        quick.mapped();
        quick.focusGained();
        assertTrue(quick.isArmed());
        assertThrows(IllegalArgumentException.class, () -> new Arming(Duration.ofMillis(-1), () -> now));
    }

    @RepeatedTest(200)
    @DisplayName(
            "whatever happens, it is never armed within the delay after a disturbance, nor hidden, nor without the focus")
    void isNeverArmedTooEarly(RepetitionInfo repetition) {
        var random = new Random(repetition.getCurrentRepetition());
        boolean mapped = false;
        boolean focused = false;
        long disturbed = now;
        int armedSeen = 0;
        for (int step = 0; step < 500; step++) {
            int what = random.nextInt(DISTURBANCES.size() + 8);
            if (what < DISTURBANCES.size()) {
                DISTURBANCES.get(what).accept(arming);
                disturbed = now;
                mapped = what == 0 || (mapped && what != 1);
                focused = what == 2 || (focused && what != 1 && what != 3);
            } else {
                now += random.nextLong(DELAY);
            }
            boolean mayBeArmed = mapped && focused && now - disturbed >= DELAY;
            assertEquals(mayBeArmed, arming.isArmed(), "seed " + repetition.getCurrentRepetition() + ", step " + step);
            armedSeen += mayBeArmed ? 1 : 0;
        }
        assertTrue(armedSeen > 0, "the sequence never armed, so it shows nothing");
    }

    @Test
    void aKeyThatWentDownEarlyStaysDead() {
        var gate = new KeyGate(arming::isArmed);
        shown();
        assertFalse(gate.pressed(36));
        now += DELAY;
        assertFalse(gate.pressed(36), "it repeats itself");
        assertTrue(gate.pressed(65), "another key");
        gate.released(36);
        assertTrue(gate.pressed(36));
        arming.focusLost();
        assertFalse(gate.pressed(36));
    }
}
