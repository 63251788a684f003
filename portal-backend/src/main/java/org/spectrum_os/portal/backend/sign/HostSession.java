// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.sign;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.spectrum_os.portal.keys.gpg.SessionOption;

/** Where the user is: what gpg-agent must know of this session to ask for a passphrase on its screen. */
record HostSession(List<SessionOption> options) {
    HostSession {
        options = List.copyOf(options);
    }

    /** By this process's environment; the same as gpg itself would send. */
    static HostSession of(Map<String, String> environment) {
        var options = new ArrayList<SessionOption>();
        option(options, environment, "DISPLAY", "display");
        option(options, environment, "XAUTHORITY", "xauthority");
        option(options, environment, "LC_CTYPE", "lc-ctype");
        option(options, environment, "LC_MESSAGES", "lc-messages");
        for (String name :
                List.of("WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_SESSION_TYPE", "QT_QPA_PLATFORM")) {
            String value = environment.get(name);
            if (value != null) {
                options.add(new SessionOption("putenv", name + "=" + value));
            }
        }
        return new HostSession(options);
    }

    private static void option(
            List<SessionOption> options, Map<String, String> environment, String variable, String name) {
        String value = environment.get(variable);
        if (value != null && !value.isEmpty()) {
            options.add(new SessionOption(name, value));
        }
    }
}
