// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.lease.Access;

/** Reads one instance: who it is, what it may ask for, and what it is given unasked. */
final class InstanceReader {
    private static final long CID_LEAST = 3;
    private static final long CID_MOST = 0xffff_fffeL;
    private static final int MAX_FILES = 256;

    private final PolicyReader reader;
    private final RulesReader rules;

    InstanceReader(PolicyReader reader, RulesReader rules) {
        this.reader = reader;
        this.rules = rules;
    }

    @Nullable
    Instance read(String name, LocatedJson.Member member) {
        PolicyReader.Fields fields = reader.fields(
                member.value(), "instance \"" + name + "\"", Set.of("colour", "link", "rules", "guest-user", "files"));
        if (fields == null) {
            return null;
        }
        Colour colour = fields.required("colour", reader::colour);
        LinkAddress link = fields.required("link", this::link);
        RulesReader.Rules allowed = fields.required("rules", rules::ofInstance);
        GuestUser user = fields.optional("guest-user", this::user);
        List<StaticFile> files = fields.optional("files", this::files);
        return colour == null || link == null || allowed == null
                ? null
                : new Instance(
                        name,
                        colour,
                        link,
                        allowed.file(),
                        allowed.terms(),
                        user == null ? GuestUser.DEFAULT : user,
                        files == null ? List.of() : files);
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

    private List<StaticFile> files(LocatedJson value) {
        var files = new ArrayList<StaticFile>();
        if (!(value instanceof LocatedJson.Many(var _, var items))) {
            reader.problem(
                    value,
                    "files is a list such as [{\"path\": \"/home/ada/Music\", \"access\": \"read\"}], got "
                            + value.describe());
            return files;
        }
        if (items.size() > MAX_FILES) {
            reader.problem(value, items.size() + " files, at most " + MAX_FILES + " are supported");
            return files;
        }
        var seen = new HashSet<Path>();
        for (LocatedJson item : items) {
            PolicyReader.Fields fields = reader.fields(item, "an entry of files", Set.of("path", "access"));
            if (fields == null) {
                continue;
            }
            Path path = fields.required("path", this::path);
            Access access = fields.optional("access", v -> rules.access(v, "access"));
            if (path != null && !seen.add(path)) {
                reader.problem(item, path + " is in files twice");
            } else if (path != null) {
                files.add(new StaticFile(path, access == null ? Access.READ : access));
            }
        }
        return files;
    }

    private @Nullable Path path(LocatedJson value) {
        if (value instanceof LocatedJson.Text(var _, var text) && text.startsWith("/")) {
            try {
                Path path = Path.of(text).normalize();
                if (path.getFileName() != null) {
                    return path;
                }
            } catch (InvalidPathException _) {
                // Said below.
            }
        }
        reader.problem(value, "path must be the absolute path of a file or folder, not /, got " + value.describe());
        return null;
    }
}
