# SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
# SPDX-License-Identifier: Apache-2.0
"""Acquires all devices that a session tells of, prints what each descriptor reads as, and waits until the first is taken away."""
import os

from gi.repository import Gio, GLib

NAME, PATH, USB = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Usb"
loop = GLib.MainLoop()
bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)
acquired = False


def call(member, arguments, reply):
    return bus.call_with_unix_fd_list_sync(NAME, PATH, USB, member, arguments, GLib.VariantType(reply), Gio.DBusCallFlags.NONE, -1, None, None)


def events(connection, sender, path, interface, signal, parameters):
    global acquired
    told = parameters.unpack()[1]
    added = [(device, {"writable": GLib.Variant("b", True)}) for action, device, _ in told if action == "add"]
    if added and not acquired:
        acquired = True
        call("AcquireDevices", GLib.Variant("(sa(sa{sv})a{sv})", ("", added, {})), "(o)")
    for action, device, _ in told:
        if action == "remove":
            print("removed", device, flush=True)
            loop.quit()


def response(connection, sender, path, interface, signal, parameters):
    print("response", parameters.unpack()[0], flush=True)
    finished = False
    while not finished:
        reply, descriptors = call("FinishAcquireDevices", GLib.Variant("(oa{sv})", (path, {})), "(a(sa{sv})b)")
        results, finished = reply.unpack()
        for device, result in results:
            descriptor = descriptors.get(result["fd"])
            print(device, result["success"], os.pread(descriptor, 18, 0).hex(), flush=True)


bus.signal_subscribe(NAME, USB, "DeviceEvents", PATH, None, Gio.DBusSignalFlags.NONE, events)
bus.signal_subscribe(NAME, "org.freedesktop.portal.Request", "Response", None, None, Gio.DBusSignalFlags.NONE, response)
call("CreateSession", GLib.Variant("(a{sv})", ({"session_handle_token": GLib.Variant("s", "tok")},)), "(o)")
GLib.timeout_add_seconds(40, loop.quit)
loop.run()
