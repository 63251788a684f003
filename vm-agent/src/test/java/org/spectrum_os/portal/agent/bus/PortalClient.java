// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.freedesktop.dbus.types.Variant;
import org.spectrum_os.portal.agent.request.RequestBook;
import org.spectrum_os.portal.chooser.BackendFace;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.BusException;
import org.spectrum_os.portal.dbus.CallFailedException;
import org.spectrum_os.portal.dbus.SignalReceived;
import org.spectrum_os.portal.dbus.Values;
import org.spectrum_os.portal.dbus.Variants;

/** An application that calls the file chooser portal and collects the responses. */
final class PortalClient {
    static final String FILE_CHOOSER = "org.freedesktop.portal.FileChooser";
    static final String REQUEST = "org.freedesktop.portal.Request";

    final BusConnection bus;
    final BlockingQueue<SignalReceived> responses = new LinkedBlockingQueue<>();

    PortalClient(BusConnection bus) throws BusException {
        this.bus = bus;
        bus.onSignal(null, null, REQUEST, "Response", responses::add);
    }

    /** Options by name, type and value in turn. */
    static Map<String, Variant<?>> options(Object... namesTypesValues) {
        Map<String, Variant<?>> options = new LinkedHashMap<>();
        for (int i = 0; i < namesTypesValues.length; i += 3) {
            options.put(
                    (String) namesTypesValues[i],
                    Variants.of((String) namesTypesValues[i + 1], namesTypesValues[i + 2]));
        }
        return options;
    }

    String openFile(String title, Map<String, Variant<?>> options) throws BusException {
        return call("OpenFile", title, options);
    }

    /** Calls a method of the file chooser and returns the handle. */
    String call(String member, String title, Map<String, Variant<?>> options) throws BusException {
        return Values.string(bus.call(
                        BackendFace.FRONTEND_NAME,
                        BackendFace.PATH,
                        FILE_CHOOSER,
                        member,
                        "ssa{sv}",
                        "",
                        title,
                        options)
                .getFirst());
    }

    /** The option {@code files}, each name with the NUL that ends it. */
    static Map<String, Variant<?>> files(List<String> names) {
        return options(
                "files",
                "aay",
                names.stream()
                        .map(name -> (name + "\0").getBytes(StandardCharsets.UTF_8))
                        .toList());
    }

    String expectedPath(String token) {
        return "/org/freedesktop/portal/desktop/request/"
                + bus.uniqueName().substring(1).replace('.', '_') + "/" + token;
    }

    CallFailedException refused(String title, Map<String, Variant<?>> options) {
        return refusedTo("OpenFile", title, options);
    }

    CallFailedException refusedTo(String member, String title, Map<String, Variant<?>> options) {
        return assertThrows(CallFailedException.class, () -> call(member, title, options));
    }

    void close(String handle) throws BusException {
        bus.call(BackendFace.FRONTEND_NAME, handle, REQUEST, "Close", "");
    }

    SignalReceived response() throws InterruptedException {
        SignalReceived response =
                responses.poll(RequestBook.PATIENCE.plusSeconds(20).toSeconds(), TimeUnit.SECONDS);
        assertNotNull(response, "no Response came");
        return response;
    }

    /** The next response must carry this code and no file. */
    void assertEnds(long code) throws InterruptedException {
        SignalReceived response = response();
        assertEquals(code, Values.number(response.arguments().get(0)));
        assertEquals(List.of("uris"), List.copyOf(results(response).keySet()));
        assertEquals(List.of(), list(results(response), "uris"));
    }

    static Map<String, Variant<?>> results(SignalReceived response) {
        return Values.dictionary(response.arguments().get(1));
    }

    static List<?> list(Map<String, Variant<?>> results, String key) {
        Variant<?> found = results.get(key);
        assertNotNull(found, key);
        return found.getValue() instanceof List<?> list ? list : List.of((Object[]) found.getValue());
    }
}
