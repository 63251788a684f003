// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.bus;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.spectrum_os.portal.chooser.BackendFace;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.DBusErrorException;
import org.spectrum_os.portal.dbus.ErrorNames;
import org.spectrum_os.portal.dbus.ExportedInterface;
import org.spectrum_os.portal.dbus.ExportedObject;
import org.spectrum_os.portal.dbus.Registration;

/** Where the objects that applications make stand: the caller's unique name without the colon, dots replaced, and a token of its choice. */
enum CallerPaths {
    REQUEST("request"),
    SESSION("session");

    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_]{1,255}");
    private static final int ATTEMPTS = 4;
    private static final int RANDOM_BYTES = 8;

    private final String folder;

    CallerPaths(String folder) {
        this.folder = folder;
    }

    /** Refuses a token that cannot be part of a path. */
    static String checked(String key, String token) throws DBusErrorException {
        if (!TOKEN.matcher(token).matches()) {
            throw new DBusErrorException(
                    ErrorNames.PORTAL_INVALID_ARGUMENT,
                    "Invalid token: " + key + " must be 1 to 255 letters, digits and underscores");
        }
        return token;
    }

    /** Where an object stands. */
    record Place(String path, Registration registration) {}

    /**
     * Exports an object where the application expects it, or beside it if that place is taken.
     *
     * @param prepare hears the path before the bus can reach the object
     * @return empty if all places that were tried are taken
     */
    Optional<Place> export(
            BusConnection bus, String sender, String token, ExportedInterface object, Consumer<String> prepare) {
        String expected =
                BackendFace.PATH + "/" + folder + "/" + sender.substring(1).replace('.', '_') + "/" + token;
        String path = expected;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            prepare.accept(path);
            Optional<Registration> exported = bus.exportIfFree(path, ExportedObject.of(object));
            if (exported.isPresent()) {
                return Optional.of(new Place(path, exported.get()));
            }
            byte[] random = new byte[RANDOM_BYTES];
            new SecureRandom().nextBytes(random);
            path = expected + "/" + HexFormat.of().formatHex(random);
        }
        return Optional.empty();
    }
}
