// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.guest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How to start one guest.
 *
 * @param directory an existing folder for this guest's sockets and logs, one per running guest; handed to {@code user}
 * @param cid the guest's vsock address, 3 or more
 * @param user who QEMU and the vsock daemon run as
 * @param agentDisk the disk for {@code /opt/spectrum-portal}, readable by {@code user}
 * @param memoryMiB the guest's memory; the host gives only what the guest touches
 * @param bootTimeout how long from start to the guest's first word
 * @param accelerator QEMU's {@code -accel}; emulation works everywhere
 * @param moreQemu    more arguments for QEMU, such as another device; {@code mem0} is memory that vhost-user daemons can map
 */
public record GuestSettings(
        Path directory,
        int cid,
        OrdinaryUser user,
        Optional<Path> agentDisk,
        int memoryMiB,
        Duration bootTimeout,
        String accelerator,
        List<String> moreQemu) {
    /** Overrides {@link #bootTimeout}, in whole seconds, on machines too slow for 60 s. */
    public static final String BOOT_SECONDS = "SPECTRUM_PORTAL_GUEST_BOOT_SECONDS";
    /** Overrides {@link #accelerator}, for example {@code kvm}. */
    public static final String ACCELERATOR = "SPECTRUM_PORTAL_GUEST_ACCELERATOR";

    private static final int LOWEST_CID = 3;
    /** Size of {@code sun_path} in unix(7), less the closing zero. */
    private static final int SOCKET_PATH_BYTES = 107;

    public GuestSettings {
        directory = directory.toAbsolutePath();
        moreQemu = List.copyOf(moreQemu);
        if (cid < LOWEST_CID) {
            throw new IllegalArgumentException("A guest's CID is 3 or more; 0 to 2 are taken. Got " + cid + ".");
        }
        int longest = directory.resolve("vm.vsock_4294967295").toString().getBytes(StandardCharsets.UTF_8).length;
        if (longest > SOCKET_PATH_BYTES) {
            throw new IllegalArgumentException(
                    "The folder " + directory + " is too deep for Unix sockets in it: " + longest + " bytes, "
                            + SOCKET_PATH_BYTES + " are possible. Use a shorter path, such as one in /tmp.");
        }
    }

    /** CID 3, 2 GiB, emulation, no agent disk, 60 s to boot, as {@link OrdinaryUser#current()}. */
    public static GuestSettings in(Path directory) throws IOException {
        String seconds = System.getenv(BOOT_SECONDS);
        String accelerator = System.getenv(ACCELERATOR);
        return new GuestSettings(
                directory,
                LOWEST_CID,
                OrdinaryUser.current(),
                Optional.empty(),
                2048,
                Duration.ofSeconds(seconds == null ? 60 : Long.parseLong(seconds)),
                accelerator == null ? "tcg,thread=multi" : accelerator,
                List.of());
    }

    public GuestSettings withCid(int other) {
        return new GuestSettings(directory, other, user, agentDisk, memoryMiB, bootTimeout, accelerator, moreQemu);
    }

    public GuestSettings withAgentDisk(Path disk) {
        return new GuestSettings(
                directory, cid, user, Optional.of(disk), memoryMiB, bootTimeout, accelerator, moreQemu);
    }

    public GuestSettings withBootTimeout(Duration other) {
        return new GuestSettings(directory, cid, user, agentDisk, memoryMiB, other, accelerator, moreQemu);
    }

    public GuestSettings withMoreQemu(List<String> arguments) {
        return new GuestSettings(directory, cid, user, agentDisk, memoryMiB, bootTimeout, accelerator, arguments);
    }

    /** Whether the guest's processors are QEMU's own work. */
    boolean isEmulated() {
        return accelerator.startsWith("tcg");
    }
}
