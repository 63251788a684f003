// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.lease;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.spectrum_os.portal.store.lease.Resource;

/**
 * A USB device, attached to an instance's VM. It is never lent for longer than the VM runs, nor beyond a restart of the backend.
 *
 * @param device which, when it was lent
 * @param name   what it is called, safe to show
 * @param shared whether the host keeps it: a security key, lent by its HID side
 */
public record UsbLoan(UsbIdentity device, String name, boolean shared) implements Lent {
    private static final String NUMBERS = "device";
    private static final String SERIAL = "serial";
    private static final String INTERFACES = "interfaces";
    private static final String NAME = "name";
    private static final String SHARED = "shared";
    private static final Pattern FORM = Pattern.compile("([0-9a-f]{4}):([0-9a-f]{4})");

    /** What the device is called, never where it is: the guest hears it, and this computer's ports are no business of its. */
    @Override
    public String fileName() {
        // What follows a dot is an extension, in names of files.
        return "usb " + (name.isEmpty() ? device.numbers() : name).replace('.', ' ');
    }

    /** For a record that people read: which device, and where. */
    public String words() {
        return (name.isEmpty() ? "" : name + ", ") + device.numbers() + " at " + device.port();
    }

    @Override
    public Resource toResource() {
        return new Resource(
                Resource.USB,
                device.port(),
                Map.of(
                        NUMBERS,
                        device.numbers(),
                        SERIAL,
                        device.serial(),
                        INTERFACES,
                        String.join(
                                ",",
                                device.interfaces().stream()
                                        .map(UsbInterfaceCode::toString)
                                        .toList()),
                        NAME,
                        name,
                        SHARED,
                        Boolean.toString(shared)));
    }

    @Override
    public boolean isOrBecomes(Lent other) {
        return equals(other);
    }

    /** The opposite of {@link #toResource}; empty if it is not of this kind, or is damaged. */
    public static Optional<UsbLoan> of(Resource resource) {
        Map<String, String> details = resource.details();
        Matcher numbers = FORM.matcher(details.getOrDefault(NUMBERS, ""));
        if (!resource.kind().equals(Resource.USB) || !numbers.matches()) {
            return Optional.empty();
        }
        List<UsbInterfaceCode> interfaces = new ArrayList<>();
        for (String code : details.getOrDefault(INTERFACES, "").split(",", -1)) {
            UsbInterfaceCode.of(code).ifPresent(interfaces::add);
        }
        return Optional.of(new UsbLoan(
                UsbIdentity.of(
                        resource.name(),
                        Integer.parseInt(numbers.group(1), 16),
                        Integer.parseInt(numbers.group(2), 16),
                        details.getOrDefault(SERIAL, ""),
                        interfaces),
                details.getOrDefault(NAME, ""),
                Boolean.parseBoolean(details.get(SHARED))));
    }
}
