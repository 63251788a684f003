// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.desktop;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.freedesktop.dbus.types.UInt32;
import org.freedesktop.dbus.types.Variant;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.BusException;

/**
 * One node of the accessibility tree. Questions about a node that has vanished are answered with nothing; acting on one is an error.
 */
public final class Accessible {
    private static final String ACCESSIBLE = "org.a11y.atspi.Accessible";

    /** AT-SPI's state numbers. */
    private static final int FOCUSED = 12;

    private static final int CHECKED = 4;
    private static final int SENSITIVE = 24;
    private static final int SHOWING = 25;
    /** AT-SPI's number for coordinates that begin at the window's upper left corner. */
    private static final int IN_WINDOW = 1;

    private final BusConnection bus;
    private final String owner;
    private final String path;

    Accessible(BusConnection bus, String owner, String path) {
        this.bus = bus;
        this.owner = owner;
        this.path = path;
    }

    /** What a screen reader calls it; empty if nothing. */
    public String name() {
        return property("Name");
    }

    /** What a screen reader says of it besides its name; empty if nothing. */
    public String description() {
        return property("Description");
    }

    private String property(String name) {
        try {
            List<Object> reply =
                    bus.call(owner, path, "org.freedesktop.DBus.Properties", "Get", "ss", ACCESSIBLE, name);
            return reply.getFirst() instanceof Variant<?> variant ? String.valueOf(variant.getValue()) : "";
        } catch (BusException e) {
            return "";
        }
    }

    /** What kind of thing it is, such as {@code push button}; empty if it has vanished. */
    public String role() {
        try {
            return String.valueOf(
                    bus.call(owner, path, ACCESSIBLE, "GetRoleName", "").getFirst());
        } catch (BusException e) {
            return "";
        }
    }

    /** Its children; none if it has vanished. */
    public List<Accessible> children() {
        try {
            List<Accessible> children = new ArrayList<>();
            if (bus.call(owner, path, ACCESSIBLE, "GetChildren", "").getFirst() instanceof List<?> list) {
                for (Object child : list) {
                    Object[] reference = child instanceof List<?> fields ? fields.toArray() : (Object[]) child;
                    children.add(new Accessible(bus, String.valueOf(reference[0]), String.valueOf(reference[1])));
                }
            }
            return children;
        } catch (BusException e) {
            return List.of();
        }
    }

    /** Whether it can be used now. */
    public boolean isSensitive() {
        return has(SENSITIVE);
    }

    /** Whether it is on screen; GTK says so of windows only. */
    public boolean isShowing() {
        return has(SHOWING);
    }

    /** Whether it is a check box or radio button that is on. */
    public boolean isChecked() {
        return has(CHECKED);
    }

    /** Whether keys go to it. */
    public boolean isFocused() {
        return has(FOCUSED);
    }

    private boolean has(int state) {
        try {
            if (bus.call(owner, path, ACCESSIBLE, "GetState", "").getFirst() instanceof List<?> words
                    && words.size() > state / 32
                    && words.get(state / 32) instanceof Number word) {
                return (word.longValue() >> (state % 32) & 1) == 1;
            }
            return false;
        } catch (BusException e) {
            return false;
        }
    }

    /** Does the first thing that can be done with it, as a click would. */
    public void press() throws DesktopException {
        act("org.a11y.atspi.Action", "DoAction", "i", 0);
    }

    /** The text that it holds, whole; empty if it holds none. */
    public String text() {
        try {
            return String.valueOf(bus.call(owner, path, "org.a11y.atspi.Text", "GetText", "ii", 0, -1)
                    .getFirst());
        } catch (BusException e) {
            return "";
        }
    }

    /** How far below the top of its window its own lower edge is, in pixels. */
    public int bottom() throws DesktopException {
        int[] extents = extents();
        return extents[1] + extents[3];
    }

    /** Where its upper left and lower right corners are in its window, in pixels; for comparing. */
    public String corners() throws DesktopException {
        int[] extents = extents();
        return "(%d, %d)-(%d, %d)".formatted(extents[0], extents[1], extents[0] + extents[2], extents[1] + extents[3]);
    }

    /** Left, top, width and height. */
    private int[] extents() throws DesktopException {
        try {
            List<Object> reply =
                    bus.call(owner, path, "org.a11y.atspi.Component", "GetExtents", "u", new UInt32(IN_WINDOW));
            Object[] extents =
                    reply.getFirst() instanceof List<?> fields ? fields.toArray() : (Object[]) reply.getFirst();
            return Stream.of(extents)
                    .mapToInt(number -> ((Number) number).intValue())
                    .toArray();
        } catch (BusException e) {
            throw new DesktopException(this + " does not say where it is", e);
        }
    }

    /** Gives it the focus. */
    public void grabFocus() throws DesktopException {
        act("org.a11y.atspi.Component", "GrabFocus", "");
    }

    /** Puts a text into it in place of the one it has. */
    public void write(String text) throws DesktopException {
        act("org.a11y.atspi.EditableText", "SetTextContents", "s", text);
    }

    private void act(String iface, String member, String signature, Object... arguments) throws DesktopException {
        try {
            List<Object> reply = bus.call(owner, path, iface, member, signature, arguments);
            if (!reply.isEmpty() && Boolean.FALSE.equals(reply.getFirst())) {
                throw new DesktopException(this + " refused " + member);
            }
        } catch (BusException e) {
            throw new DesktopException(this + " cannot do " + member, e);
        }
    }

    @Override
    public String toString() {
        return "“" + name() + "” (" + role() + ")";
    }

    /** The node and all below it, one line each, for a message that says what was there instead. */
    public String tree() {
        var out = new StringBuilder();
        tree(out, "");
        return out.toString();
    }

    private void tree(StringBuilder out, String indent) {
        out.append(indent)
                .append(this)
                .append(isSensitive() ? "" : " insensitive")
                .append(isFocused() ? " focused" : "")
                .append('\n');
        for (Accessible child : children()) {
            child.tree(out, indent + "  ");
        }
    }
}
