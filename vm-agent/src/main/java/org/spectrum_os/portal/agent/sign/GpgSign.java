// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.sign;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.agent.keys.HostKeys;
import org.spectrum_os.portal.agent.link.HostAddress;
import org.spectrum_os.portal.protocol.KeyMessage;
import org.spectrum_os.portal.protocol.KeyMessage.SignOpenpgp.Form;
import org.spectrum_os.portal.protocol.Untrusted;

/**
 * The command {@code gpg-sign}: a gpg that signs at the host.
 *
 * @param own       path of the guest's own gpg, or null if it has none
 * @param given     the descriptors that this process was started with; empty if they are not known
 * @param arguments gpg's
 */
public record GpgSign(HostAddress host, @Nullable String own, Set<Integer> given, List<String> arguments) {
    /** Bytes of a signature by itself, armoured, with all that an OpenPGP signature can say. */
    private static final long MOST_DETACHED = 1024 * 1024;

    /**
     * Signs, or becomes the guest's own gpg and does not return.
     *
     * @return gpg's exit status
     * @throws IOException if not even the failure could be said where it was to be said
     */
    public int run() throws IOException {
        return switch (GpgArguments.parse(arguments)) {
            case GpgCommand.Own() -> {
                if (own == null) {
                    throw new IOException(
                            "this VM has no gpg of its own, which this command line is for; install GnuPG");
                }
                throw OwnProcess.become(own, arguments, given);
            }
            case GpgCommand.Impossible(String reason, int statusFd) ->
                voice(statusFd, 2, true, 0).failed(GpgVoice.NOT_SUPPORTED, reason);
            case GpgCommand.Sign sign -> sign(sign);
        };
    }

    private GpgVoice voice(int statusFd, int loggerFd, boolean quiet, long total) throws IOException {
        OutputStream log = opened(loggerFd, "logger-fd");
        OutputStream status = statusFd < 0 ? null : opened(statusFd, "status-fd");
        return new GpgVoice(status, log, !quiet && OwnProcess.isTerminal(loggerFd), total);
    }

    private OutputStream opened(int descriptor, String option) throws IOException {
        try {
            return OwnProcess.inherited(descriptor, given);
        } catch (IOException e) {
            throw new IOException("Fatal: " + option + " is invalid: " + e.getMessage(), e);
        }
    }

    private int sign(GpgCommand.Sign sign) throws IOException {
        String file = sign.input();
        long total = file == null ? 0 : Path.of(file).toFile().length();
        GpgVoice voice = voice(sign.statusFd(), sign.loggerFd(), sign.quiet(), total);
        if (file != null && !Files.exists(Path.of(file))) {
            voice.say("can't open '" + file + "': No such file or directory");
            return voice.failed(GpgVoice.NO_SUCH_FILE, "No such file or directory");
        }
        try (InputStream content = file == null ? new FileInputStream(FileDescriptor.in) : new FileInputStream(file);
                SignatureFile output = sign.output() == null
                        ? SignatureFile.standardOutput()
                        : SignatureFile.file(sign.output(), sign.replace())) {
            var ask = new KeyMessage.SignOpenpgp(
                    KeyMessage.VERSION,
                    Untrusted.of(sign.key()),
                    sign.form(),
                    sign.armour(),
                    Untrusted.of(GitOrigin.find(System.getenv(), Path.of(""))));
            long most = sign.form() == Form.CLEAR || sign.form() == Form.INLINE ? Long.MAX_VALUE : MOST_DETACHED;
            KeyMessage.Answer answer = HostSigning.sign(host, ask, content, output.stream(), most, voice);
            return ended(sign, answer, output, voice);
        } catch (FileAlreadyExistsException e) {
            voice.say("'" + sign.output() + "' exists already; move it away, or say --yes to replace it");
            return voice.failed(GpgVoice.FILE_EXISTS, "File exists");
        } catch (NoSuchFileException e) {
            voice.say("can't create '" + sign.output() + "': No such file or directory");
            return voice.failed(GpgVoice.NO_SUCH_FILE, "No such file or directory");
        } catch (HostKeys.NoKeysException e) {
            return voice.failed(GpgVoice.NO_AGENT, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return voice.failed(GpgVoice.GENERAL, reason(e));
        }
    }

    /** Exceptions of files say by their class what happened, and by their message only where. */
    static String reason(IOException e) {
        return e instanceof FileSystemException || e.getMessage() == null ? e.toString() : e.getMessage();
    }

    private static int ended(GpgCommand.Sign sign, KeyMessage.Answer answer, SignatureFile output, GpgVoice voice)
            throws IOException {
        return switch (answer) {
            case KeyMessage.Signed(String status) -> {
                String type = switch (sign.form()) {
                    case DETACHED, DETACHED_TEXT -> "D";
                    case CLEAR -> "C";
                    case INLINE -> "S";
                };
                String[] words = status.split(" ", -1);
                if (words.length < 3 || !words[0].equals(type)) {
                    throw new IOException("the host made another kind of signature than was asked for");
                }
                output.finish();
                voice.status("BEGIN_SIGNING H" + words[2]);
                voice.status("SIG_CREATED " + status);
                yield 0;
            }
            case KeyMessage.Failed(KeyMessage.Why why) -> failed(sign, why, voice);
            default -> throw new IOException("the host gave no answer");
        };
    }

    private static int failed(GpgCommand.Sign sign, KeyMessage.Why why, GpgVoice voice) throws IOException {
        return switch (why) {
            case DENIED -> voice.failed(GpgVoice.CANCELLED, "Operation cancelled");
            case EXPIRED -> voice.failed(GpgVoice.TIMEOUT, "Timeout");
            case HOST_FAILED -> voice.failed(GpgVoice.GENERAL, "the host's own gpg failed; its portal's log says how");
            case NO_KEY -> {
                voice.say(
                        sign.key().isEmpty()
                                ? "no default secret key: No secret key"
                                : "skipped \"" + sign.key() + "\": No secret key");
                // 9 is "not a secret key".
                voice.status(sign.key().isEmpty() ? "NO_SGNR" : "INV_SGNR 9 " + escaped(sign.key()));
                voice.say("the policy on the host names the keys that this VM may sign with");
                yield voice.failed(GpgVoice.NO_SECRET_KEY, "No secret key");
            }
        };
    }

    /** A status line is one line. */
    private static String escaped(String key) {
        return key.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D");
    }
}
