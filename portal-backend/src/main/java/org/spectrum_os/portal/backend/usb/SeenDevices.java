// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.spectrum_os.portal.backend.usb.device.HostDevice;
import org.spectrum_os.portal.protocol.UsbDeviceInfo;
import org.spectrum_os.portal.protocol.UsbMessage;

/** What one connection has been told of, and under which names. The names say nothing, and are good on this connection alone. Not thread-safe. */
final class SeenDevices {
    private static final int ID_BYTES = 8;

    private final RandomGenerator random = new SecureRandom();
    private final Map<String, HostDevice> byId = new LinkedHashMap<>();
    private final Map<String, UsbDeviceInfo> told = new HashMap<>();

    /** What a guest has to be told if it sees these devices now. */
    List<UsbMessage.FromHost> become(List<HostDevice> visible) {
        var news = new ArrayList<UsbMessage.FromHost>();
        for (var each : List.copyOf(byId.entrySet())) {
            String id = each.getKey();
            HostDevice was = each.getValue();
            if (visible.stream().noneMatch(device -> device.isSameAs(was))) {
                byId.remove(id);
                told.remove(id);
                news.add(new UsbMessage.Absent(id));
            }
        }
        for (HostDevice device : visible) {
            String id = id(device).orElseGet(this::fresh);
            UsbDeviceInfo info = DeviceWords.info(id, device);
            byId.put(id, device);
            if (!info.equals(told.put(id, info))) {
                news.add(new UsbMessage.Present(info));
            }
        }
        return news;
    }

    Optional<HostDevice> device(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** What a device is called; empty if the guest does not see it. */
    Optional<String> id(HostDevice device) {
        return byId.entrySet().stream()
                .filter(each -> each.getValue().isSameAs(device))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** A name that nothing has had. */
    String fresh() {
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
