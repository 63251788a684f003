# SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
# SPDX-License-Identifier: Apache-2.0
"""An application that opens files through libportal. Prints what it got, one line each."""
import sys

import gi

gi.require_version("Xdp", "1.0")
from gi.repository import Gio, GLib, Xdp

loop = GLib.MainLoop()
portal = Xdp.Portal()
filters = GLib.Variant("a(sa(us))", [("Text", [(0, "*.txt")]), ("All", [(0, "*")])])
current = GLib.Variant("(sa(us))", ("All", [(0, "*")]))
choices = GLib.Variant("a(ssa(ss)s)", [("enc", "Encoding", [("u8", "UTF-8"), ("l1", "Latin-1")], "u8"), ("ro", "Read only", [], "true")])


def done(source, result):
    try:
        results = source.open_file_finish(result)
        for key in sorted(results.keys()):
            print(key, results.lookup_value(key, None).print_(True), flush=True)
    except GLib.Error as e:
        name = {Gio.IOErrorEnum.CANCELLED: "CANCELLED", Gio.IOErrorEnum.FAILED: "FAILED"}.get(e.code, e.code)
        print("error", name if e.matches(Gio.io_error_quark(), e.code) else e.message, flush=True)
    finally:
        loop.quit()


cancellable = Gio.Cancellable()
if len(sys.argv) > 1 and sys.argv[1] == "--cancel":
    # When the test says so on standard input.
    GLib.io_add_watch(0, GLib.IO_IN, lambda *_: cancellable.cancel() and False)
portal.open_file(None, "Open it", filters, current, choices, Xdp.OpenFileFlags.MULTIPLE, cancellable, done)
GLib.timeout_add_seconds(40, loop.quit)
loop.run()
