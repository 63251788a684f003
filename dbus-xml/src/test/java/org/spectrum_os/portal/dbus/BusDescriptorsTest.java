// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.freedesktop.dbus.FileDescriptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.newsclub.net.unix.FileDescriptorCast;
import org.spectrum_os.portal.dbus.testing.PrivateBus;

@Timeout(60)
class BusDescriptorsTest {
    @TempDir
    private Path folder;

    /** Our open descriptors of one file. */
    private static Set<String> open(Path file) throws IOException {
        try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors
                    .filter(descriptor -> {
                        try {
                            return Files.readSymbolicLink(descriptor).equals(file);
                        } catch (IOException e) {
                            return false; // the listing's own descriptor is gone by now
                        }
                    })
                    .map(Path::toString)
                    .collect(Collectors.toSet());
        }
    }

    @Test
    void nothingIsLeftOpen() throws Exception {
        Path file = Files.writeString(folder.toRealPath().resolve("content"), "content");
        var test = new TestInterface()
                .with("Ignore", "h", "", call -> Reply.empty())
                .with("Back", "h", "h", call -> Reply.of("h", call.arguments().getFirst()))
                .with(
                        "Nested",
                        "a{sv}",
                        "a{sv}",
                        call -> Reply.of("a{sv}", call.arguments().getFirst()))
                .with("Read", "h", "s", call -> {
                    int number = call.descriptors()
                            .take((FileDescriptor) call.arguments().getFirst());
                    assertThrows(
                            IllegalStateException.class,
                            () -> call.descriptors()
                                    .take((FileDescriptor) call.arguments().getFirst()));
                    try (var input = new FileInputStream(
                            FileDescriptorCast.unsafeUsing(number).getFileDescriptor())) {
                        return Reply.of("s", new String(input.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                });
        try (var bus = PrivateBus.start();
                var server = BusConnection.connect(bus.address());
                var client = BusConnection.connect(bus.address());
                var exported = server.export("/fd", ExportedObject.of(test))) {
            for (int i = 0; i < 100; i++) {
                try (var input = new FileInputStream(file.toFile())) {
                    var descriptor = new FileDescriptor(
                            FileDescriptorCast.using(input.getFD()).as(Integer.class));
                    assertEquals(List.of(), call(client, server, "Ignore", "h", descriptor));
                    assertEquals(List.of("content"), call(client, server, "Read", "h", descriptor));
                    assertEquals(
                            1, call(client, server, "Back", "h", descriptor).size());
                    assertEquals(
                            1,
                            call(client, server, "Nested", "a{sv}", Map.of("fd", Variants.of("h", descriptor)))
                                    .size());
                    // Refused before any handler sees it, and a signal that nobody asked for.
                    assertThrows(CallFailedException.class, () -> call(client, server, "None", "h", descriptor));
                    client.emit(server.uniqueName(), "/fd", "org.example.I", "S", "h", descriptor);
                    client.nameOwner("org.freedesktop.DBus");
                    server.nameOwner("org.freedesktop.DBus");
                }
            }
            // A call's descriptors are closed after its reply has gone out, so wait until the last call is over.
            long deadline = System.nanoTime() + 10_000_000_000L;
            while (!open(file).isEmpty() && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            assertEquals(Set.of(), open(file));
        }
    }

    /** Many messages come with one read; each has to find its own descriptor, however long the messages are. */
    @Test
    void eachMessageKeepsItsDescriptor() throws Exception {
        int files = 40;
        List<FileInputStream> inputs = new ArrayList<>();
        List<FileDescriptor> descriptors = new ArrayList<>();
        for (int i = 0; i < files; i++) {
            var input = new FileInputStream(Files.writeString(folder.resolve("file" + i), "content " + i)
                    .toFile());
            inputs.add(input);
            descriptors.add(
                    new FileDescriptor(FileDescriptorCast.using(input.getFD()).as(Integer.class)));
        }
        var test = new TestInterface()
                .with("Read", "hay", "s", call -> Reply.of("s", read(call)))
                .with("Plain", "s", "s", call -> Reply.of("s", call.arguments().getFirst()));
        try (var bus = PrivateBus.start();
                var server = BusConnection.connect(bus.address());
                var client = BusConnection.connect(bus.address());
                var exported = server.export("/fd", ExportedObject.of(test))) {
            for (int size : new int[] {0, 10, 300_000}) {
                Map<CompletableFuture<List<Object>>, String> expected = new LinkedHashMap<>();
                for (int i = 0; i < files; i++) {
                    expected.put(
                            async(client, server, "Read", "hay", descriptors.get(i), new byte[size]),
                            "content " + i + " " + size);
                    expected.put(async(client, server, "Plain", "s", "plain " + i), "plain " + i);
                }
                for (var entry : expected.entrySet()) {
                    assertEquals(List.of(entry.getValue()), entry.getKey().get());
                }
            }
        } finally {
            for (FileInputStream input : inputs) {
                input.close();
            }
        }
    }

    /** The file's content, from its beginning: the offset is common to all descriptors of one opening. */
    private static String read(MethodCall call) {
        int number = call.descriptors().take((FileDescriptor) call.arguments().getFirst());
        try (var input =
                new FileInputStream(FileDescriptorCast.unsafeUsing(number).getFileDescriptor())) {
            input.getChannel().position(0);
            byte[] padding = (byte[]) call.arguments().get(1);
            return new String(input.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8) + " " + padding.length;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static CompletableFuture<List<Object>> async(
            BusConnection client, BusConnection server, String member, String signature, Object... arguments) {
        return client.callAsync(
                java.time.Duration.ofSeconds(30),
                server.uniqueName(),
                "/fd",
                TestInterface.NAME,
                member,
                signature,
                arguments);
    }

    private static List<Object> call(
            BusConnection client, BusConnection server, String member, String signature, Object argument)
            throws BusException {
        return client.call(server.uniqueName(), "/fd", TestInterface.NAME, member, signature, argument);
    }
}
