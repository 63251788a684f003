// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.spectrum_os.portal.backend.lease.UsbIdentity;
import org.spectrum_os.portal.backend.lease.UsbInterfaceCode;

class UsbRulesTest {
    private static final UsbInterfaceCode STORAGE = new UsbInterfaceCode(8, 6, 0x50);
    private static final UsbInterfaceCode KEYBOARD = new UsbInterfaceCode(3, 1, 1);
    private static final UsbIdentity STICK = device("1-2.3", 0x0781, 0x5580, "A1", STORAGE);

    private static UsbIdentity device(
            String port, int vendor, int product, String serial, UsbInterfaceCode... interfaces) {
        return UsbIdentity.of(port, vendor, product, serial, List.of(interfaces));
    }

    private static Instance instance(String name, List<UsbRule> rules) {
        var plain =
                new Instance(name, new Colour("#000000"), new LinkAddress.Vsock(name.hashCode() & 0xffff), Rule.DENY);
        return new Instance(
                plain.name(),
                plain.colour(),
                plain.link(),
                plain.file(),
                plain.terms(),
                plain.user(),
                plain.files(),
                plain.tree(),
                plain.serves(),
                plain.keys(),
                plain.vault(),
                Optional.empty(),
                rules);
    }

    private static UsbRule rule(
            Optional<String> port, Optional<UsbName> name, Optional<UsbInterfaces> interfaces, UsbMode mode) {
        return new UsbRule(port, name, interfaces, mode, List.of(), Optional.empty());
    }

    private static UsbRule ofName(UsbName name, UsbMode mode, UsbName... becomes) {
        return new UsbRule(
                Optional.empty(), Optional.of(name), Optional.empty(), mode, List.of(becomes), Optional.empty());
    }

    private static UsbName name(int vendor, int product) {
        return new UsbName(vendor, Optional.of(product), Optional.empty());
    }

    private static UsbInterfaces.Pattern pattern(String text) {
        return UsbInterfaces.Pattern.of(text).orElseThrow();
    }

    /** A rule that fits {@link #STICK}, and what it says, strongest first. */
    private record Shape(UsbRule rule, List<Integer> strengths) {}

    private static List<Shape> shapes() {
        var shapes = new ArrayList<Shape>();
        for (int bits = 0; bits < 64; bits++) {
            boolean port = (bits & 1) != 0;
            int parts = bits >> 1 & 3;
            boolean equal = (bits & 8) != 0;
            boolean oneOf = (bits & 16) != 0;
            boolean noneOf = (bits & 32) != 0;
            if (bits == 0) {
                continue;
            }
            var these = new UsbInterfaces(
                    equal ? Optional.of(List.of(pattern("080650"))) : Optional.empty(),
                    oneOf ? List.of(pattern("08****")) : List.of(),
                    noneOf ? List.of(pattern("03****")) : List.of());
            shapes.add(new Shape(
                    rule(
                            port ? Optional.of(STICK.port()) : Optional.empty(),
                            parts == 0
                                    ? Optional.empty()
                                    : Optional.of(new UsbName(
                                            STICK.vendor(),
                                            parts > 1 ? Optional.of(STICK.product()) : Optional.empty(),
                                            parts > 2 ? Optional.of(STICK.serial()) : Optional.empty())),
                            equal || oneOf || noneOf ? Optional.of(these) : Optional.empty(),
                            UsbMode.ASK),
                    List.of(port ? 1 : 0, parts, equal ? 1 : 0, oneOf ? 1 : 0, noneOf ? 1 : 0)));
        }
        return shapes;
    }

    private static final Comparator<Shape> STRENGTH = (one, other) -> {
        for (int at = 0; at < one.strengths().size(); at++) {
            int order =
                    Integer.compare(one.strengths().get(at), other.strengths().get(at));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    };

    @Test
    void ofTwoRulesOfAnyShapesTheMoreSpecificOneWinsWhereverItStands() {
        List<Shape> shapes = shapes();
        assertEquals(63, shapes.size());
        for (Shape one : shapes) {
            for (Shape other : shapes) {
                int order = STRENGTH.compare(one, other);
                assertEquals(order == 0, one.equals(other));
                assertEquals(
                        Optional.of(order >= 0 ? one.rule() : other.rule()),
                        UsbRules.judge(instance("work", List.of(one.rule(), other.rule())), STICK));
            }
        }
    }

    @Test
    void ofAnyRulesInAnyOrderTheMostSpecificOneThatFitsWins() {
        var random = new Random(6);
        List<Shape> shapes = shapes();
        for (int round = 0; round < 1000; round++) {
            Collections.shuffle(shapes, random);
            List<Shape> some = shapes.subList(0, 1 + random.nextInt(12));
            UsbIdentity there = random.nextBoolean()
                    ? STICK
                    : device(
                            random.nextBoolean() ? STICK.port() : "2-1",
                            STICK.vendor(),
                            random.nextBoolean() ? STICK.product() : 1,
                            random.nextBoolean() ? STICK.serial() : "",
                            random.nextBoolean() ? STORAGE : KEYBOARD);
            assertEquals(
                    some.stream()
                            .filter(shape -> shape.rule().fits(there))
                            .max(STRENGTH)
                            .map(Shape::rule),
                    UsbRules.judge(
                            instance("work", some.stream().map(Shape::rule).toList()), there));
        }
    }

    @Test
    void ofEquallySpecificRulesTheFirstCounts() {
        UsbRule first = rule(Optional.empty(), Optional.empty(), oneOf("08****"), UsbMode.MANUAL);
        UsbRule second = rule(Optional.empty(), Optional.empty(), oneOf("0806**"), UsbMode.ASK);
        assertEquals(Optional.of(first), UsbRules.judge(instance("work", List.of(first, second)), STICK));
        assertEquals(Optional.of(second), UsbRules.judge(instance("work", List.of(second, first)), STICK));
    }

    private static Optional<UsbInterfaces> oneOf(String pattern) {
        return Optional.of(new UsbInterfaces(Optional.empty(), List.of(pattern(pattern)), List.of()));
    }

    private static UsbIdentity anything(Random random) {
        var interfaces = new ArrayList<UsbInterfaceCode>();
        for (int count = random.nextInt(5); count > 0; count--) {
            interfaces.add(new UsbInterfaceCode(random.nextInt(256), random.nextInt(256), random.nextInt(256)));
        }
        return UsbIdentity.of(
                "1-" + random.nextInt(1, 9), random.nextInt(0x10000), random.nextInt(0x10000), "", interfaces);
    }

    @Test
    void whatNoRuleFitsIsForNobody() {
        var random = new Random(7);
        for (int round = 0; round < 1000; round++) {
            UsbIdentity device = anything(random);
            assertEquals(Optional.empty(), UsbRules.judge(instance("work", List.of()), device));
            UsbRule elsewhere = rule(
                    Optional.of(device.port() + ".1"),
                    Optional.of(new UsbName(device.vendor(), Optional.empty(), Optional.empty())),
                    Optional.empty(),
                    UsbMode.AUTO);
            Instance other = instance("work", List.of(elsewhere));
            assertEquals(Optional.empty(), UsbRules.judge(other, device));
            assertEquals(List.of(), UsbRules.automatic(List.of(other), device));
        }
    }

    @Test
    void whatIsRuledOutFitsWhateverElseTheRuleSays() {
        var random = new Random(8);
        for (int round = 0; round < 1000; round++) {
            UsbIdentity plain = anything(random);
            var with = new ArrayList<>(plain.interfaces());
            with.add(new UsbInterfaceCode(3, random.nextInt(256), random.nextInt(256)));
            UsbIdentity device = UsbIdentity.of(plain.port(), plain.vendor(), plain.product(), plain.serial(), with);
            var these = new UsbInterfaces(
                    random.nextBoolean()
                            ? Optional.empty()
                            : Optional.of(with.stream()
                                    .map(code -> pattern(code.toString()))
                                    .toList()),
                    random.nextBoolean()
                            ? List.of()
                            : List.of(pattern(with.getFirst().toString())),
                    List.of(pattern("03****")));
            UsbRule rule = new UsbRule(
                    Optional.of(device.port()),
                    Optional.of(name(device.vendor(), device.product())),
                    Optional.of(these),
                    UsbMode.AUTO,
                    List.of(name(device.vendor(), device.product())),
                    Optional.empty());
            assertFalse(rule.fits(device));
            assertFalse(UsbRules.mayBecome(rule, plain, device));
        }
    }

    @Test
    void allInterfacesMeansThoseAndNoOthers() {
        UsbRule rule = rule(
                Optional.empty(),
                Optional.empty(),
                Optional.of(new UsbInterfaces(
                        Optional.of(List.of(pattern("0806**"), pattern("030101"))), List.of(), List.of())),
                UsbMode.ASK);
        assertTrue(rule.fits(device("1-1", 1, 1, "", STORAGE, KEYBOARD)));
        assertTrue(rule.fits(device("1-1", 1, 1, "", STORAGE, new UsbInterfaceCode(8, 6, 0x62), KEYBOARD)));
        assertFalse(rule.fits(device("1-1", 1, 1, "", STORAGE)));
        assertFalse(rule.fits(device("1-1", 1, 1, "", STORAGE, KEYBOARD, new UsbInterfaceCode(0xff, 0, 0))));
    }

    @Test
    void aDeviceThatShowsNoInterfaceIsNotTakenForOneWithoutKeyboard() {
        UsbRule rule = rule(
                Optional.empty(),
                Optional.empty(),
                Optional.of(new UsbInterfaces(Optional.empty(), List.of(), List.of(pattern("03****")))),
                UsbMode.ASK);
        assertTrue(rule.fits(STICK));
        assertFalse(rule.fits(device("1-1", 1, 1, "")));
    }

    @Test
    void anotherFirmwareStaysLentOnlyWhereTheRuleNamesIt() {
        UsbIdentity lent = device("1-2", 0x1d50, 0x6018, "S", new UsbInterfaceCode(2, 2, 1));
        UsbIdentity boot = device("1-2", 0x1d50, 0x6017, "", new UsbInterfaceCode(0xfe, 1, 2));
        UsbRule rule = ofName(name(0x1d50, 0x6018), UsbMode.ASK, name(0x1d50, 0x6017));
        Instance work = instance("work", List.of(rule));
        assertTrue(UsbRules.mayBecome(work, lent, lent));
        assertTrue(UsbRules.mayBecome(work, lent, boot));
        assertFalse(UsbRules.mayBecome(work, lent, device("1-3", 0x1d50, 0x6017, "")));
        assertFalse(UsbRules.mayBecome(work, lent, device("1-3", 0x1d50, 0x6018, "S", new UsbInterfaceCode(2, 2, 1))));
        assertFalse(UsbRules.mayBecome(work, lent, device("1-2", 0x1d50, 0x6019, "")));
        assertFalse(UsbRules.mayBecome(work, lent, device("1-2", 0x1d50, 0x6018, "other")));
        assertFalse(UsbRules.mayBecome(work, lent, device("1-2", 0x1d50, 0x6018, "S", KEYBOARD)));
        // What it becomes is not offered, and no longer stays once the rule is gone.
        assertEquals(Optional.empty(), UsbRules.judge(work, boot));
        assertFalse(UsbRules.mayBecome(instance("work", List.of()), lent, lent));
    }

    @Test
    void whatComesByItselfGoesToTheMostSpecificRuleAndToNobodyWhenTwoAreEqual() {
        UsbRule byName = ofName(name(STICK.vendor(), STICK.product()), UsbMode.AUTO);
        UsbRule byPort = rule(Optional.of(STICK.port()), Optional.empty(), Optional.empty(), UsbMode.AUTO);
        UsbRule asks = rule(
                Optional.of(STICK.port()),
                Optional.of(name(STICK.vendor(), STICK.product())),
                Optional.empty(),
                UsbMode.ASK);
        Instance a = instance("a", List.of(byName));
        Instance b = instance("b", List.of(byPort));
        Instance c = instance("c", List.of(byPort, asks));
        Instance d = instance("d", List.of(byPort));
        assertEquals(List.of(new UsbRules.Claim(b, byPort)), UsbRules.automatic(List.of(a, b, c), STICK));
        assertEquals(List.of(new UsbRules.Claim(a, byName)), UsbRules.automatic(List.of(a, c), STICK));
        assertEquals(2, UsbRules.automatic(List.of(a, b, d), STICK).size());
        assertEquals(List.of(), UsbRules.automatic(List.of(c), STICK));
    }
}
