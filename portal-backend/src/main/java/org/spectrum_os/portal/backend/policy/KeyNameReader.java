// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads which key is meant. Only what names one key and no other will do: anybody can make a key with a given user id or short key id. */
final class KeyNameReader {
    private static final Pattern WHOLE = Pattern.compile("[0-9A-F]{40}([0-9A-F]{24})?");
    private static final Pattern KEY_ID = Pattern.compile("(0X)?([0-9A-F]{8}|[0-9A-F]{16})");
    private static final Pattern HEX = Pattern.compile("(0X)?[0-9A-F]+");
    private static final Pattern SHA256 = Pattern.compile("SHA256:[A-Za-z0-9+/]{43}");
    private static final Pattern MD5 = Pattern.compile("(MD5:)?([0-9A-Fa-f]{2}:){15}[0-9A-Fa-f]{2}");

    private final PolicyReader reader;

    KeyNameReader(PolicyReader reader) {
        this.reader = reader;
    }

    KeyName.@Nullable Gpg gpg(LocatedJson value) {
        if (!(value instanceof LocatedJson.Text(var _, var text))) {
            return refuseGpg(value, "");
        }
        String name = text.replace(" ", "").toUpperCase(Locale.ROOT);
        if (WHOLE.matcher(name).matches()) {
            return new KeyName.Gpg(name);
        }
        if (KEY_ID.matcher(name).matches()) {
            return refuseGpg(
                    value,
                    "; that is a key id, and another key with the same one can be made: only all of it says which");
        }
        if (HEX.matcher(name).matches()) {
            int digits = name.startsWith("0X") ? name.length() - 2 : name.length();
            return refuseGpg(value, "; that has " + digits + " digits" + (name.startsWith("0X") ? " behind 0x" : ""));
        }
        return refuseGpg(
                value,
                "; anybody can make a key with that user id or name, so only the fingerprint says which is meant");
    }

    private KeyName.@Nullable Gpg refuseGpg(LocatedJson value, String why) {
        reader.problem(
                value,
                "gpg is the fingerprint of the main key, 40 or 64 hexadecimal digits, got " + value.describe() + why
                        + ". Print it: gpg --list-secret-keys");
        return null;
    }

    KeyName.@Nullable Ssh ssh(LocatedJson value) {
        if (!(value instanceof LocatedJson.Text(var _, var text))) {
            return refuseSsh(value, "");
        }
        if (SHA256.matcher(text).matches()) {
            return new KeyName.Ssh(text);
        }
        if (MD5.matcher(text).matches()) {
            return refuseSsh(value, "; that is an MD5 fingerprint, and another key with the same one can be made");
        }
        return refuseSsh(value, "");
    }

    private KeyName.@Nullable Ssh refuseSsh(LocatedJson value, String why) {
        reader.problem(
                value,
                "ssh is a key's fingerprint, SHA256: and 43 characters, got " + value.describe() + why
                        + ". Print it: ssh-add -l, or of a file: ssh-keygen -l -E sha256 -f FILE");
        return null;
    }
}
