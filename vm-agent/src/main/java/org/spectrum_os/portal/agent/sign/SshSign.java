// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.sign;

import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.agent.link.HostAddress;
import org.spectrum_os.portal.protocol.KeyMessage;
import org.spectrum_os.portal.protocol.Untrusted;

/**
 * The command {@code ssh-sign}: an {@code ssh-keygen -Y sign} that signs at the host.
 *
 * @param own       path of the guest's own ssh-keygen, or null if it has none
 * @param given     the descriptors that this process was started with; empty if they are not known
 * @param arguments ssh-keygen's
 */
public record SshSign(HostAddress host, @Nullable String own, Set<Integer> given, List<String> arguments) {
    /** What ssh-keygen ends with when it fails. */
    private static final int FAILED = 255;
    /** In place of a file: standard input, and the signature to standard output; so it is without a file too. */
    private static final String STANDARD = "-";
    /** Bytes of a file with a public key. */
    private static final int MOST_KEY_BYTES = 16 * 1024;

    private static final long MOST_SIGNATURE = 64 * 1024;
    private static final String BEGIN = "-----BEGIN SSH SIGNATURE-----\n";
    /** git writes {@code key::} before a key that is no file's name, and leaves it out in the file that it makes. */
    private static final Pattern PUBLIC_KEY = Pattern.compile(
            "(?:key::)?((?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[!-~]{1,80}) +([A-Za-z0-9+/=]{16,8192})(?:\\s.*)?",
            Pattern.DOTALL);

    /**
     * Signs, or becomes the guest's own ssh-keygen and does not return.
     *
     * @return ssh-keygen's exit status
     * @throws IOException if the guest's own ssh-keygen is needed and cannot be run
     */
    public int run() throws IOException {
        return switch (SshArguments.parse(arguments)) {
            case SshArguments.Own() -> becomeOwn();
            case SshArguments.Impossible(String reason) -> failed(reason);
            case SshArguments.Sign sign -> {
                String key = publicKey(sign.keyFile());
                // Without a public key it is a secret key that lies in this VM, or nothing.
                yield key == null ? becomeOwn() : sign(sign, key);
            }
        };
    }

    private int becomeOwn() throws IOException {
        if (own == null) {
            throw new IOException(
                    "this VM has no ssh-keygen of its own, which this command line is for; install OpenSSH");
        }
        throw OwnProcess.become(own, arguments, given);
    }

    private static int failed(String reason) {
        System.err.println("Couldn't sign message: " + reason);
        return FAILED;
    }

    private static @Nullable String publicKey(String file) throws IOException {
        for (String each : List.of(file, file + ".pub")) {
            if (Files.isRegularFile(Path.of(each))) {
                try (InputStream content = Files.newInputStream(Path.of(each))) {
                    Matcher key = PUBLIC_KEY.matcher(
                            new String(content.readNBytes(MOST_KEY_BYTES), StandardCharsets.UTF_8).strip());
                    if (key.matches()) {
                        return key.group(1) + " " + key.group(2);
                    }
                }
            }
        }
        return null;
    }

    private int sign(SshArguments.Sign sign, String key) {
        try {
            for (String file : sign.files().isEmpty() ? List.of(STANDARD) : sign.files()) {
                if (file.equals(STANDARD)) {
                    byte[] signature = signature(sign, key, new FileInputStream(FileDescriptor.in), 0);
                    new FileOutputStream(FileDescriptor.out).write(signature);
                } else {
                    signFile(sign, key, file);
                }
            }
            return 0;
        } catch (FailedException e) {
            return failed(
                    switch (e.why) {
                        case DENIED -> "the user did not allow it";
                        case EXPIRED -> "the user did not answer in time";
                        case NO_KEY -> "the policy on the host lets this VM sign with no such key";
                        case HOST_FAILED -> "the host's own programs failed; its portal's log says how";
                    });
        } catch (FileAlreadyExistsException e) {
            return failed(e.getMessage() + " exists already; move it away");
        } catch (IOException e) {
            return failed(GpgSign.reason(e));
        }
    }

    private void signFile(SshArguments.Sign sign, String key, String file) throws IOException {
        if (!sign.quiet()) {
            System.err.println("Signing file " + file);
        }
        try (InputStream content = new FileInputStream(file);
                SignatureFile output = SignatureFile.file(file + ".sig", false)) {
            output.stream()
                    .write(signature(sign, key, content, Path.of(file).toFile().length()));
            output.finish();
        }
        if (!sign.quiet()) {
            System.err.println("Write signature to " + file + ".sig");
        }
    }

    /** The host said why not. */
    private static final class FailedException extends IOException {
        private static final long serialVersionUID = 1;

        final KeyMessage.Why why;

        FailedException(KeyMessage.Why why) {
            this.why = why;
        }
    }

    private byte[] signature(SshArguments.Sign sign, String key, InputStream content, long total) throws IOException {
        var ask = new KeyMessage.SignSsh(
                KeyMessage.VERSION,
                Untrusted.of(key),
                Untrusted.of(sign.namespace()),
                Untrusted.of(GitOrigin.find(System.getenv(), Path.of(""))));
        var signature = new ByteArrayOutputStream();
        OutputStream log = new FileOutputStream(FileDescriptor.err);
        var voice = new GpgVoice(null, log, !sign.quiet() && OwnProcess.isTerminal(2), total);
        KeyMessage.Answer answer = HostSigning.sign(host, ask, content, signature, MOST_SIGNATURE, voice);
        if (answer instanceof KeyMessage.Failed(KeyMessage.Why why)) {
            throw new FailedException(why);
        }
        byte[] bytes = signature.toByteArray();
        if (!new String(bytes, StandardCharsets.US_ASCII).startsWith(BEGIN)) {
            throw new IOException("the host made another kind of signature than was asked for");
        }
        return bytes;
    }
}
