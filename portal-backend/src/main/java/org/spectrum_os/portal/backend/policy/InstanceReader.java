// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.protocol.DisplayText;
import org.spectrum_os.portal.protocol.Untrusted;

/** Reads one instance: who it is, what it may ask for, and what it is given unasked. */
final class InstanceReader {
    private static final long CID_LEAST = 3;
    private static final long CID_MOST = 0xffff_fffeL;

    private final PolicyReader reader;
    private final RulesReader rules;
    private final GivenReader given;
    private final KeyRulesReader keys;
    private final MachineReader machines;
    private final UsbRulesReader devices;
    private final Set<String> serving = new HashSet<>();
    private final Set<String> holding = new HashSet<>();

    InstanceReader(PolicyReader reader, RulesReader rules) {
        this.reader = reader;
        this.rules = rules;
        this.given = new GivenReader(reader, rules);
        this.keys = new KeyRulesReader(reader, rules);
        this.machines = new MachineReader(reader);
        this.devices = new UsbRulesReader(reader);
    }

    /**
     * What cannot be said of one instance alone: whose files an instance is given must serve them, and whose keys it may ask for must hold
     * them. To be called last.
     */
    void checkOthers() {
        given.named().forEach((vm, place) -> {
            if (!serving.contains(vm)) {
                reader.problem(
                        place,
                        "no instance \"" + DisplayText.of(Untrusted.of(vm), 64)
                                + "\" serves files; the one meant needs \"serves-files\": true");
            }
        });
        keys.checkVaults(holding);
    }

    @Nullable
    Instance read(String name, LocatedJson.Member member) {
        PolicyReader.Fields fields = reader.fields(
                member.value(),
                "instance \"" + name + "\"",
                Set.of(
                        "colour",
                        "link",
                        "rules",
                        "guest-user",
                        "files",
                        "serves-files",
                        "keys",
                        "holds-keys",
                        "machine",
                        "usb"));
        if (fields == null) {
            return null;
        }
        Colour colour = fields.required("colour", reader::colour);
        LinkAddress link = fields.required("link", this::link);
        RulesReader.Rules allowed = fields.required("rules", rules::ofInstance);
        GuestUser user = fields.optional("guest-user", this::user);
        GivenReader.Given files = fields.optional("files", given::read);
        Boolean serves = fields.optional("serves-files", v -> truth(v, "serves-files"));
        if (serves != null && serves) {
            serving.add(name);
        }
        List<KeyRule> asked = fields.optional("keys", v -> keys.read(name, v));
        Boolean holds = fields.optional("holds-keys", v -> truth(v, "holds-keys"));
        if (holds != null && holds) {
            holding.add(name);
        }
        MachineAddress machine = fields.optional("machine", v -> machines.read(name, v));
        List<UsbRule> usb = fields.optional("usb", v -> devices.read(name, v));
        if (usb != null && !usb.isEmpty() && !fields.has("machine")) {
            reader.problem(
                    member.value(),
                    "\"" + name + "\" has rules of \"usb\" but no \"machine\", so nothing can be attached: add"
                            + " \"machine\": {\"crosvm\": \"/path/of/socket\"} or {\"qemu\": \"/path/of/socket\"}");
        }
        if (machine != null && link instanceof LinkAddress.Unix(Path socket) && socket.equals(machine.socket())) {
            reader.problem(
                    member.value(),
                    "\"" + name + "\" has one socket as its link and as its machine (" + socket
                            + "); the link is the VM's vsock, the machine the control socket of its monitor");
        }
        if (files != null && files.tree().filter(tree -> tree.vm().equals(name)).isPresent()) {
            reader.problem(member.value(), "\"" + name + "\" cannot have its files from itself");
        }
        if (files != null && files.tree().isPresent() && allowed != null && allowed.file() == Rule.ASK) {
            reader.problem(
                    member.value(),
                    "\"" + name + "\" has its files from VM \""
                            + files.tree().get().vm()
                            + "\", so the user cannot be asked for others: make its \"file\" rule \"deny\"");
        }
        return colour == null || link == null || allowed == null
                ? null
                : new Instance(
                        name,
                        colour,
                        link,
                        allowed.file(),
                        allowed.terms(),
                        user == null ? GuestUser.DEFAULT : user,
                        files == null ? List.of() : files.ofHost(),
                        files == null ? Optional.empty() : files.tree(),
                        serves != null && serves,
                        asked == null ? List.of() : asked,
                        holds != null && holds,
                        Optional.ofNullable(machine),
                        usb == null ? List.of() : usb);
    }

    private @Nullable LinkAddress link(LocatedJson value) {
        PolicyReader.Fields fields = reader.fields(value, "link", Set.of("vsock", "unix"));
        if (fields == null) {
            return null;
        }
        LinkAddress vsock = fields.optional("vsock", v -> {
            if (v instanceof LocatedJson.Whole(var place, var cid) && cid >= CID_LEAST && cid <= CID_MOST) {
                return new LinkAddress.Vsock((int) cid);
            }
            reader.problem(
                    v, "vsock must be the VM's context id, " + CID_LEAST + " to " + CID_MOST + ", got " + v.describe());
            return null;
        });
        LinkAddress unix = fields.optional("unix", v -> {
            if (v instanceof LocatedJson.Text(var place, var path) && path.startsWith("/") && path.indexOf('\0') < 0) {
                return new LinkAddress.Unix(Path.of(path).normalize());
            }
            reader.problem(v, "unix must be the absolute path of the VM's vsock socket, got " + v.describe());
            return null;
        });
        if (fields.has("vsock") == fields.has("unix")) {
            reader.problem(value, "a link is either {\"vsock\": CID} or {\"unix\": \"/path/of/socket\"}");
            return null;
        }
        return vsock == null ? unix : vsock;
    }

    private @Nullable GuestUser user(LocatedJson value) {
        PolicyReader.Fields fields = reader.fields(value, "guest-user", Set.of("uid", "gid"));
        if (fields == null) {
            return null;
        }
        Integer uid = fields.required("uid", this::id);
        Integer gid = fields.required("gid", this::id);
        return uid == null || gid == null ? null : new GuestUser(uid, gid);
    }

    private @Nullable Integer id(LocatedJson value) {
        if (value instanceof LocatedJson.Whole(var _, var number) && number >= 0 && number <= GuestUser.MOST) {
            return (int) number;
        }
        reader.problem(
                value,
                "uid and gid are those of the guest's user, 0 to " + GuestUser.MOST + ", got " + value.describe());
        return null;
    }

    private @Nullable Boolean truth(LocatedJson value, String what) {
        if (value instanceof LocatedJson.Truth(var _, var truth)) {
            return truth;
        }
        reader.problem(value, what + " is true or false, got " + value.describe());
        return null;
    }
}
