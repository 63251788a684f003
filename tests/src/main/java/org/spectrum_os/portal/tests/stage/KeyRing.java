// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.spectrum_os.portal.tests.guest.OrdinaryUser;

/** A home of GnuPG on the host, of the ordinary user, with keys that are made when they are first wanted. Used from one thread. */
final class KeyRing implements AutoCloseable {
    /** The passphrase of {@link Kind#PASSPHRASE}, which only {@link #pinentry} knows besides. */
    static final String PASSPHRASE = "tea, then toast";

    private static final String ELGAMAL = "elgamal-4096.asc";

    private final HostCommands commands;
    private final Path folder;
    private final Map<Kind, Key> keys = new EnumMap<>(Kind.class);

    /** What kinds of keys there are. */
    enum Kind {
        /** A primary key that only certifies, and subkeys to sign and to decrypt, as careful people have it. */
        ED25519("Ada Modern <ada@example.org>", "ed25519", "cert", "ed25519 sign, cv25519 encr"),
        /** The same with RSA. */
        RSA2048("Rosa Short <rosa@example.org>", "rsa2048", "cert", "rsa2048 sign, rsa2048 encr"),
        /** A primary key that certifies and signs, as gpg makes it by default. */
        RSA4096("Rolf Long <rolf@example.org>", "rsa4096", "cert,sign", "rsa4096 encr"),
        NISTP256("Nils Curve <nils@example.org>", "nistp256", "cert,sign", "nistp256 encr"),
        /** DSA with an ElGamal key of 4096 bits; made in advance. */
        ELGAMAL("Old Elgamal <elgamal@example.org>", "", "", ""),
        /** With a passphrase. */
        PASSPHRASE("Petra Locked <petra@example.org>", "ed25519", "cert", "ed25519 sign"),
        /** One that no policy names. */
        UNPERMITTED("Una Named <una@example.org>", "ed25519", "cert,sign", "cv25519 encr");

        private final String userId;
        private final String algorithm;
        private final String usage;
        /** Algorithm and use of each, with commas between. */
        private final String subkeys;

        Kind(String userId, String algorithm, String usage, String subkeys) {
            this.userId = userId;
            this.algorithm = algorithm;
            this.usage = usage;
            this.subkeys = subkeys;
        }
    }

    /**
     * One key.
     *
     * @param fingerprint of its primary key
     * @param parts       the primary key and its subkeys
     */
    record Key(String userId, String fingerprint, List<Part> parts) {
        /** A primary key or a subkey; {@code can} holds gpg's letters, of which {@code s} is to sign and {@code e} to encrypt. */
        record Part(String fingerprint, String keygrip, String can) {}

        /** The part that signs. */
        Part signing() {
            return part("s");
        }

        /** The part that decrypts. */
        Part decrypting() {
            return part("e");
        }

        private Part part(String letter) {
            // The newest, as gpg takes it.
            return parts.reversed().stream()
                    .filter(part -> part.can().contains(letter))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(userId + " cannot " + letter));
        }

        /** The address in its user id. */
        String address() {
            return userId.replaceAll(".*<(.*)>", "$1");
        }
    }

    private KeyRing(HostCommands commands, Path folder) {
        this.commands = commands;
        this.folder = folder;
    }

    /** An empty one in {@code parent}, the path of which must be short since Unix sockets are made in it. */
    static KeyRing in(Path parent, OrdinaryUser user) throws IOException {
        Path folder = Files.createDirectory(
                parent.resolve("gnupg"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path pinentry = folder.resolve("pinentry");
        Files.writeString(pinentry, """
                #!/bin/sh
                # Answers as a person would, and keeps what it was told.
                echo "OK Pleased to meet you"
                while read -r line; do
                    printf '%%s\\n' "$line" >>'%s'
                    case $line in
                        GETPIN*) echo "D %s"; echo OK ;;
                        BYE*) echo OK; exit 0 ;;
                        *) echo OK ;;
                    esac
                done
                """.formatted(asked(folder), PASSPHRASE));
        Files.setPosixFilePermissions(pinentry, PosixFilePermissions.fromString("rwx------"));
        // Nothing is remembered: each use of a key with a passphrase asks.
        Files.writeString(folder.resolve("gpg-agent.conf"), """
                pinentry-program %s
                default-cache-ttl 0
                max-cache-ttl 0
                """.formatted(pinentry));
        user.own(folder);
        return new KeyRing(HostCommands.in(folder, user).with("GNUPGHOME", folder.toString()), folder);
    }

    private static Path asked(Path folder) {
        return folder.resolve("pinentry.log");
    }

    /** GNUPGHOME. */
    Path home() {
        return folder;
    }

    /** Commands that find this home in their environment. */
    HostCommands commands() {
        return commands;
    }

    /** Everything that its pinentry was told so far; empty if it was never started. */
    String pinentry() throws IOException {
        return Files.exists(asked(folder)) ? Files.readString(asked(folder)) : "";
    }

    /** The key of that kind. */
    Key key(Kind kind) throws IOException, InterruptedException {
        Key known = keys.get(kind);
        if (known == null) {
            make(kind);
            known = find(kind.userId);
            keys.put(kind, known);
        }
        return known;
    }

    private void make(Kind kind) throws IOException, InterruptedException {
        if (kind == Kind.ELGAMAL) {
            try (InputStream key = KeyRing.class.getResourceAsStream(ELGAMAL)) {
                if (key == null) {
                    throw new IOException("the resource " + ELGAMAL + " is missing; build the tests anew");
                }
                commands.run(key.readAllBytes(), "gpg", "--batch", "--import").orThrow("importing " + ELGAMAL);
            }
            return;
        }
        String passphrase = kind == Kind.PASSPHRASE ? PASSPHRASE : "";
        gpg(passphrase, "--quick-generate-key", kind.userId, kind.algorithm, kind.usage, "never");
        String fingerprint = find(kind.userId).fingerprint();
        for (String subkey : kind.subkeys.split(", ", -1)) {
            String[] words = subkey.split(" ", -1);
            gpg(passphrase, "--quick-add-key", fingerprint, words[0], words[1], "never");
        }
    }

    private void gpg(String passphrase, String... arguments) throws IOException, InterruptedException {
        var command =
                new ArrayList<>(List.of("gpg", "--batch", "--pinentry-mode", "loopback", "--passphrase", passphrase));
        command.addAll(List.of(arguments));
        commands.must(command.toArray(String[]::new));
    }

    /** Reads gpg's listing (doc/DETAILS of GnuPG, "Format of the colon listings"). */
    private Key find(String userId) throws IOException, InterruptedException {
        String address = userId.replaceAll(".*(<.*>)", "$1");
        String listing =
                commands.must("gpg", "--batch", "--with-colons", "--with-keygrip", "--list-secret-keys", address);
        var parts = new ArrayList<Key.Part>();
        String can = "";
        String fingerprint = "";
        for (String line : listing.lines().toList()) {
            String[] fields = line.split(":", -1);
            switch (fields[0]) {
                case "sec", "ssb" -> can = fields[11].replaceAll("[^a-z]", "");
                case "fpr" -> fingerprint = fields[9];
                case "grp" -> parts.add(new Key.Part(fingerprint, fields[9], can));
                default -> {
                    // Of no interest here.
                }
            }
        }
        return new Key(userId, parts.getFirst().fingerprint(), List.copyOf(parts));
    }

    /** A rule of the policy for the key; {@code more} are its other members, such as {@code "sign": "ask"}. */
    String rule(Kind kind, String more) throws IOException, InterruptedException {
        return "{\"gpg\": \"%s\", \"home\": \"%s\", %s}".formatted(key(kind).fingerprint(), folder, more);
    }

    /** Ends the gpg-agent of this home; the next that wants it starts another. */
    void endAgent() throws IOException, InterruptedException {
        commands.must("gpgconf", "--kill", "all");
    }

    /** The process of the gpg-agent of this home, started if it does not run. */
    ProcessHandle agent() throws IOException, InterruptedException {
        String said = commands.must("gpg-connect-agent", "GETINFO pid", "/bye");
        return said.lines()
                .filter(line -> line.startsWith("D "))
                .findFirst()
                .flatMap(line ->
                        ProcessHandle.of(Long.parseLong(line.substring(2).strip())))
                .orElseThrow(() -> new IOException("the gpg-agent does not say which process it is: " + said));
    }

    @Override
    public void close() throws IOException {
        try {
            endAgent();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
