# SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
# SPDX-License-Identifier: Apache-2.0
"""Calls OpenFile as plain D-Bus, listening at the path that its token gives, and prints what happens in the order it arrives."""
from gi.repository import Gio, GLib

loop = GLib.MainLoop()
bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)
path = "/org/freedesktop/portal/desktop/request/" + bus.get_unique_name()[1:].replace(".", "_") + "/tok"


def arrived(connection, message, incoming):
    if incoming and message.get_message_type() == Gio.DBusMessageType.METHOD_RETURN and message.get_signature() == "o":
        print("return", message.get_body().unpack()[0] == path, flush=True)
    if incoming and message.get_member() == "Response":
        print("response", message.get_path() == path, message.get_body().print_(True), flush=True)
        GLib.idle_add(loop.quit)
    return message


bus.add_filter(arrived)
bus.signal_subscribe(None, "org.freedesktop.portal.Request", "Response", path, None, Gio.DBusSignalFlags.NO_MATCH_RULE, lambda *_: None)
bus.call(
    "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop", "org.freedesktop.portal.FileChooser", "OpenFile",
    GLib.Variant("(ssa{sv})", ("", "Plain", {"handle_token": GLib.Variant("s", "tok")})),
    GLib.VariantType("(o)"), Gio.DBusCallFlags.NONE, -1, None, lambda *_: None)
GLib.timeout_add_seconds(40, loop.quit)
loop.run()
