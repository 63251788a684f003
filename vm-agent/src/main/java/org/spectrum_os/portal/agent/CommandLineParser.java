// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.ListIterator;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.agent.CommandLine.UsageException;
import org.spectrum_os.portal.agent.keys.KeyService;
import org.spectrum_os.portal.agent.link.HostAddress;
import org.spectrum_os.portal.agent.mount.MountStep;
import org.spectrum_os.portal.agent.sign.GpgSign;
import org.spectrum_os.portal.agent.sign.SshSign;

/** Reads the words of the command line, in any order; an option that a command has no use for is let pass. */
final class CommandLineParser {
    private @Nullable String command;
    private HostAddress host = HostAddress.DEFAULT;
    private String mountPoint = "/run/portal";
    private Duration idleExit = Duration.ZERO;
    private int msize = MountStep.DEFAULT_MSIZE;
    private boolean replace;
    private boolean stay;
    private final UsbWords usb = new UsbWords();
    private @Nullable String gpgSocket;
    private @Nullable String sshSocket;
    private @Nullable String home;
    private @Nullable String own;
    private Set<Integer> given = Set.of();
    private @Nullable Path listen;
    private List<String> arguments = List.of();

    private CommandLineParser() {}

    static CommandLine parse(List<String> words) throws UsageException {
        var parser = new CommandLineParser();
        ListIterator<String> rest = words.listIterator();
        boolean version = false;
        while (rest.hasNext()) {
            String word = rest.next();
            switch (word) {
                case "--help", "-h" -> {
                    return new CommandLine.Help();
                }
                case "--version" -> version = true;
                case "--" -> {
                    parser.arguments = List.copyOf(words.subList(rest.nextIndex(), words.size()));
                    return version ? new CommandLine.Version() : parser.command();
                }
                default -> parser.word(word, rest);
            }
        }
        return version ? new CommandLine.Version() : parser.command();
    }

    private void word(String word, ListIterator<String> rest) throws UsageException {
        switch (word) {
            case "mount", "frontend", "backend", "keys", "gpg-sign", "ssh-sign", "vault" -> only(word);
            case "gpg" -> {
                if (!rest.hasNext() || !rest.next().equals("sync")) {
                    throw new UsageException("after gpg only sync is a command");
                }
                only("gpg sync");
            }
            case "usb" -> {
                String what = rest.hasNext() ? rest.next() : "";
                switch (what) {
                    case "list", "request" -> only("usb " + what);
                    case "release" -> {
                        only("usb release");
                        usb.lease(value("usb release", rest));
                    }
                    default -> throw new UsageException("after usb come list, request or release LEASE");
                }
            }
            case "--vendor", "--product", "--class", "--timeout" -> usb.option(word, value(word, rest));
            case "--host" -> host = host(value(word, rest));
            case "--mount-point" -> mountPoint = absolute(word, value(word, rest));
            case "--idle-exit" -> idleExit = Duration.ofSeconds(number(word, value(word, rest), 0, 86_400));
            case "--msize" ->
                msize = number(word, value(word, rest), MountStep.SMALLEST_MSIZE, MountStep.LARGEST_MSIZE);
            case "--replace" -> replace = true;
            case "--stay" -> stay = true;
            case "--gpg-socket" -> gpgSocket = absolute(word, value(word, rest));
            case "--ssh-socket" -> sshSocket = absolute(word, value(word, rest));
            case "--homedir" -> home = value(word, rest);
            case "--own" -> own = value(word, rest);
            case "--descriptors" -> given = numbers(word, value(word, rest));
            case "--listen" -> listen = unix(word, value(word, rest));
            default -> throw new UsageException("'" + word + "' is no command or option");
        }
    }

    private CommandLine command() throws UsageException {
        return switch (command) {
            case null ->
                throw new UsageException(
                        "a command is missing: mount, frontend, backend, keys, gpg sync, gpg-sign, ssh-sign, usb or"
                                + " vault");
            case "mount" -> new CommandLine.Mount(host, mountPoint, msize, stay);
            case "frontend" -> face(CommandLine.Face.FRONTEND);
            case "backend" -> face(CommandLine.Face.BACKEND);
            case "keys" -> new CommandLine.Keys(new KeyService(host, gpgSocket, sshSocket, idleExit));
            case "gpg sync" -> new CommandLine.Sync(host, home);
            case "gpg-sign" -> new CommandLine.SignGpg(new GpgSign(host, own, given, arguments));
            case "ssh-sign" -> new CommandLine.SignSsh(new SshSign(host, own, given, arguments));
            case "usb list", "usb request", "usb release" -> new CommandLine.Usb(usb.command(command, host, arguments));
            default -> new CommandLine.HoldKeys(listen);
        };
    }

    private CommandLine face(CommandLine.Face face) {
        return new CommandLine.Choose(face, host, mountPoint, idleExit, replace);
    }

    private void only(String now) throws UsageException {
        if (command != null) {
            throw new UsageException("two commands were given; one is allowed");
        }
        command = now;
    }

    private static String value(String option, ListIterator<String> rest) throws UsageException {
        if (!rest.hasNext()) {
            throw new UsageException(option + " needs a value");
        }
        return rest.next();
    }

    private static HostAddress host(String text) throws UsageException {
        try {
            return HostAddress.parse(text);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--host: " + e.getMessage());
        }
    }

    private static Path unix(String option, String text) throws UsageException {
        if (!text.startsWith("unix:/")) {
            throw new UsageException(option + " needs unix: and an absolute path, not '" + text + "'");
        }
        return Path.of(text.substring("unix:".length()));
    }

    private static String absolute(String option, String path) throws UsageException {
        if (!path.startsWith("/") || path.indexOf('\0') >= 0) {
            throw new UsageException(option + " needs an absolute path, not '" + path + "'");
        }
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private static Set<Integer> numbers(String option, String text) throws UsageException {
        Set<Integer> numbers = new TreeSet<>();
        for (String each : text.split(",", -1)) {
            numbers.add(number(option, each, 0, Integer.MAX_VALUE));
        }
        return Set.copyOf(numbers);
    }

    static int number(String option, String text, int least, int most) throws UsageException {
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // Said below, with the range.
        }
        throw new UsageException(option + " needs a number from " + least + " to " + most + ", not '" + text + "'");
    }
}
