// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.gvdb;

import java.util.List;
import java.util.SortedMap;
import org.spectrum_os.portal.dbus.marshal.MarshalledValue;

/**
 * One entry of a table of the stock store. Immutable.
 *
 * @param id any text without NUL, also an empty one
 * @param data the entry's data, without the variant around it
 * @param permissions each application's list, in its order, duplicates and empty lists included; the application "" is the host
 */
public record StockEntry(String id, MarshalledValue data, SortedMap<String, List<String>> permissions) {}
