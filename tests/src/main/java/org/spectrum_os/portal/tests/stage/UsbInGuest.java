// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.spectrum_os.portal.tests.guest.GuestVm;

/** A guest with a USB controller: its udev, the agent's rule for it, and what can be seen of its devices from inside. */
final class UsbInGuest {
    /** QEMU's arguments for a controller with places as crosvm's has them: the ports 1 to 8 for USB 2, 9 to 16 for USB 3. */
    static final List<String> CONTROLLER = List.of("-device", "qemu-xhci,id=xhci,p2=8,p3=8");

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String DISK = "/opt/spectrum-portal";

    private final GuestVm guest;

    UsbInGuest(GuestVm guest) {
        this.guest = guest;
    }

    /** Starts udev and the controller's driver, and installs the agent's rule and its command. */
    void install() throws IOException, InterruptedException {
        guest.sh("""
                set -e
                ln -sf %1$s/spectrum-agent /usr/bin/spectrum-agent
                mkdir -p /run/udev/rules.d
                cp %1$s/guest-files/spectrum-portal-usb.rules /run/udev/rules.d/70-spectrum-portal-usb.rules
                /usr/lib/systemd/systemd-udevd --daemon
                modprobe xhci_pci
                udevadm trigger --action=add --subsystem-match=usb
                udevadm settle
                """.formatted(DISK), PATIENCE).orThrow();
    }

    /** The numbers of all devices but the controller's own hubs, {@code 46f4:0001}, sorted. */
    List<String> devices() throws IOException, InterruptedException {
        return guest.sh("""
                for d in /sys/bus/usb/devices/[0-9]*-*; do
                    case $d in *:*) continue ;; esac
                    [ -e $d/idVendor ] && echo "$(cat $d/idVendor):$(cat $d/idProduct)"
                done | sort
                """, PATIENCE).output().lines().toList();
    }

    /** Waits until there are exactly these. */
    void awaitDevices(String... numbers) throws IOException, InterruptedException {
        List<String> wanted = List.of(numbers).stream().sorted().toList();
        long end = System.nanoTime() + PATIENCE.toNanos();
        List<String> seen = devices();
        while (!seen.equals(wanted)) {
            if (System.nanoTime() > end) {
                throw new IOException(
                        "the guest has the devices " + seen + ", and not " + wanted + "; its kernel says:\n"
                                + guest.sh("dmesg | tail -n 20", PATIENCE).output());
            }
            seen = devices();
        }
    }

    /**
     * Waits until udev has told of everything, which it does a moment after the kernel. A stock portal that starts in between
     * hears of the end of a device that it never saw, and aborts (xdg-desktop-portal 1.20, gudev_client_uevent_cb).
     */
    void awaitUdev() throws IOException, InterruptedException {
        guest.sh("udevadm settle", PATIENCE).orThrow();
    }

    /** Bus and number of the device with these numbers, as its node is called; empty if there is none. */
    String node(String numbers) throws IOException, InterruptedException {
        return guest.sh(
                        "lsusb -d " + numbers + " | sed -n 's/^Bus \\([0-9]*\\) Device \\([0-9]*\\):.*/\\1 \\2/p'",
                        PATIENCE)
                .text();
    }

    /** Waits for the disk of a stick, and returns the SHA-256 of its content. */
    String diskSha256() throws IOException, InterruptedException {
        String printed = guest.sh("""
                for i in $(seq 300); do [ -b /dev/sda ] && [ "$(cat /sys/block/sda/size)" -gt 0 ] && break; sleep 0.1; done
                sha256sum </dev/sda
                """, PATIENCE).orThrow().text();
        return printed.substring(0, printed.indexOf(' '));
    }

    /** Whether there is a disk by USB. */
    boolean hasDisk() throws IOException, InterruptedException {
        return guest.sh("[ -e /dev/sda ]", PATIENCE).status() == 0;
    }
}
