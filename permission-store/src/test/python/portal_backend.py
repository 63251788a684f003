#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
# SPDX-License-Identifier: Apache-2.0
"""A portal backend that says what it is asked, a line each on standard output, and grants whatever it is asked for.

usage: portal_backend.py BUS_NAME
"""
import sys

from gi.repository import Gio, GLib

XML = """<node>
<interface name="org.freedesktop.impl.portal.Notification">
  <method name="AddNotification"><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="a{sv}" direction="in"/></method>
  <method name="RemoveNotification"><arg type="s" direction="in"/><arg type="s" direction="in"/></method>
</interface>
<interface name="org.freedesktop.impl.portal.Inhibit">
  <method name="Inhibit"><arg type="o" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="a{sv}" direction="in"/></method>
  <method name="CreateMonitor"><arg type="o" direction="in"/><arg type="o" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="u" direction="out"/></method>
</interface>
<interface name="org.freedesktop.impl.portal.Access">
  <method name="AccessDialog"><arg type="o" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="a{sv}" direction="in"/><arg type="u" direction="out"/><arg type="a{sv}" direction="out"/></method>
</interface>
<interface name="org.freedesktop.impl.portal.Screenshot">
  <method name="Screenshot"><arg type="o" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="a{sv}" direction="in"/><arg type="u" direction="out"/><arg type="a{sv}" direction="out"/></method>
  <method name="PickColor"><arg type="o" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="a{sv}" direction="in"/><arg type="u" direction="out"/><arg type="a{sv}" direction="out"/></method>
  <property name="version" type="u" access="read"/>
</interface>
</node>"""


def called(_connection, _sender, _path, _interface, method, arguments, invocation):
    print(method, arguments.unpack(), flush=True)
    replies = {
        "AccessDialog": ("(ua{sv})", (0, {})),
        "Screenshot": ("(ua{sv})", (0, {"uri": GLib.Variant("s", "file:///picture.png")})),
        "CreateMonitor": ("(u)", (0,)),
    }
    reply = replies.get(method)
    invocation.return_value(GLib.Variant(*reply) if reply else None)


def acquired(connection, _name):
    for interface in Gio.DBusNodeInfo.new_for_xml(XML).interfaces:
        connection.register_object("/org/freedesktop/portal/desktop", interface, called, lambda *_: GLib.Variant("u", 2), None)


Gio.bus_own_name(Gio.BusType.SESSION, sys.argv[1], Gio.BusNameOwnerFlags.NONE, acquired,
                 lambda *_: print("ready", flush=True), lambda *_: sys.exit("the name is taken"))
GLib.MainLoop().run()
