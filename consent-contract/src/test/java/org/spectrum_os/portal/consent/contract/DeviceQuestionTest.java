// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Candidate;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Kind;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Reason;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.State;
import org.spectrum_os.portal.consent.contract.FromWindow.Picked;
import org.spectrum_os.portal.consent.contract.ToWindow.Show;

class DeviceQuestionTest {
    private static final ClaimedText CLAIM = new ClaimedText("<b>Stick</b>", false);
    private static final LoanTime STOPPED = new LoanTime.Stopped();
    private static final State FREE = new State.Free();
    private static final State HUB = new State.Impossible(Reason.HUB, null);
    private static final State MOUNTED = new State.Mounted(List.of(new ClaimedText("/media/STICK", false)));
    private static final String WRITTEN =
            "{\"type\":\"show\",\"id\":7,\"instance\":{\"kind\":\"VM\",\"name\":\"mail\",\"colour\":\"#3584e4\","
                    + "\"terms\":{\"access\":\"READ\",\"loan\":{\"until\":\"stopped\"}}},\"phrase\":null,"
                    + "\"question\":{\"about\":\"device\",\"devices\":["
                    + "{\"id\":\"one\",\"kinds\":[\"STORAGE\",\"KEYBOARD\"],\"name\":\"Maker Stick\","
                    + "\"claim\":{\"text\":\"<b>Stick</b>\",\"shortened\":false},\"serial\":null,"
                    + "\"numbers\":\"0781:5580\",\"port\":\"1-2.3\",\"state\":{\"state\":\"mounted\","
                    + "\"places\":[{\"text\":\"/media/STICK\",\"shortened\":false}]}},"
                    + "{\"id\":\"two\",\"kinds\":[\"STORAGE\",\"KEYBOARD\"],\"name\":\"Maker Stick\","
                    + "\"claim\":{\"text\":\"<b>Stick</b>\",\"shortened\":false},\"serial\":null,"
                    + "\"numbers\":\"0781:5580\",\"port\":\"1-2.3\",\"state\":{\"state\":\"impossible\","
                    + "\"reason\":\"LENT\",\"holder\":\"work\"}}],"
                    + "\"several\":false,\"loan\":{\"until\":\"over\",\"seconds\":900}}}";

    private static Candidate device(String id, State state) {
        return new Candidate(
                id, List.of(Kind.STORAGE, Kind.KEYBOARD), "Maker Stick", CLAIM, null, "0781:5580", "1-2.3", state);
    }

    private static Candidate device(String numbers, String port, List<Kind> kinds, String name) {
        return new Candidate("id", kinds, name, null, null, numbers, port, FREE);
    }

    private static Show show(DeviceQuestion question) {
        return new Show(7, new InstanceLabel("mail", "#3584e4"), null, question);
    }

    private static DeviceQuestion question(boolean several, Candidate... devices) {
        return new DeviceQuestion(List.of(devices), several, STOPPED);
    }

    static List<DeviceQuestion> questions() {
        List<Candidate> each = Stream.concat(
                        Stream.of(FREE, new State.InUse(List.of("usbhid", "usbfs")), MOUNTED),
                        Stream.of(Reason.values())
                                .map(reason -> new State.Impossible(reason, reason == Reason.LENT ? "work" : null)))
                .map(state -> device(state.toString(), state))
                .toList();
        var mute =
                new Candidate("mute", List.of(Kind.values()), "", null, CLAIM, "ffff:0000", "12-1.2.3.4.5.6.7", FREE);
        return List.of(
                new DeviceQuestion(each, true, new LoanTime.Over(LoanTime.Over.MOST_SECONDS)),
                question(false, mute),
                new DeviceQuestion(
                        IntStream.range(0, DeviceQuestion.MOST)
                                .mapToObj(i -> device("id" + i, FREE))
                                .toList(),
                        false,
                        STOPPED));
    }

    @ParameterizedTest
    @MethodSource("questions")
    void everyQuestionComesBackFromALine(DeviceQuestion question) throws Exception {
        assertEquals(show(question), ContractCodec.decodeToWindow(ContractCodec.encode(show(question))));
        assertFalse(question.isShareable(), "a device goes to one request");
    }

    @Test
    void theDocumentedFormIsTheOneThatIsWritten() throws Exception {
        var lent = new State.Impossible(Reason.LENT, "work");
        var question =
                new DeviceQuestion(List.of(device("one", MOUNTED), device("two", lent)), false, new LoanTime.Over(900));
        assertEquals(WRITTEN, new String(ContractCodec.encode(show(question)), UTF_8));
        assertEquals(
                "{\"type\":\"picked\",\"id\":7,\"devices\":[\"one\"],\"loan\":{\"until\":\"stopped\"},\"unmount\":true}",
                new String(ContractCodec.encode(new Picked(7, List.of("one"), STOPPED, true)), UTF_8));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"about\":\"device\"|\"about\":\"devices\"",
                "\"id\":\"two\"|\"id\":\"one\"",
                "\"kinds\":[\"STORAGE\",\"KEYBOARD\"]|\"kinds\":[]",
                "\"kinds\":[\"STORAGE\",\"KEYBOARD\"]|\"kinds\":[\"STICK\"]",
                "\"name\":\"Maker Stick\"|\"name\":null",
                "\"name\":\"Maker Stick\"|\"name\":\"Maker\\nStick\"",
                "\"name\":\"Maker Stick\"|\"name\":\"Maker \\u202e\"",
                "\"serial\":null,|",
                "\"numbers\":\"0781:5580\"|\"numbers\":\"0781:558G\"",
                "\"port\":\"1-2.3\"|\"port\":\"usb1\"",
                "\"state\":\"mounted\"|\"state\":\"free\"",
                "[{\"text\":\"/media/STICK\",\"shortened\":false}]|[]",
                "\"reason\":\"LENT\"|\"reason\":\"HUB\"",
                "\"holder\":\"work\"|\"holder\":null",
                ",\"holder\":\"work\"|",
                "\"several\":false|\"several\":null",
                "\"until\":\"over\",\"seconds\":900|\"until\":\"revoked\"",
            })
    void aQuestionThatIsNotQuiteOneIsRefused(String good, @Nullable String bad) {
        assertTrue(WRITTEN.contains(good), good);
        byte[] line = WRITTEN.replace(good, bad == null ? "" : bad).getBytes(UTF_8);
        assertThrows(ContractException.class, () -> ContractCodec.decodeToWindow(line));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"picked\",\"id\":7,\"devices\":[],\"loan\":{\"until\":\"stopped\"},\"unmount\":false}",
                "{\"type\":\"picked\",\"id\":7,\"devices\":[\"a\",\"a\"],\"loan\":{\"until\":\"stopped\"},\"unmount\":false}",
                "{\"type\":\"picked\",\"id\":7,\"devices\":[\"a\"],\"loan\":{\"until\":\"revoked\"},\"unmount\":false}",
                "{\"type\":\"picked\",\"id\":7,\"devices\":[\"a\"],\"loan\":{\"until\":\"stopped\"}}",
                "{\"type\":\"picked\",\"id\":7,\"devices\":[\"a\"],\"loan\":null,\"unmount\":false}",
                "{\"type\":\"picked\",\"id\":7,\"devices\":[null],\"loan\":{\"until\":\"stopped\"},\"unmount\":false}",
                "{\"type\":\"picked\",\"id\":0,\"devices\":[\"a\"],\"loan\":{\"until\":\"stopped\"},\"unmount\":false}"
            })
    void anAnswerThatIsNotQuiteOneIsRefused(String line) {
        assertThrows(ContractException.class, () -> ContractCodec.decodeFromWindow(line.getBytes(UTF_8)));
    }

    private static Optional<String> objection(DeviceQuestion question, boolean unmount, String... devices) {
        return question.objectionTo(new Picked(7, List.of(devices), STOPPED, unmount));
    }

    @Test
    void onlyWhatCanBeLentIsPicked() {
        var one = question(false, device("free", FREE), device("mounted", MOUNTED), device("hub", HUB));
        var several = question(true, device("free", FREE), device("mounted", MOUNTED), device("hub", HUB));
        assertEquals(Optional.empty(), objection(one, false, "free"));
        assertEquals(Optional.empty(), objection(one, true, "mounted"));
        assertEquals(Optional.empty(), objection(several, true, "mounted", "free"));
        assertTrue(objection(one, true, "hub").isPresent(), "it cannot be lent");
        assertTrue(objection(several, true, "free", "hub").isPresent(), "one of them cannot");
        assertTrue(objection(one, true, "other").isPresent(), "it was not offered");
        assertTrue(objection(one, true, "free", "mounted").isPresent(), "one was asked for");
        assertTrue(objection(one, false, "mounted").isPresent(), "it is still mounted");
        assertTrue(one.objectionTo(new FromWindow.Agreed(7, false)).isPresent(), "no device");
        var files = new FileQuestion(CLAIM, CLAIM, new Purpose.OpenFiles(false), List.of(), null, List.of(), null);
        assertTrue(
                files.objectionTo(new Picked(7, List.of("free"), STOPPED, false))
                        .isPresent(),
                "no file");
    }

    private static void refused(Runnable made) {
        assertThrows(IllegalArgumentException.class, made::run);
    }

    @Test
    void everythingHasItsForm() {
        refused(() -> question(false));
        refused(() -> question(false, device("hub", HUB)));
        refused(() -> new DeviceQuestion(List.of(device("a", FREE)), false, new LoanTime.Revoked()));
        refused(() -> new DeviceQuestion(
                IntStream.rangeClosed(0, DeviceQuestion.MOST)
                        .mapToObj(i -> device("id" + i, FREE))
                        .toList(),
                true,
                STOPPED));
        for (String numbers : List.of("", "0781", "0781:558", "0781:55800", "078A:5580", "0781:5580 ")) {
            refused(() -> device(numbers, "1-1", List.of(Kind.OTHER), ""));
        }
        for (String port : List.of("", "1", "1-", "1-1.", "1-1.2.3.4.5.6.7.8", "../1-1", "1-1\n", "1000-1")) {
            refused(() -> device("0000:0000", port, List.of(Kind.OTHER), ""));
        }
        refused(() -> device("0000:0000", "1-1", List.of(), ""));
        refused(() -> device("0000:0000", "1-1", List.of(Kind.OTHER), "a\u0007b"));
        refused(() ->
                device("0000:0000", "1-1", List.of(Kind.OTHER), "x".repeat(ContractLimits.CLAIM_CODE_POINTS + 1)));
        refused(() -> device("x".repeat(ContractLimits.TOKEN_CHARS + 1), FREE));
        refused(() -> new State.InUse(List.of()));
        refused(() -> new State.InUse(List.of("a\nb")));
        refused(() -> new State.InUse(Collections.nCopies(33, "usbhid")));
        refused(() -> new State.Mounted(List.of()));
        refused(() -> new State.Mounted(Collections.nCopies(33, CLAIM)));
        refused(() -> new State.Impossible(Reason.LENT, null));
        refused(() -> new State.Impossible(Reason.HUB, "work"));
        refused(() -> new State.Impossible(Reason.LENT, "w\u202e"));
    }
}
