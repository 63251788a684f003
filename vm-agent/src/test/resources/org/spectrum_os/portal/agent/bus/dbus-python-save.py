# SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
# SPDX-License-Identifier: Apache-2.0
"""Calls SaveFile with current_file, as an editor's "Save as" does, by dbus-python; prints the results, one line each."""
import dbus
import dbus.mainloop.glib
from gi.repository import GLib

dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
loop = GLib.MainLoop()
bus = dbus.SessionBus()
path = "/org/freedesktop/portal/desktop/request/" + bus.get_unique_name()[1:].replace(".", "_") + "/tok"


def response(code, results):
    print("response", int(code), flush=True)
    for key in sorted(results):
        print(key, [str(uri) for uri in results[key]], flush=True)
    loop.quit()


bus.add_signal_receiver(response, "Response", "org.freedesktop.portal.Request", path=path)
chooser = dbus.Interface(
    bus.get_object("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"), "org.freedesktop.portal.FileChooser")
handle = chooser.SaveFile("", "Save as", dbus.Dictionary({
    "handle_token": "tok",
    "accept_label": "_Keep",
    "modal": False,
    "current_file": dbus.ByteArray(b"/home/user/Documents/old.txt\0"),
}, signature="sv"))
print("handle", handle == path, flush=True)
GLib.timeout_add_seconds(40, loop.quit)
loop.run()
