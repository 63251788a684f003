// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.ssh;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.StringReader;
import java.util.Arrays;
import java.util.HexFormat;
import org.spectrum_os.portal.protocol.ProtocolException;

/** What Jazzer calls with bytes for one of the parsers, the first says which: they are understood or refused, and never anything else. */
public final class ParserFuzz {
    private static final byte[] SESSION = FakeServer.session(1);

    private ParserFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        if (input.length == 0) {
            return;
        }
        byte[] rest = Arrays.copyOfRange(input, 1, input.length);
        switch (input[0] & 3) {
            case 0 -> message(rest);
            case 1 -> hostKey(rest);
            case 2 -> knownHosts(rest);
            default -> signedData(rest, input[0] >> 2);
        }
    }

    private static void message(byte[] bytes) {
        try {
            switch (GuestMessage.parse(bytes)) {
                case GuestMessage.SignRequest(byte[] key, byte[] data, long flags) -> {
                    byte[] again = new WireWriter()
                            .octet(13)
                            .string(key)
                            .string(data)
                            .uint32(flags)
                            .toBytes();
                    requireSame(bytes, again);
                }
                case GuestMessage.SessionBind(byte[] key, byte[] session, byte[] signature, boolean forwarding) ->
                    requireSame(bytes, FakeServer.bindMessage(key, session, signature, forwarding));
                case GuestMessage.RequestIdentities _ -> requireSame(bytes, new byte[] {11});
                case GuestMessage.Query _ ->
                    requireSame(
                            bytes, new WireWriter().octet(27).string("query").toBytes());
                case GuestMessage.Other _ -> {
                    // Nothing follows from it.
                }
            }
        } catch (ProtocolException _) {
            // The other thing it may do.
        }
    }

    private static void hostKey(byte[] bytes) {
        int half = bytes.length / 2;
        byte[] key = Arrays.copyOf(bytes, half);
        byte[] signature = Arrays.copyOfRange(bytes, half, bytes.length);
        try {
            HostSignature.verify(key, SESSION, signature);
        } catch (RefusedException _) {
            return;
        }
        throw new AssertionError("nobody signed this");
    }

    private static void knownHosts(byte[] bytes) throws IOException {
        KnownHosts known = KnownHosts.read(new StringReader(new String(bytes, ISO_8859_1)));
        for (byte[] key : new byte[][] {{1, 2, 3}, {}}) {
            for (String name : known.names(SshKey.of(key, ""))) {
                if (!name.matches("[!-~]{1,261}") || name.matches(".*[*?|!,].*")) {
                    throw new AssertionError("no name: " + name);
                }
            }
        }
    }

    /** What is understood can be written anew, and is then what was to be signed: nothing was overlooked. */
    private static void signedData(byte[] data, int choice) {
        SshKey key = (choice & 1) == 0 ? SignedDataTest.KEY : SignedDataTest.RSA;
        int flags = (choice >> 1) & 7;
        try {
            switch (SignedData.understand(key, data, flags, new SessionBindings())) {
                case SshRequest.Signature(var namespace, String algorithm, String hash) ->
                    requireSame(
                            data,
                            FakeServer.file(
                                    namespace.<String>validate(name -> name),
                                    algorithm,
                                    HexFormat.of().parseHex(hash)));
                case SshRequest.Login(var user, var server, boolean forwarded) -> {
                    if (server != null || forwarded) {
                        throw new AssertionError("bound by nothing");
                    }
                    requireLogin(data, user.<String>validate(name -> name), key, SignatureAlgorithm.of(key, flags));
                }
            }
        } catch (RefusedException _) {
            // The other thing it may do.
        }
    }

    static void requireLogin(byte[] data, String user, SshKey key, String algorithm) {
        byte[] session = Arrays.copyOfRange(data, 4, 4 + data[3]);
        byte[] plain = FakeServer.login(session, user, key, algorithm, null);
        if (Arrays.equals(data, plain)) {
            return;
        }
        byte[] bound = FakeServer.login(session, user, key, algorithm, new byte[0]);
        byte[] hostKey = Arrays.copyOfRange(data, Math.min(bound.length, data.length), data.length);
        requireSame(data, FakeServer.login(session, user, key, algorithm, hostKey));
    }

    static void requireSame(byte[] read, byte[] written) {
        if (!Arrays.equals(read, written)) {
            throw new AssertionError("understood as something else than it is");
        }
    }
}
