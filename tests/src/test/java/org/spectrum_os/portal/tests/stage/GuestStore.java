// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.spectrum_os.portal.tests.guest.CommandResult;
import org.spectrum_os.portal.tests.guest.GuestException;
import org.spectrum_os.portal.tests.guest.GuestVm;

/**
 * A guest's desktop session, all of it started by its bus: the guest's own xdg-desktop-portal, a portal backend that grants what it is asked
 * for, and our permission store, as a user puts it before the distribution's.
 */
final class GuestStore {
    static final String NAME = "org.freedesktop.impl.portal.PermissionStore";
    static final String PORTAL = "org.freedesktop.portal.Desktop";
    /** Where the store keeps its files when nobody tells it another folder. */
    static final String STATE = "/home/app/.local/state/spectrum-portal/host";

    private static final String BACKEND = "org.example.TestBackend";
    private static final String DISK = "/opt/spectrum-portal";
    private static final String ASKED = "/run/user/1000/asked";
    private static final String BUS = "DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/1000/bus";
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Pattern PID = Pattern.compile("\\(uint32 ([0-9]+),\\)");

    private final GuestVm guest;

    /** Who a bus name belongs to, as the guest's kernel tells it. */
    record Owner(int pid, String user, String program, String commandLine, boolean activated) {}

    GuestStore(GuestVm guest) {
        this.guest = guest;
    }

    /** Installs the store, the backend and an application, and starts the bus, which starts them. */
    void install() throws IOException, InterruptedException {
        root("""
                set -e
                d=%s s=/home/app/.local/share/dbus-1/services
                ln -s $d/spectrum-permission-store /usr/bin/
                mkdir -p $s /usr/share/xdg-desktop-portal/portals /etc/xdg/xdg-desktop-portal
                sed 's,@bindir@,/usr/bin,' $d/dist/%2$s.service.in >$s/%2$s.service
                cat >$s/%3$s.service <<END
                [D-BUS Service]
                Name=%3$s
                Exec=/bin/sh -c 'exec /usr/bin/python3 $d/portal_backend.py %3$s >>%4$s'
                END
                cat >/usr/share/xdg-desktop-portal/portals/test.portal <<END
                [portal]
                DBusName=%3$s
                Interfaces=org.freedesktop.impl.portal.Notification;org.freedesktop.impl.portal.Access;org.freedesktop.impl.portal.Screenshot;
                END
                printf '[preferred]\\ndefault=test\\n' >/etc/xdg/xdg-desktop-portal/portals.conf
                cat >/usr/bin/take-screenshot <<'END'
                #!/usr/bin/python3
                from gi.repository import Gio, GLib
                bus = Gio.bus_get_sync(Gio.BusType.SESSION)
                loop = GLib.MainLoop()
                def response(_bus, _sender, _path, _interface, _name, arguments):
                    print("response", arguments.unpack()[0])
                    loop.quit()
                bus.signal_subscribe(None, "org.freedesktop.portal.Request", "Response", None, None, 0, response)
                bus.call_sync("%5$s", "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Screenshot",
                              "Screenshot", GLib.Variant("(sa{sv})", ("", {})), None, 0, 80000, None)
                loop.run()
                END
                cat >/usr/bin/as-flatpak <<'END'
                #!/bin/sh
                # Flatpak tells the portal by this file which process the sandbox's first one is.
                mkdir -p /run/user/1000/.flatpak/1
                printf '{"child-pid": %%d}' $$ >/run/user/1000/.flatpak/1/bwrapinfo.json
                exec "$@"
                END
                chmod 755 /usr/bin/take-screenshot /usr/bin/as-flatpak
                chown -R app:app /home/app/.local
                as-app dbus-daemon --session --fork --address=unix:path=/run/user/1000/bus
                """.formatted(DISK, NAME, BACKEND, ASKED, PORTAL));
    }

    /** Runs a script as root. */
    String root(String script) throws IOException, InterruptedException {
        return guest.sh(script, PATIENCE).orThrow().text();
    }

    /** Runs a command as the user, with the bus. */
    CommandResult user(String command) throws IOException, InterruptedException {
        return guest.sh("as-app env " + BUS + " " + command, PATIENCE);
    }

    /** Runs a command as the user, so that the portal takes it for the sandboxed application {@code app}. */
    CommandResult sandboxed(String app, String command) throws IOException, InterruptedException {
        return guest.sh(
                DISK + "/as-sandboxed-app " + app + " \"$(mktemp -d)\" as-app env " + BUS + " as-flatpak " + command,
                PATIENCE);
    }

    /** Calls a method of the store as any program of the user can. */
    String call(String method, String arguments) throws IOException, InterruptedException {
        return user("gdbus call --session --timeout 80 --dest " + NAME + " --object-path /" + NAME.replace('.', '/')
                        + " --method " + NAME + "." + method + " " + arguments)
                .orThrow()
                .text();
    }

    boolean isOwned(String name) throws IOException, InterruptedException {
        return bus("NameHasOwner", name).contains("true");
    }

    /** The process that a name belongs to. */
    Owner owner(String name) throws IOException, InterruptedException {
        Matcher answer = PID.matcher(bus("GetConnectionUnixProcessID", name));
        if (!answer.find()) {
            throw new GuestException("the bus does not say whose name " + name + " is");
        }
        String folder = "/proc/" + answer.group(1);
        // The bus tells a service that it starts which bus it was.
        String[] seen = root("cd " + folder
                        + "; stat -c %U .; readlink exe; tr '\\0' ' ' <cmdline; echo; grep -zc ^DBUS_STARTER_ADDRESS= environ")
                .split("\n", -1);
        return new Owner(Integer.parseInt(answer.group(1)), seen[0], seen[1], seen[2].strip(), seen[3].equals("1"));
    }

    private String bus(String method, String name) throws IOException, InterruptedException {
        return user("gdbus call --session --dest org.freedesktop.DBus --object-path /org/freedesktop/DBus"
                        + " --method org.freedesktop.DBus." + method + " " + name)
                .orThrow()
                .text();
    }

    /** What the backend has been asked since the last time. */
    List<String> asked() throws IOException, InterruptedException {
        String lines = root("cat " + ASKED + "; : >" + ASKED);
        return lines.lines().filter(line -> !line.equals("ready")).toList();
    }

    /** All lines of the store's files, oldest first. */
    List<JsonNode> lines() throws IOException, InterruptedException {
        var lines = new ArrayList<JsonNode>();
        var mapper = new ObjectMapper();
        String files = root("cd " + STATE + "; cat $(ls store.jsonl 2>&-) $(ls -v journal-*.jsonl)");
        for (String line : files.lines().toList()) {
            lines.add(mapper.readTree(line));
        }
        return lines;
    }
}
