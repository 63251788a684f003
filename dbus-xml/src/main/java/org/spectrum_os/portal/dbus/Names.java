// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

import java.util.regex.Pattern;

/** What the D-Bus specification allows as names and paths. The bus drops a connection that sends anything else. */
final class Names {
    private static final int MAX_NAME = 255;
    private static final int MAX_PATH = 4096;
    private static final Pattern PATH = Pattern.compile("/|(/[A-Za-z0-9_]++)++");
    private static final Pattern INTERFACE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*+(\\.[A-Za-z_][A-Za-z0-9_]*+)++");
    private static final Pattern MEMBER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*+");
    private static final Pattern WELL_KNOWN =
            Pattern.compile("[A-Za-z_-][A-Za-z0-9_-]*+(\\.[A-Za-z_-][A-Za-z0-9_-]*+)++");
    private static final Pattern UNIQUE = Pattern.compile(":[A-Za-z0-9_-]++(\\.[A-Za-z0-9_-]++)++");

    private Names() {}

    static boolean isPath(String path) {
        return path.length() <= MAX_PATH && PATH.matcher(path).matches();
    }

    static boolean isInterface(String name) {
        return name.length() <= MAX_NAME && INTERFACE.matcher(name).matches();
    }

    static boolean isMember(String name) {
        return name.length() <= MAX_NAME && MEMBER.matcher(name).matches();
    }

    static boolean isUnique(String name) {
        return name.length() <= MAX_NAME && UNIQUE.matcher(name).matches();
    }

    static boolean isBusName(String name) {
        return isUnique(name)
                || (name.length() <= MAX_NAME && WELL_KNOWN.matcher(name).matches());
    }

    static String requirePath(String path) {
        return require(isPath(path), "object path", path);
    }

    static String requireInterface(String name) {
        return require(isInterface(name), "interface name", name);
    }

    static String requireMember(String name) {
        return require(isMember(name), "member name", name);
    }

    static String requireBusName(String name) {
        return require(isBusName(name), "bus name", name);
    }

    private static String require(boolean valid, String what, String value) {
        if (!valid) {
            throw new IllegalArgumentException("'" + value + "' is no valid D-Bus " + what);
        }
        return value;
    }
}
