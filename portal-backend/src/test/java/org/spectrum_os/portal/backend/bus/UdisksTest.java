// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.spectrum_os.portal.dbus.ArgumentDescription;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.DBusErrorException;
import org.spectrum_os.portal.dbus.ExportedInterface;
import org.spectrum_os.portal.dbus.ExportedObject;
import org.spectrum_os.portal.dbus.InterfaceDescription;
import org.spectrum_os.portal.dbus.MethodCall;
import org.spectrum_os.portal.dbus.MethodDescription;
import org.spectrum_os.portal.dbus.Reply;
import org.spectrum_os.portal.dbus.testing.PrivateBus;

/** A service that answers as UDisks does, on a bus of its own. */
@Timeout(60)
class UdisksTest {
    private static final String BLOCKS = "/org/freedesktop/UDisks2/block_devices/";

    private final Queue<String> called = new ConcurrentLinkedQueue<>();
    private PrivateBus bus;
    private BusConnection service;
    private Udisks udisks;

    private final class FileSystem implements ExportedInterface {
        private final String error;

        FileSystem(String error) {
            this.error = error;
        }

        @Override
        public InterfaceDescription description() {
            return new InterfaceDescription(
                    "org.freedesktop.UDisks2.Filesystem",
                    List.of(new MethodDescription(
                            "Unmount", List.of(new ArgumentDescription("options", "a{sv}")), List.of())),
                    List.of(),
                    List.of(),
                    "");
        }

        @Override
        public Reply handle(MethodCall call) throws DBusErrorException {
            called.add(call.path());
            if (!error.isEmpty()) {
                throw new DBusErrorException("org.freedesktop.UDisks2.Error." + error, "target is busy");
            }
            return Reply.empty();
        }
    }

    @BeforeEach
    void open() throws Exception {
        bus = PrivateBus.startWithoutServices();
        service = BusConnection.connect(bus.address());
        udisks = new Udisks(() -> BusConnection.connect(bus.address()));
    }

    @AfterEach
    void close() throws Exception {
        try (var _ = bus) {
            service.close();
        }
    }

    private void serve() throws Exception {
        service.export(BLOCKS + "sdb1", ExportedObject.of(new FileSystem("")));
        service.export(BLOCKS + "dm_2d0", ExportedObject.of(new FileSystem("")));
        service.export(BLOCKS + "sdc1", ExportedObject.of(new FileSystem("DeviceBusy")));
        service.export(BLOCKS + "sdd1", ExportedObject.of(new FileSystem("NotMounted")));
        service.requestName("org.freedesktop.UDisks2", Set.of());
    }

    @Test
    void aFileSystemIsUnmountedByItsBlockDevice() throws Exception {
        serve();
        udisks.unmount("sdb1");
        udisks.unmount("dm-0");
        udisks.unmount("sdd1");
        assertEquals(List.of(BLOCKS + "sdb1", BLOCKS + "dm_2d0", BLOCKS + "sdd1"), List.copyOf(called));
    }

    @Test
    void whatIsInUseIsNamedAndSoIsWhatToDo() throws Exception {
        serve();
        String refused =
                assertThrows(IOException.class, () -> udisks.unmount("sdc1")).toString();
        assertTrue(refused.contains("/dev/sdc1") && refused.contains("close it"), refused);
    }

    @Test
    void withoutTheServiceTheUserHasToDoIt() {
        String refused =
                assertThrows(IOException.class, () -> udisks.unmount("sdb1")).toString();
        assertTrue(refused.contains("by hand"), refused);
    }
}
