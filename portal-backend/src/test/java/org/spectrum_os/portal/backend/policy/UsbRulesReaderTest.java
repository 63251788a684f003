// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsbRulesReaderTest {
    private static String instance(String name, int cid, String more) {
        return "\"" + name + "\": {\"colour\": \"#3584e4\", \"link\": {\"vsock\": " + cid + "}, \"rules\": {}" + more
                + "}";
    }

    private static String policy(String... instances) {
        return "{\"version\": 1, \"instances\": {\n" + String.join(",\n", instances) + "}}";
    }

    private static String usb(String machine, String rules) {
        return ", \"machine\": " + machine + ", \"usb\": " + rules;
    }

    private static String work(String rules) {
        return policy(instance("work", 12, usb("{\"crosvm\": \"/run/vm/work.sock\"}", rules)));
    }

    private static List<UsbRule> read(String rules) throws PolicyException {
        return PolicyReader.parse("test", work(rules))
                .instance("work")
                .orElseThrow()
                .usb();
    }

    private static List<String> problemsOf(String policy) {
        return assertThrows(PolicyException.class, () -> PolicyReader.parse("test", policy)).problems().stream()
                .map(PolicyProblem::toString)
                .toList();
    }

    private static String problemOf(String policy) {
        List<String> problems = problemsOf(policy);
        assertEquals(1, problems.size(), problems.toString());
        return problems.getFirst();
    }

    private static UsbInterfaces.Pattern pattern(String text) {
        return UsbInterfaces.Pattern.of(text).orElseThrow();
    }

    @Test
    void anInstanceHasNoMachineAndNoDevicesUnlessThePolicySaysSo() throws Exception {
        Instance plain = PolicyReader.parse("test", policy(instance("work", 12, "")))
                .instances()
                .getFirst();
        assertEquals(Optional.empty(), plain.machine());
        assertEquals(List.of(), plain.usb());
    }

    @Test
    void readsEveryMember() throws Exception {
        assertEquals(
                List.of(
                        new UsbRule(
                                Optional.of("1-2.3"),
                                Optional.of(new UsbName(0x1d50, Optional.of(0x6018), Optional.of("A:B c"))),
                                Optional.of(new UsbInterfaces(
                                        Optional.of(List.of(pattern("080650"))),
                                        List.of(pattern("08****"), pattern("0e****")),
                                        List.of(pattern("03****"), pattern("fe01**")))),
                                UsbMode.AUTO,
                                List.of(
                                        new UsbName(0x1d50, Optional.of(0x6017), Optional.empty()),
                                        new UsbName(0x1209, Optional.empty(), Optional.empty())),
                                Optional.of(Duration.ofMinutes(15))),
                        new UsbRule(
                                Optional.empty(),
                                Optional.of(new UsbName(0xabcd, Optional.empty(), Optional.empty())),
                                Optional.empty(),
                                UsbMode.ASK,
                                List.of(),
                                Optional.empty())),
                read("""
                        [{"port": "1-2.3", "device": "1D50:6018:A:B c",
                          "interfaces": {"equals": ["080650"], "one-of": ["storage", "0E****"], "none-of": ["input", "FE01**"]},
                          "mode": "auto", "for": "15m", "becomes": ["1d50:6017", "1209:*"]},
                         {"device": "abcd", "mode": "ask", "for": "until-stopped"}]"""));
    }

    @Test
    void aMachineIsOneOfTheTwoMonitors() throws Exception {
        Policy read = PolicyReader.parse(
                "test",
                policy(
                        instance("a", 12, ", \"machine\": {\"crosvm\": \"/run/vm/../vm/a.sock\"}"),
                        instance("b", 13, ", \"machine\": {\"qemu\": \"/run/vm/b.qmp\"}")));
        assertEquals(
                List.of(
                        Optional.of(new MachineAddress.Crosvm(Path.of("/run/vm/a.sock"))),
                        Optional.of(new MachineAddress.Qemu(Path.of("/run/vm/b.qmp")))),
                read.instances().stream().map(Instance::machine).toList());
        for (String machine : List.of("{}", "{\"crosvm\": \"/a\", \"qemu\": \"/b\"}")) {
            assertTrue(problemOf(policy(instance("a", 12, ", \"machine\": " + machine)))
                    .contains("a machine is either"));
        }
        assertTrue(problemOf(policy(instance("a", 12, ", \"machine\": {\"qemu\": \"b.qmp\"}")))
                .contains("absolute path of QEMU's monitor socket"));
        assertTrue(problemOf(policy(instance("a", 12, ", \"machine\": {\"crosvm\": \"/" + "x".repeat(107) + "\"}")))
                .contains("has 108"));
    }

    @Test
    void twoInstancesCannotHaveOneMachineNorAnInstanceOneSocketForBoth() {
        String machine = ", \"machine\": {\"crosvm\": \"/run/vm/a.sock\"}";
        assertTrue(problemOf(policy(instance("a", 12, machine), instance("b", 13, machine)))
                .contains("\"b\" has the same machine as \"a\""));
        assertTrue(problemOf(policy(
                        "\"a\": {\"colour\": \"#3584e4\", \"link\": {\"unix\": \"/run/vm/a.sock\"}, \"rules\": {}"
                                + machine + "}"))
                .contains("one socket as its link and as its machine"));
    }

    @Test
    void rulesWithoutAMachineAreOfNoUse() throws Exception {
        assertTrue(problemOf(policy(instance("a", 12, ", \"usb\": [{\"port\": \"1-2\", \"mode\": \"ask\"}]")))
                .contains("no \"machine\""));
        assertEquals(
                List.of(),
                PolicyReader.parse("test", policy(instance("a", 12, ", \"usb\": []")))
                        .instances()
                        .getFirst()
                        .usb());
    }

    @Test
    void everyWordStandsForAPatternThatCanBeWritten() throws Exception {
        for (UsbWord word : UsbWord.values()) {
            assertEquals(
                    read("[{\"interfaces\": {\"one-of\": [\"" + word.pattern() + "\"]}, \"mode\": \"ask\"}]"),
                    read("[{\"interfaces\": {\"one-of\": [\"" + word.word() + "\"]}, \"mode\": \"ask\"}]"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {"device": "1d50:6018"}                                            | lacks "mode"
            {"mode": "ask"}                                                    | fit every device
            {"port": "1-2", "mode": "asks"}                                    | did you mean "ask"?
            {"port": "1-2", "mode": "deny"}                                    | what no rule fits is denied already
            {"prot": "1-2", "device": "1d50", "mode": "ask"}                   | did you mean "port"?
            {"port": "1-2:1.0", "mode": "ask"}                                 | did you mean "1-2"?
            {"port": "001/004", "mode": "ask"}                                 | the kernel gives anew
            {"port": "usb1", "mode": "ask"}                                    | a controller of this computer
            {"port": "1-02", "mode": "ask"}                                    | spectrum-portal usb list
            {"device": "1d50:60", "mode": "ask"}                               | four hexadecimal digits
            {"device": "1d50:*:X", "mode": "ask"}                              | one of a product
            {"device": "1d50:6018:", "mode": "ask"}                            | VENDOR:PRODUCT:SERIAL
            {"interfaces": {}, "mode": "ask"}                                  | interfaces says nothing
            {"interfaces": {"one-of": []}, "mode": "ask"}                      | got an empty one
            {"interfaces": {"one-of": ["storge"]}, "mode": "ask"}              | did you mean "storage"?
            {"interfaces": {"one-of": ["**0650"]}, "mode": "ask"}              | without its class
            {"interfaces": {"one-of": ["******"]}, "mode": "ask"}              | without its class
            {"interfaces": {"none-of": ["keyboard"]}, "mode": "ask"}           | rule out "input"
            {"interfaces": {"equals": ["080650"], "none-of": ["storage"]}, "mode": "ask"} | no device can fit
            {"interfaces": {"one-of": ["080650"], "none-of": ["0806**"]}, "mode": "ask"}  | no device can fit
            {"port": "1-2", "mode": "ask", "for": "always"}                    | brings it back
            {"port": "1-2", "mode": "ask", "for": 15}                          | did you mean "15s"?
            {"port": "1-2", "mode": "ask", "for": "366d"}                      | 1 s to 365 d
            {"port": "1-2", "mode": "ask", "becomes": "1d50:6017"}             | becomes is a list
            {"port": "1-2", "mode": "ask", "becomes": ["x"]}                   | an entry of becomes is
            {"interfaces": {"one-of": ["camera"]}, "mode": "auto"}             | nobody is asked
            {"device": "1d50:*", "mode": "auto"}                               | nobody is asked
            """)
    void saysWhatIsWrongAndWhatToWrite(String rule, String told) {
        String problem = problemOf(work("[" + rule + "]"));
        assertTrue(problem.contains(told), problem);
        assertTrue(problem.startsWith("line 2, "), problem);
    }

    @Test
    void allProblemsOfARuleAreToldAtOnce() {
        assertEquals(
                4,
                problemsOf(work("[{\"port\": 1, \"device\": \"x\", \"mode\": \"always\", \"for\": \"soon\"}]"))
                        .size());
    }

    @Test
    void aRuleThatAnEarlierOneRepeatsNeverCounts() {
        String problem = problemOf(work("""
                [{"interfaces": {"one-of": ["storage", "camera"]}, "mode": "ask"},
                 {"interfaces": {"one-of": ["0e****", "08****"]}, "mode": "manual"}]"""));
        assertTrue(problem.contains("the same conditions"), problem);
    }

    @Test
    void twoInstancesCannotBothGetTheSameByItself() throws Exception {
        String[] both = {"auto", "ask"};
        for (String second : both) {
            String policy = policy(
                    instance("a", 12, usb("{\"crosvm\": \"/a\"}", "[{\"device\": \"1D50:6018\", \"mode\": \"auto\"}]")),
                    instance(
                            "b",
                            13,
                            usb(
                                    "{\"crosvm\": \"/b\"}",
                                    "[{\"device\": \"1d50:6018\", \"mode\": \"" + second + "\"}]")));
            if (second.equals("auto")) {
                assertTrue(problemOf(policy).contains("\"a\" gets the same devices by itself"));
            } else {
                assertEquals(2, PolicyReader.parse("test", policy).instances().size());
            }
        }
    }

    @Test
    void listsAreBounded() throws Exception {
        assertEquals(64, read(rules(64)).size());
        assertTrue(problemOf(work(rules(65))).contains("at most 64"));
        assertTrue(problemOf(work("[{\"port\": \"1-2\", \"mode\": \"ask\", \"becomes\": [" + "\"1d50\",".repeat(16)
                        + "\"1d50\"]}]"))
                .contains("at most 16"));
        assertTrue(problemOf(work("[{\"mode\": \"ask\", \"interfaces\": {\"one-of\": [" + "\"input\",".repeat(32)
                        + "\"input\"]}}]"))
                .contains("at most 32"));
    }

    private static String rules(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(port -> "{\"port\": \"1-" + port + "\", \"mode\": \"ask\"}")
                .collect(Collectors.joining(",", "[", "]"));
    }
}
