// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.spectrum_os.portal.tests.stage.GuestStore.Owner;

/** A guest's own xdg-desktop-portal, unmodified, on top of our permission store in that guest. */
@Tag("guest")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GuestStoreTest {
    private static final String APP = "org.example.App";
    private static final String OTHER = "org.example.Other";
    private static final String NOT_ALLOWED =
            "org.freedesktop.portal.Error.NotAllowed: Showing notifications is not allowed";

    private Stage stage;
    private GuestStore session;

    @BeforeAll
    void start() throws Exception {
        stage = new Stage();
        session =
                new GuestStore(stage.startGuest(line -> System.err.println("guest: " + line), AgentDisk.Content.STORE));
        session.install();
    }

    @AfterAll
    void drop() throws Exception {
        if (stage != null) {
            stage.close();
        }
    }

    /** After each step, for no step may have been the work of another store. */
    @AfterEach
    void theStoreIsOursAndThePortalIsDebians() throws Exception {
        Owner store = session.owner(GuestStore.NAME);
        assertEquals("/usr/lib/jvm/java-25-openjdk-amd64/bin/java", store.program());
        assertTrue(
                store.commandLine()
                        .endsWith(" --module org.spectrum_os.portal.store/"
                                + "org.spectrum_os.portal.store.service.SpectrumPermissionStore"),
                store.toString());
        assertEquals("app", store.user());
        assertTrue(store.activated(), store.toString());
        Owner portal = session.owner(GuestStore.PORTAL);
        assertEquals("/usr/libexec/xdg-desktop-portal", portal.program());
        assertEquals("app", portal.user());
        assertTrue(portal.activated(), portal.toString());
        // The stock store is there, is what a session without ours would have, and does not run.
        assertEquals(
                "Exec=/usr/libexec/xdg-permission-store",
                session.root("grep ^Exec /usr/share/dbus-1/services/" + GuestStore.NAME + ".service;"
                        + " test -x /usr/libexec/xdg-permission-store"));
        assertEquals("0", session.root("readlink /proc/[0-9]*/exe | grep -c xdg-permission-store; true"));
    }

    private String screenshot(String app) throws Exception {
        return session.sandboxed(app, "take-screenshot").orThrow().text();
    }

    private String notified(String app, String id) throws Exception {
        var call = session.sandboxed(
                app,
                "gdbus call --session --timeout 80 --dest " + GuestStore.PORTAL
                        + " --object-path /org/freedesktop/portal/desktop --method"
                        + " org.freedesktop.portal.Notification.AddNotification " + id + " \"{'title': <'Hello'>}\"");
        return call.text() + call.errors().strip();
    }

    /** The methods that the backend was asked for, and the application it was told. */
    private List<String> asked(String app) throws Exception {
        List<String> asked = session.asked();
        asked.forEach(line -> assertTrue(line.contains("'" + app + "'"), line));
        return asked.stream().map(line -> line.substring(0, line.indexOf(' '))).toList();
    }

    private void assertKept(String table, String id, String app, String access) throws Exception {
        assertEquals(
                "(['" + access + "'],)",
                session.call("GetPermission", String.join(" ", table, id, app)),
                "what the store answers");
        var last = session.lines().stream()
                .filter(line -> line.path("table").asText().equals(table))
                .filter(line -> line.path("id").asText().equals(id))
                .filter(line -> line.path("app").asText().equals(app)
                        || line.path("permissions").has(app))
                .toList()
                .getLast();
        var permission = last.has("permission")
                ? last.path("permission")
                : last.path("permissions").path(app);
        assertEquals("[\"" + access + "\"]", permission.path("access").toString(), "what the files say: " + last);
    }

    @Test
    @Order(1)
    void thePortalKeepsTheUsersAnswerInOurStore() throws Exception {
        assertTrue(
                session.root("dpkg-query -W -f '${Version}' xdg-desktop-portal").startsWith("1.20."));
        assertEquals(
                "usr/libexec/xdg-desktop-portal: OK",
                session.root(
                        "cd / && grep ' usr/libexec/xdg-desktop-portal$' /var/lib/dpkg/info/xdg-desktop-portal.md5sums"
                                + " | md5sum --check"));
        assertEquals("response 0", screenshot(APP));
        assertEquals(List.of("AccessDialog", "Screenshot"), asked(APP));
        assertKept("screenshot", "screenshot", APP, "yes");
        assertEquals("response 0", screenshot(APP));
        assertEquals(List.of("Screenshot"), asked(APP), "the user was asked again");
    }

    @Test
    @Order(2)
    void whatTheStoreForbidsThePortalRefuses() throws Exception {
        assertEquals("()", notified(APP, "first"));
        assertEquals(List.of("AddNotification"), asked(APP));
        // That nobody has forbidden it yet is what the portal itself writes down.
        assertKept("notifications", "notification", APP, "yes");
        session.call("SetPermission", "screenshot true screenshot " + APP + " \"['no']\"");
        session.call("SetPermission", "notifications true notification " + APP + " \"['no']\"");
        assertEquals("response 2", screenshot(APP));
        assertTrue(notified(APP, "second").contains(NOT_ALLOWED));
        assertEquals(List.of(), asked(APP));
        assertKept("screenshot", "screenshot", APP, "no");
        assertKept("notifications", "notification", APP, "no");
    }

    @Test
    @Order(3)
    void aKilledStoreIsStartedAnewByThePortalsQuestionAndHasForgottenNothing() throws Exception {
        Owner killed = session.owner(GuestStore.NAME);
        Owner portal = session.owner(GuestStore.PORTAL);
        session.root("kill -KILL " + killed.pid() + "; while [ -e /proc/" + killed.pid() + " ]; do sleep 0.1; done");
        assertFalse(session.isOwned(GuestStore.NAME));
        assertEquals("response 2", screenshot(APP));
        Owner next = session.owner(GuestStore.NAME);
        assertNotEquals(killed.pid(), next.pid());
        assertTrue(notified(APP, "third").contains(NOT_ALLOWED));
        assertEquals(List.of(), asked(APP));
        assertKept("screenshot", "screenshot", APP, "no");
        // The refusals were the store's word about this application: another one is asked for.
        assertEquals("response 0", screenshot(OTHER));
        assertEquals(List.of("AccessDialog", "Screenshot"), asked(OTHER));
        assertKept("screenshot", "screenshot", OTHER, "yes");
        session.call("SetPermission", "screenshot true screenshot " + APP + " \"['yes']\"");
        assertEquals("response 0", screenshot(APP));
        assertEquals(List.of("Screenshot"), asked(APP));
        assertEquals(portal.pid(), session.owner(GuestStore.PORTAL).pid(), "the portal was not the same all the time");
        assertEquals(next.pid(), session.owner(GuestStore.NAME).pid());
    }
}
