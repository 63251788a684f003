// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.lease;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.spectrum_os.portal.dbus.marshal.MarshalException;
import org.spectrum_os.portal.dbus.marshal.MarshalReader;
import org.spectrum_os.portal.dbus.marshal.MarshalWriter;
import org.spectrum_os.portal.dbus.marshal.MarshalledValue;

/**
 * Something that is lent.
 *
 * @param kind    which portal's: {@code file}, {@code usb}, {@code key}
 * @param name    which one, in the words of its kind; for a file its path
 * @param details what else says that it is the one that the user saw; for a file its device and inode
 */
public record Resource(String kind, String name, SortedMap<String, String> details) {
    /** The kind of keys, to be used without being asked each time. */
    public static final String KEY = "key";
    /** The kind of USB devices, attached to the instance's VM. */
    public static final String USB = "usb";

    private static final String TYPE = "(sa{ss})";

    public Resource {
        details = Collections.unmodifiableSortedMap(new TreeMap<>(details));
    }

    public Resource(String kind, String name, Map<String, String> details) {
        this(kind, name, new TreeMap<>(details));
    }

    /** Whether it is never lent for longer than its owner, and the backend, run. */
    public boolean endsWithTheRun() {
        return kind.equals(KEY) || kind.equals(USB);
    }

    /** Name and details as the value of a store's entry. */
    MarshalledValue toValue() {
        try {
            var out = new MarshalWriter();
            out.beginStruct();
            out.writeString(name);
            int array = out.beginArray("{ss}");
            for (var detail : details.entrySet()) {
                out.beginStruct();
                out.writeString(detail.getKey());
                out.writeString(detail.getValue());
            }
            out.endArray(array);
            return MarshalledValue.of(TYPE, out.toByteArray());
        } catch (MarshalException e) {
            throw new IllegalArgumentException("a resource cannot be stored: " + e.getMessage(), e);
        }
    }

    /** The opposite of {@link #toValue}. */
    static Resource of(String kind, MarshalledValue value) throws MarshalException {
        if (!value.type().equals(TYPE)) {
            throw new MarshalException("a resource has the type " + TYPE + ", not " + value.type());
        }
        MarshalReader in = value.reader();
        in.beginStruct();
        String name = in.readString();
        var details = new TreeMap<String, String>();
        for (int end = in.beginArray("{ss}"); in.hasNext(end); ) {
            in.beginStruct();
            details.put(in.readString(), in.readString());
        }
        return new Resource(kind, name, details);
    }
}
