// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.protocol;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is said on a connection about USB devices ({@link Ports#USB}). A connection is a session: it begins with {@link Hello} and
 * {@link Welcome}, then the host tells of the devices that the guest may see ({@link Present}), then {@link Listed}, and from then on of
 * every change. Devices that were asked for without {@code keep} are given back when the connection ends, whoever ends it.
 *
 * <p>Request numbers are chosen by the guest, positive and growing.
 */
public sealed interface UsbMessage extends Framed {
    /** The version of what is said here; both sides must speak the same. */
    int VERSION = 1;

    /** Devices in one request, and devices that a guest is told of at once. */
    int MOST_DEVICES = 64;

    /** What a guest may say. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Hello.class, name = "hello"),
        @JsonSubTypes.Type(value = Acquire.class, name = "acquire"),
        @JsonSubTypes.Type(value = Seek.class, name = "seek"),
        @JsonSubTypes.Type(value = Withdraw.class, name = "withdraw"),
        @JsonSubTypes.Type(value = Release.class, name = "release")
    })
    sealed interface FromGuest extends UsbMessage {}

    /** A request; answered once, by {@link Granted} or {@link Ended}. */
    sealed interface Ask extends FromGuest {
        long request();

        /** Whether the devices stay when the connection has ended: until they are released, the VM stops, or their time is over. */
        boolean keep();
    }

    /** The first message. */
    record Hello(int version, Untrusted<String> agent) implements FromGuest {}

    /**
     * The application asks for these devices.
     *
     * @param devices 1 to {@link #MOST_DEVICES} ids; that there is such a device, and that it may be seen, is for the host to check
     */
    record Acquire(long request, boolean keep, List<Untrusted<String>> devices) implements Ask {
        public Acquire {
            requirePositive(request);
            devices = Limits.bounded(devices, MOST_DEVICES, "devices");
            if (devices.isEmpty()) {
                throw new IllegalArgumentException("no device is asked for");
            }
        }
    }

    /**
     * The guest asks for any one device of a kind: the user chooses among those that fit and that the guest may ask for.
     *
     * @param vendor         0 to 0xffff, or null for any
     * @param product        likewise, not without a vendor
     * @param interfaceClass the class of one of its interfaces, 0 to 0xff, or null for any
     */
    record Seek(
            long request,
            boolean keep,
            @Nullable Integer vendor,
            @Nullable Integer product,
            @Nullable Integer interfaceClass)
            implements Ask {
        public Seek {
            requirePositive(request);
            if (vendor != null) {
                UsbDeviceInfo.requireNumber(vendor);
            }
            if (product != null) {
                UsbDeviceInfo.requireNumber(product);
            }
            if (product != null && vendor == null) {
                throw new IllegalArgumentException("a product without its vendor");
            }
            if (interfaceClass != null && (interfaceClass < 0 || interfaceClass > 0xff)) {
                throw new IllegalArgumentException("not a class");
            }
        }
    }

    /** The application withdrew a request. Naming one that has ended is no error. */
    record Withdraw(long request) implements FromGuest {
        public Withdraw {
            requirePositive(request);
        }
    }

    /** The guest gives a device back. A lease that is not this instance's, or is over, is as if it had never been: no error, no answer. */
    record Release(String lease) implements FromGuest {
        public Release {
            LentDevice.requireLease(lease);
        }
    }

    /** What the host may say. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Welcome.class, name = "welcome"),
        @JsonSubTypes.Type(value = Refused.class, name = "refused"),
        @JsonSubTypes.Type(value = Present.class, name = "present"),
        @JsonSubTypes.Type(value = Absent.class, name = "absent"),
        @JsonSubTypes.Type(value = Listed.class, name = "listed"),
        @JsonSubTypes.Type(value = Granted.class, name = "granted"),
        @JsonSubTypes.Type(value = Again.class, name = "again"),
        @JsonSubTypes.Type(value = Taken.class, name = "taken"),
        @JsonSubTypes.Type(value = Ended.class, name = "ended")
    })
    sealed interface FromHost extends UsbMessage {}

    /** The host goes on. */
    record Welcome(int version) implements FromHost {}

    /** The host does not, and closes the connection. */
    record Refused(String explanation) implements FromHost {}

    /** There is such a device; also when what was said of it before has changed. */
    record Present(UsbDeviceInfo device) implements FromHost {}

    /** It is not there any more, or may not be seen any more. */
    record Absent(String id) implements FromHost {
        public Absent {
            UsbDeviceInfo.requireId(id);
        }
    }

    /** All devices of the beginning have been told. */
    record Listed() implements FromHost {}

    /** The user lent these, of those asked for; at least one. Each has been attached. */
    record Granted(long request, List<LentDevice> devices) implements FromHost {
        public Granted {
            requirePositive(request);
            devices = Limits.bounded(devices, MOST_DEVICES, "devices");
            if (devices.isEmpty()) {
                throw new IllegalArgumentException("nothing was lent");
            }
        }
    }

    /** A lent device had left its port and is back, as the same lease: it was reset, or started another firmware. Its node is a new one. */
    record Again(LentDevice device) implements FromHost {}

    /** A lease of this instance is over; the device is detached. */
    record Taken(String lease) implements FromHost {
        public Taken {
            LentDevice.requireLease(lease);
        }
    }

    /** The request ended without a grant. */
    record Ended(long request, Outcome outcome) implements FromHost {
        public Ended {
            requirePositive(request);
        }
    }

    private static void requirePositive(long request) {
        if (request <= 0) {
            throw new IllegalArgumentException("request number " + request + " is not positive");
        }
    }
}
