#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
# SPDX-License-Identifier: Apache-2.0
"""Calls the permission store on the session bus and prints all that comes back, so that two stores can be compared line by line.

usage: differential.py calls SEED COUNT | dump

It is GLib's D-Bus that writes and reads the messages. A body is printed as its type and the bytes of its GVariant form.
"""
import os
import random
import struct
import sys

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

NAME = "org.freedesktop.impl.portal.PermissionStore"
PATH = "/org/freedesktop/impl/portal/PermissionStore"
# Names that the stock service takes for paths are left out: empty, with a slash, "." and "..", longer than a file name may be.
TABLES = ["t", "a b", "new\nline", "\u00fcml\u00e4ut", "\U0001f600", "%s%n", "x" * 200]
WORDS = ["", "/", "..", "../../evil", "a\nb", "\t", "\u202ertl", "\U0001f600\U0010ffff", "\ud7ff\ue000", "e\u0301", "%n%s", "id", "org.example.App",
         "org.example.App2", "snap.x", "ID"]
LONG = "l\u00f6ng" * 14_000  # 70 000 bytes
ACCESS = ["yes", "no", "ask", "", "yes", "EXACT", "0", "\U0001f512", "two words\n"]
BASIC = "ybnqiuxtdsog"

connection = Gio.DBusConnection.new_for_address_sync(
    os.environ["DBUS_SESSION_BUS_ADDRESS"],
    Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
seen = []


def incoming(_connection, message, is_incoming):
    if is_incoming and message.get_sender() != "org.freedesktop.DBus":
        seen.append(message)
    return message


connection.signal_subscribe(NAME, NAME, None, None, None, Gio.DBusSignalFlags.NONE, lambda *_: None)
connection.add_filter(incoming)


def show(message, is_list):
    kind = message.get_message_type().value_nick
    body = message.get_body()
    if kind == "error":
        # Of errors of the message itself the text is the library's, not the service's.
        own = not message.get_error_name().startswith("org.freedesktop.DBus.")
        return f"error {message.get_error_name()} {body.get_child_value(0).get_string()!r}" if own else f"error {message.get_error_name()}"
    if body is None:
        return kind
    if is_list and kind == "method-return":
        # After a restart the stock service has cut the long id.
        ids = sorted(entry for entry in body.unpack()[0] if sys.argv[1] == "calls" or len(entry) < 1000)
        return f"{kind} {[entry if len(entry) < 1000 else (entry[:8], len(entry)) for entry in ids]}"
    return f"{kind} {message.get_member() or ''} {body.get_type_string()} {body.get_data_as_bytes().get_data().hex()}"


def call(member, *arguments, iface=NAME):
    body = GLib.Variant.new_tuple(*arguments)
    print("call", member, body.get_type_string(), body.get_data_as_bytes().get_data().hex()[:400])
    message = Gio.DBusMessage.new_method_call(NAME, PATH, iface, member)
    message.set_body(body)
    connection.send_message_with_reply_sync(message, Gio.DBusSendMessageFlags.NONE, 30_000, None)
    for one in list(seen):
        print("   ", show(one, member == "List"))
        seen.remove(one)


def s(text):
    return GLib.Variant("s", text)


def b(value):
    return GLib.Variant("b", value)


def strings(texts):
    return GLib.Variant("as", texts)


def permissions(pairs):
    """A dictionary in the order given, in which a key may come twice."""
    entries = [GLib.Variant.new_dict_entry(s(app), strings(access)) for app, access in pairs]
    return GLib.Variant.new_array(GLib.VariantType("{sas}"), entries)


def type_of(rnd, depth):
    kind = rnd.random()
    if depth == 0 or kind < 0.45:
        return rnd.choice(BASIC)
    if kind < 0.6:
        return "a" + type_of(rnd, depth - 1)
    if kind < 0.75:
        return "a{" + rnd.choice(BASIC) + type_of(rnd, depth - 1) + "}"
    if kind < 0.9:
        return "(" + "".join(type_of(rnd, depth - 1) for _ in range(rnd.randint(1, 4))) + ")"
    return "v"


def split(types):
    """The complete types in a row."""
    result = []
    while types:
        end = 1
        while types[end - 1] == "a":
            end += 1
        if types[end - 1] in "({":
            level = 1
            while level:
                level += {"(": 1, "{": 1, ")": -1, "}": -1}.get(types[end], 0)
                end += 1
        result.append(types[:end])
        types = types[end:]
    return result


def value(rnd, kind, depth):
    first = kind[0]
    if first == "v":
        inner = type_of(rnd, depth)
        return GLib.Variant.new_variant(value(rnd, inner, depth - 1 if depth else 0))
    if first == "(":
        return GLib.Variant.new_tuple(*[value(rnd, one, depth) for one in split(kind[1:-1])])
    if first == "{":
        key, entry = split(kind[1:-1])
        return GLib.Variant.new_dict_entry(value(rnd, key, depth), value(rnd, entry, depth))
    if first == "a":
        element = kind[1:]
        return GLib.Variant.new_array(GLib.VariantType(element), [value(rnd, element, depth) for _ in range(rnd.randint(0, 3))])
    if first in "so g":
        return GLib.Variant(first, {"s": rnd.choice(WORDS), "o": rnd.choice(["/", "/a/b_1"]), "g": rnd.choice(["", "a{sv}", "(ii)v"])}[first])
    if first == "b":
        return b(rnd.random() < 0.5)
    if first == "d":
        return GLib.Variant("d", struct.unpack("<d", rnd.randbytes(8))[0])
    bits = {"y": 8, "n": 16, "q": 16, "i": 32, "u": 32, "x": 64, "t": 64}[first]
    number = rnd.choice([0, 1, (1 << bits) - 1, 1 << (bits - 1), rnd.getrandbits(bits)])
    return GLib.Variant(first, number - (1 << bits) if first in "nix" and number >> (bits - 1) else number)


def data(rnd):
    return GLib.Variant.new_variant(value(rnd, type_of(rnd, 4), 3))


def calls(seed, count):
    rnd = random.Random(seed)
    ids = WORDS + [LONG]

    def name(choices):
        return s(rnd.choice(choices))

    def access():
        return rnd.choices(ACCESS, k=rnd.choice([0, 0, 1, 1, 1, 2, 5]))

    for _ in range(count):
        table, entry, app, create = name(TABLES), name(ids), name(WORDS), b(rnd.random() < 0.6)
        member = rnd.choice(["Lookup", "Set", "Set", "SetValue", "SetPermission", "SetPermission", "SetPermission", "GetPermission",
                             "DeletePermission", "DeletePermission", "Delete", "List", "wrong", "version"])
        if member == "Set":
            pairs = [(rnd.choice(WORDS), access()) for _ in range(rnd.randint(0, 5))]
            call(member, table, create, entry, permissions(pairs), data(rnd))
        elif member == "SetValue":
            call(member, table, create, entry, data(rnd))
        elif member == "SetPermission":
            call(member, table, create, entry, app, strings(access()))
        elif member in ("GetPermission", "DeletePermission"):
            call(member, table, entry, app)
        elif member in ("Lookup", "Delete"):
            call(member, table, entry)
        elif member == "List":
            call(member, table)
        elif member == "version":
            call("Get", s(NAME), s("version"), iface="org.freedesktop.DBus.Properties")
        else:
            call(*rnd.choice([("Lookup", table), ("Set", table, create), ("NoSuchMethod", table), ("SetPermission", table, create, entry, app, app)]))


def dump():
    """All that can be seen, without the one id whose length the stock service forgets when it ends."""
    for table in TABLES:
        call("List", s(table))
        for entry in WORDS:
            call("Lookup", s(table), s(entry))


if sys.argv[1] == "calls":
    calls(int(sys.argv[2]), int(sys.argv[3]))
else:
    dump()
print("end")
