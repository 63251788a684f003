// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.gpg;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.keys.assuan.AssuanLimits;
import org.spectrum_os.portal.keys.assuan.Escaping;
import org.spectrum_os.portal.keys.assuan.LineWriter;
import org.spectrum_os.portal.keys.assuan.MalformedAssuanException;

/** What a guest's gpg-agent answers to each command, and what it remembers between them. */
final class AgentAnswers {
    /**
     * gpg warns when its agent is older than itself and does nothing else with the number (common/asshelp.c), so this is beyond every
     * GnuPG 2.5; what the agent behind has is the host's affair.
     */
    private static final String VERSION = "2.5.99";
    /** What gpg uses for passphrases of its own when an agent has not measured: the largest there is (common/util.h). */
    private static final String S2K_COUNT = "65011712";

    private final GuestKeys keys;
    private final LineWriter out;
    private final GuestLines lines;
    private final Consumer<String> log;
    /** Of SIGKEY or SETKEY; it may be one that does not exist. */
    private @Nullable Keygrip key;

    private AgentCommand.@Nullable SetHash hash;

    AgentAnswers(GuestKeys keys, LineWriter out, GuestLines lines, Consumer<String> log) {
        this.keys = keys;
        this.out = out;
        this.lines = lines;
        this.log = log;
    }

    /**
     * Does what is wanted and writes the answer.
     *
     * @return whether the conversation goes on
     */
    boolean answer(AgentCommand command) throws IOException, InterruptedException, RefusedException {
        switch (command) {
            case AgentCommand.Nothing _ -> out.ok();
            case AgentCommand.Bye _ -> {
                out.line("OK closing connection");
                return false;
            }
            case AgentCommand.Reset _ -> {
                key = null;
                hash = null;
                out.ok();
            }
            case AgentCommand.Option(var answer) -> option(answer);
            case AgentCommand.HaveKey(var wanted) ->
                okIf(wanted.stream().anyMatch(keys.all()::contains), AgentFailure.Kind.NO_KEY);
            case AgentCommand.ListKeys(var most) -> list(most);
            case AgentCommand.KeyInfo(var wanted, var data) -> {
                if (keys.all().contains(wanted)) {
                    info(wanted, data);
                    out.ok();
                } else {
                    error(AgentError.NOT_FOUND);
                }
            }
            case AgentCommand.ListKeyInfo(var data) -> {
                keys.all().forEach(one -> info(one, data));
                out.ok();
            }
            case AgentCommand.SetKey(var wanted) -> {
                key = wanted;
                out.ok();
            }
            case AgentCommand.SetHash wanted -> {
                hash = wanted;
                out.ok();
            }
            case AgentCommand.GetInfo(var what) -> info(what);
            case AgentCommand.Card _ -> error(AgentError.NO_CARDS);
            case AgentCommand.Unsupported _ -> error(AgentError.NOT_SUPPORTED);
            case AgentCommand.AgentId _ -> error(AgentError.UNKNOWN_COMMAND);
            case AgentCommand.Sign _ -> {
                return sign();
            }
            case AgentCommand.Decrypt(var kem) -> {
                return decrypt(kem);
            }
            case AgentCommand.ReadKey(var wanted, var data) -> {
                return pending(() -> {
                    byte[] read = keys.publicKey(permitted(wanted));
                    return () -> out.data(data ? read : new byte[0]);
                });
            }
        }
        return true;
    }

    private void option(AgentCommand.Option.Answer answer) {
        switch (answer) {
            case TAKEN -> out.ok();
            case UNSUPPORTED -> error(AgentError.NOT_SUPPORTED);
            case UNKNOWN -> error(AgentError.UNKNOWN_OPTION);
        }
    }

    private void info(AgentCommand.GetInfo.What what) {
        switch (what) {
            case VERSION -> {
                out.data(ascii(VERSION));
                out.ok();
            }
            case S2K_COUNT -> {
                out.data(ascii(S2K_COUNT));
                out.ok();
            }
            case RESTRICTED -> out.ok();
            case NO -> error(AgentError.FALSE);
            case UNKNOWN -> error(AgentError.PARAMETER);
        }
    }

    private void list(int most) {
        var grips = new ByteArrayOutputStream();
        keys.all().forEach(one -> grips.writeBytes(HexFormat.of().parseHex(one.hex())));
        if (grips.size() / 20 > most) {
            error(AgentError.TRUNCATED);
            return;
        }
        out.data(grips.toByteArray());
        out.ok();
    }

    /** On disk; nothing is said of a card, a cached passphrase, protection, fingerprint, time, or flags. */
    private void info(Keygrip one, boolean data) {
        String info = one + " D - - - - - - -";
        if (data) {
            out.data(ascii(info + "\n"));
        } else {
            out.status("KEYINFO", info);
        }
    }

    private boolean sign() throws IOException, InterruptedException, RefusedException {
        AgentCommand.SetHash wanted = hash;
        if (wanted == null) {
            error(AgentError.MISSING_VALUE);
            return true;
        }
        return pending(() -> {
            byte[] signature = keys.sign(permitted(key), wanted.algorithm(), wanted.hash());
            return () -> out.data(signature);
        });
    }

    private boolean decrypt(boolean kem) throws IOException, InterruptedException, RefusedException {
        byte[] sent = inquire();
        if (sent == null) {
            error(AgentError.CANCELLED);
            return true;
        }
        Ciphertext ciphertext;
        try {
            ciphertext = CiphertextForms.parse(sent, kem);
        } catch (MalformedAssuanException e) {
            throw refused(e);
        }
        return pending(() -> {
            GuestKeys.Plain plain = keys.decrypt(permitted(key), ciphertext);
            return () -> {
                if (plain.padding() >= 0) {
                    out.status("PADDING", String.valueOf(plain.padding()));
                }
                out.data(plain.value());
            };
        });
    }

    /** What the guest answers to INQUIRE CIPHERTEXT, or null if it does not want to. */
    private byte @Nullable [] inquire() throws IOException, InterruptedException, RefusedException {
        out.status("INQUIRE_MAXLEN", String.valueOf(AssuanLimits.INQUIRY_BYTES));
        out.inquire("CIPHERTEXT");
        out.flush();
        var sent = new ByteArrayOutputStream();
        while (true) {
            String line = lines.next();
            if (line == null) {
                throw new RefusedException("gpg left in the middle of an answer");
            } else if (line.equals("END")) {
                return sent.toByteArray();
            } else if (line.equals("CAN")) {
                return null;
            } else if (!line.startsWith("D ")) {
                throw new RefusedException("a line in an answer that is not data");
            }
            try {
                sent.writeBytes(Escaping.unescape(line.substring(2)));
            } catch (MalformedAssuanException e) {
                throw refused(e);
            }
            if (sent.size() > AssuanLimits.INQUIRY_BYTES) {
                throw new RefusedException("an answer of more than " + AssuanLimits.INQUIRY_BYTES + " bytes");
            }
        }
    }

    /** Something that may take as long as a person takes. */
    private interface Operation {
        /** Does it, and says how to write what came of it. */
        Runnable run() throws AgentFailure;
    }

    /** @return false if the guest has left meanwhile */
    private boolean pending(Operation operation) {
        if (!lines.begin()) {
            return false;
        }
        boolean there;
        try {
            operation.run().run();
            out.ok();
        } catch (AgentFailure e) {
            log.accept(e.getMessage());
            out.error(e.kind().code(), e.kind().text());
        } finally {
            there = lines.finish();
        }
        return there;
    }

    private Keygrip permitted(@Nullable Keygrip wanted) throws AgentFailure {
        if (wanted == null || !keys.all().contains(wanted)) {
            throw new AgentFailure(AgentFailure.Kind.NO_KEY, "gpg wants a key that this VM may not use here");
        }
        return wanted;
    }

    private void okIf(boolean so, AgentFailure.Kind otherwise) {
        if (so) {
            out.ok();
        } else {
            out.error(otherwise.code(), otherwise.text());
        }
    }

    private void error(AgentError error) {
        out.error(error.code(), error.text());
    }

    private static RefusedException refused(MalformedAssuanException e) {
        return new RefusedException(e.getMessage() == null ? "malformed" : e.getMessage());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
