// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys.ssh;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import org.spectrum_os.portal.protocol.ProtocolException;

/**
 * Verifies what a server's key has signed: keys of Ed25519 (RFC 8709), ECDSA (RFC 5656) and RSA (RFC 4253; its signatures by RFC 8332,
 * never with SHA-1). Certificates, keys on hardware tokens and whatever else there is prove nothing here.
 */
final class HostSignature {
    /** Bits of an RSA key, as of OpenSSH's own keys since 2004, and at most as OpenSSH has it. */
    private static final int RSA_LEAST = 2048;

    private static final int RSA_MOST = 16 * 1024;

    /** What stands before the 32 bytes of an Ed25519 key in X.509 (RFC 8410, 4). */
    private static final byte[] ED25519_X509 = HexFormat.of().parseHex("302a300506032b6570032100");

    /** The curves, with the hash that goes with each (RFC 5656, 6.2.1). */
    private enum Curve {
        NISTP256("secp256r1", 32, "SHA256"),
        NISTP384("secp384r1", 48, "SHA384"),
        NISTP521("secp521r1", 66, "SHA512");

        private final String javaName;
        private final int bytes;
        private final String hash;

        Curve(String javaName, int bytes, String hash) {
            this.javaName = javaName;
            this.bytes = bytes;
            this.hash = hash;
        }
    }

    private final String algorithm;
    private final byte[] value;
    private final byte[] data;

    private HostSignature(String algorithm, byte[] value, byte[] data) {
        this.algorithm = algorithm;
        this.value = value;
        this.data = data;
    }

    /**
     * That {@code signature} is one of {@code data} by {@code key}; both are blobs of SSH.
     *
     * @throws RefusedException if it is not, or nobody here can tell
     */
    static void verify(byte[] key, byte[] data, byte[] signature) throws RefusedException {
        boolean verified;
        try {
            var blob = new WireReader(signature);
            var claim = new HostSignature(blob.name(), blob.string(1, AgentProtocol.SIGNATURE_BYTES), data);
            blob.end();
            verified = claim.isBy(key);
        } catch (ProtocolException e) {
            throw new RefusedException("the server's key or signature is malformed: " + e.getMessage(), e);
        } catch (GeneralSecurityException e) {
            throw new RefusedException("the server's key or signature is not a valid one", e);
        }
        if (!verified) {
            throw new RefusedException("the signature is not by the server's key");
        }
    }

    private boolean isBy(byte[] key) throws ProtocolException, GeneralSecurityException, RefusedException {
        var in = new WireReader(key);
        return switch (in.name()) {
            case "ssh-ed25519" -> isByEd25519(in);
            case "ecdsa-sha2-nistp256" -> isByEcdsa(in, "nistp256", Curve.NISTP256);
            case "ecdsa-sha2-nistp384" -> isByEcdsa(in, "nistp384", Curve.NISTP384);
            case "ecdsa-sha2-nistp521" -> isByEcdsa(in, "nistp521", Curve.NISTP521);
            case "ssh-rsa" -> isByRsa(in);
            default ->
                throw new RefusedException("the server's key is of a kind whose signatures are not verified here");
        };
    }

    private boolean isByEd25519(WireReader in) throws ProtocolException, GeneralSecurityException, RefusedException {
        byte[] point = in.string(32, 32);
        in.end();
        requireAlgorithm("ssh-ed25519");
        byte[] encoded = Arrays.copyOf(ED25519_X509, ED25519_X509.length + point.length);
        System.arraycopy(point, 0, encoded, ED25519_X509.length, point.length);
        return isBy(
                KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded)), "Ed25519", value);
    }

    private boolean isByEcdsa(WireReader in, String name, Curve curve)
            throws ProtocolException, GeneralSecurityException, RefusedException {
        if (!in.name().equals(name)) {
            throw new RefusedException("the server's key names two curves");
        }
        byte[] point = in.string(1 + 2 * curve.bytes, 1 + 2 * curve.bytes);
        in.end();
        requireAlgorithm("ecdsa-sha2-" + name);
        if (point[0] != 4) {
            throw new RefusedException("the server's key is a compressed point");
        }
        var q = new ECPoint(
                new BigInteger(1, point, 1, curve.bytes), new BigInteger(1, point, 1 + curve.bytes, curve.bytes));
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec(curve.javaName));
        ECParameterSpec domain = parameters.getParameterSpec(ECParameterSpec.class);
        requireOnCurve(q, domain);
        var numbers = new WireReader(value);
        BigInteger r = numbers.positive(curve.bytes);
        BigInteger s = numbers.positive(curve.bytes);
        numbers.end();
        byte[] both = new byte[2 * curve.bytes];
        place(r, both, curve.bytes);
        place(s, both, 2 * curve.bytes);
        PublicKey key = KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(q, domain));
        return isBy(key, curve.hash + "withECDSAinP1363Format", both);
    }

    /** The curves' cofactor is 1: a point on the curve is in the group. */
    private static void requireOnCurve(ECPoint q, ECParameterSpec domain) throws RefusedException {
        BigInteger p = ((ECFieldFp) domain.getCurve().getField()).getP();
        BigInteger x = q.getAffineX();
        BigInteger y = q.getAffineY();
        BigInteger right = x.multiply(x)
                .add(domain.getCurve().getA())
                .multiply(x)
                .add(domain.getCurve().getB())
                .mod(p);
        if (x.compareTo(p) >= 0 || y.compareTo(p) >= 0 || !y.multiply(y).mod(p).equals(right)) {
            throw new RefusedException("the server's key is not on its curve");
        }
    }

    private boolean isByRsa(WireReader in) throws ProtocolException, GeneralSecurityException, RefusedException {
        BigInteger exponent = in.positive(8);
        BigInteger modulus = in.positive(RSA_MOST / 8);
        in.end();
        if (modulus.bitLength() < RSA_LEAST) {
            throw new RefusedException(
                    "the server's RSA key has " + modulus.bitLength() + " bits, fewer than " + RSA_LEAST);
        }
        String javaName = switch (algorithm) {
            case "rsa-sha2-256" -> "SHA256withRSA";
            case "rsa-sha2-512" -> "SHA512withRSA";
            default -> throw new RefusedException("the server's signature is not of an algorithm that fits its key");
        };
        byte[] padded = new byte[(modulus.bitLength() + 7) / 8];
        place(new BigInteger(1, value), padded, padded.length);
        return isBy(
                KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, exponent)),
                javaName,
                padded);
    }

    private boolean isBy(PublicKey key, String javaName, byte[] signature) throws GeneralSecurityException {
        Signature verifier = Signature.getInstance(javaName);
        verifier.initVerify(key);
        verifier.update(data);
        return verifier.verify(signature);
    }

    private void requireAlgorithm(String fitting) throws RefusedException {
        if (!algorithm.equals(fitting)) {
            throw new RefusedException("the server's signature is not of an algorithm that fits its key");
        }
    }

    /** Writes a number so that its last byte is before {@code end}. */
    private static void place(BigInteger number, byte[] into, int end) throws RefusedException {
        byte[] bytes = number.toByteArray();
        int skip = bytes[0] == 0 ? 1 : 0;
        int length = bytes.length - skip;
        if (length > end) {
            throw new RefusedException("the server's signature is too long for its key");
        }
        System.arraycopy(bytes, skip, into, end - length, length);
    }
}
