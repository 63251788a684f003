// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.usb.device;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.spectrum_os.portal.backend.lease.UsbInterfaceCode;
import org.spectrum_os.portal.consent.contract.DeviceQuestion.Kind;

/** What a device is, in the user's words, by the classes of its interfaces: the numbers are those that USB-IF has given out. */
final class Kinds {
    /** Which of several tells most. */
    private static final List<Kind> MOST_TELLING_FIRST = List.of(
            Kind.SECURITY_KEY,
            Kind.SMART_CARD,
            Kind.STORAGE,
            Kind.CAMERA,
            Kind.SCANNER_OR_PHONE,
            Kind.PRINTER,
            Kind.BLUETOOTH,
            Kind.NETWORK,
            Kind.SERIAL,
            Kind.KEYBOARD,
            Kind.POINTER,
            Kind.GAME_CONTROLLER,
            Kind.SOUND,
            Kind.OTHER_INPUT,
            Kind.FIRMWARE,
            Kind.SPECIAL,
            Kind.OTHER);

    /** Makers' own serial adapters: there is no class for them. */
    private static final Set<String> SERIAL_DRIVERS = Set.of(
            "ftdi_sio",
            "pl2303",
            "cp210x",
            "ch341",
            "ark3116",
            "mos7720",
            "mos7840",
            "io_ti",
            "keyspan",
            "option",
            "qcserial",
            "sierra",
            "usb_serial_simple",
            "f81232",
            "mxuport",
            "cdc_acm");

    private static final Set<String> NETWORK_DRIVERS = Set.of(
            "r8152",
            "ax88179_178a",
            "asix",
            "smsc75xx",
            "smsc95xx",
            "lan78xx",
            "aqc111",
            "dm9601",
            "mcs7830",
            "rndis_host",
            "cdc_ether",
            "cdc_ncm",
            "cdc_mbim",
            "qmi_wwan",
            "ipheth");

    private Kinds() {}

    /**
     * One interface.
     *
     * @param driver empty if it has none
     * @param text   its own string; empty if it has none
     */
    record Interface(UsbInterfaceCode code, String driver, String text) {}

    /** By an interface's code alone. What a HID device is that is no boot device, only its inputs tell. */
    private static Kind ofCode(UsbInterfaceCode code) {
        return switch (code.base()) {
            case 0x01 -> Kind.SOUND;
            case 0x02 ->
                switch (code.sub()) {
                    case 0x06, 0x0d, 0x0e -> Kind.NETWORK;
                    default -> Kind.SERIAL;
                };
            case 0x03 ->
                switch (code.sub() << 8 | code.protocol()) {
                    case 0x0101 -> Kind.KEYBOARD;
                    case 0x0102 -> Kind.POINTER;
                    default -> Kind.OTHER_INPUT;
                };
            case 0x06 -> Kind.SCANNER_OR_PHONE;
            case 0x07 -> Kind.PRINTER;
            case 0x08 -> Kind.STORAGE;
            case 0x0b -> Kind.SMART_CARD;
            case 0x0e, 0x10 -> Kind.CAMERA;
            case 0xe0 -> code.sub() == 1 && code.protocol() == 1 ? Kind.BLUETOOTH : Kind.NETWORK;
            case 0xfe -> code.sub() == 1 ? Kind.FIRMWARE : Kind.OTHER;
            case 0xff -> Kind.SPECIAL;
            default -> Kind.OTHER;
        };
    }

    /**
     * @param codes       of all configurations
     * @param interfaces  of the configuration that is in force
     * @param inputs      what its inputs are capable of
     * @param securityKey whether it has a security key's HID side
     * @param before      what was found of the same device earlier, maybe with other drivers
     */
    static List<Kind> of(
            Set<UsbInterfaceCode> codes,
            List<Interface> interfaces,
            Set<Kind> inputs,
            boolean securityKey,
            List<Kind> before) {
        Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        kinds.addAll(inputs);
        kinds.addAll(before);
        codes.forEach(code -> kinds.add(ofCode(code)));
        if (securityKey) {
            kinds.add(Kind.SECURITY_KEY);
        }
        for (Interface each : interfaces) {
            if (SERIAL_DRIVERS.contains(each.driver())) {
                kinds.add(Kind.SERIAL);
            } else if (NETWORK_DRIVERS.contains(each.driver())) {
                kinds.add(Kind.NETWORK);
            }
            if (each.code().base() == 0xff && each.text().equals("MTP")) {
                kinds.add(Kind.SCANNER_OR_PHONE);
            }
        }
        // The data half of a network card or modem has the class of serial data.
        if (codes.stream().anyMatch(code -> code.base() == 0x0a) && !kinds.contains(Kind.NETWORK)) {
            kinds.add(Kind.SERIAL);
        }
        if (kinds.size() > 1) {
            kinds.remove(Kind.OTHER);
        }
        if (kinds.stream().anyMatch(Kinds::isMoreThanHid)) {
            kinds.remove(Kind.OTHER_INPUT);
        }
        return kinds.isEmpty()
                ? List.of(Kind.OTHER)
                : MOST_TELLING_FIRST.stream().filter(kinds::contains).toList();
    }

    /** Whether it stands for all of a device's HID interfaces, so that those that say nothing need no word of their own. */
    private static boolean isMoreThanHid(Kind kind) {
        return switch (kind) {
            case SECURITY_KEY, KEYBOARD, POINTER, GAME_CONTROLLER -> true;
            case STORAGE,
                    OTHER_INPUT,
                    CAMERA,
                    SOUND,
                    SMART_CARD,
                    SERIAL,
                    NETWORK,
                    BLUETOOTH,
                    PRINTER,
                    SCANNER_OR_PHONE,
                    FIRMWARE,
                    SPECIAL,
                    OTHER -> false;
        };
    }
}
