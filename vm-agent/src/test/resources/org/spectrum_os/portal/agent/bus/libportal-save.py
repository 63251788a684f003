# SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
# SPDX-License-Identifier: Apache-2.0
"""An application that saves through libportal: one file, or with --several two. Prints what it got, one line each."""
import sys

import gi

gi.require_version("Xdp", "1.0")
from gi.repository import Gio, GLib, Xdp

loop = GLib.MainLoop()
portal = Xdp.Portal()
several = "--several" in sys.argv
filters = GLib.Variant("a(sa(us))", [("Text", [(0, "*.txt")]), ("All", [(0, "*")])])
current = GLib.Variant("(sa(us))", ("All", [(0, "*")]))
choices = GLib.Variant("a(ssa(ss)s)", [("enc", "Encoding", [("u8", "UTF-8"), ("l1", "Latin-1")], "u8"), ("ro", "Read only", [], "true")])


def done(source, result):
    try:
        results = source.save_files_finish(result) if several else source.save_file_finish(result)
        for key in sorted(results.keys()):
            print(key, results.lookup_value(key, None).print_(True), flush=True)
    except GLib.Error as e:
        name = {Gio.IOErrorEnum.CANCELLED: "CANCELLED", Gio.IOErrorEnum.FAILED: "FAILED"}.get(e.code, e.code)
        print("error", name if e.matches(Gio.io_error_quark(), e.code) else e.message, flush=True)
    finally:
        loop.quit()


cancellable = Gio.Cancellable()
if "--cancel" in sys.argv:
    # When the test says so on standard input.
    GLib.io_add_watch(0, GLib.IO_IN, lambda *_: cancellable.cancel() and False)
if several:
    names = GLib.Variant("aay", [b"a.txt\0", "ü 2.txt\0".encode()])
    portal.save_files(None, "Save them", None, "/home/user", names, choices, Xdp.SaveFileFlags.NONE, cancellable, done)
else:
    portal.save_file(
        None, "Save it", "new ü.txt", "/home/user", None, filters, current, choices, Xdp.SaveFileFlags.NONE, cancellable, done)
GLib.timeout_add_seconds(40, loop.quit)
loop.run()
