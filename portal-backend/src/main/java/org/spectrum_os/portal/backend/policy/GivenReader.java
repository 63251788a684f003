// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.policy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.lease.Access;
import org.spectrum_os.portal.backend.lease.VmFile;

/** Reads what one instance is given unasked: files of the host, or of one other VM. */
final class GivenReader {
    private static final int MAX_FILES = 256;

    private final PolicyReader reader;
    private final RulesReader rules;
    /** The VMs that were named, and where first. */
    private final Map<String, LocatedJson> named = new LinkedHashMap<>();

    GivenReader(PolicyReader reader, RulesReader rules) {
        this.reader = reader;
        this.rules = rules;
    }

    /** At most one of the two has something in it. */
    record Given(List<StaticFile> ofHost, Optional<VmTree> tree) {}

    /** The VMs that were named so far, and where first. */
    Map<String, LocatedJson> named() {
        return named;
    }

    Given read(LocatedJson value) {
        var ofHost = new ArrayList<StaticFile>();
        var ofVm = new ArrayList<VmTree.Entry>();
        if (!(value instanceof LocatedJson.Many(var _, var items))) {
            reader.problem(
                    value,
                    "files is a list such as [{\"path\": \"/home/ada/Music\", \"access\": \"read\"}], got "
                            + value.describe());
        } else if (items.size() > MAX_FILES) {
            reader.problem(value, items.size() + " files, at most " + MAX_FILES + " are supported");
        } else {
            var seen = new HashSet<Object>();
            items.forEach(item -> one(item, seen, ofHost, ofVm));
        }
        if (ofVm.isEmpty()) {
            return new Given(ofHost, Optional.empty());
        }
        String vm = ofVm.getFirst().what().vm();
        if (!ofHost.isEmpty()
                || !ofVm.stream().allMatch(file -> file.what().vm().equals(vm))) {
            reader.problem(
                    value,
                    "all files of one instance come from the host, or all from one VM: it sees them in one mount,"
                            + " and a mount has one server");
            return new Given(List.of(), Optional.empty());
        }
        return new Given(List.of(), Optional.of(new VmTree(vm, ofVm)));
    }

    private void one(LocatedJson item, Set<Object> seen, List<StaticFile> ofHost, List<VmTree.Entry> ofVm) {
        PolicyReader.Fields fields = reader.fields(item, "an entry of files", Set.of("vm", "path", "access"));
        if (fields == null) {
            return;
        }
        if (fields.has("vm")) {
            String vm = fields.required("vm", this::vm);
            String path = fields.required("path", this::pathInVm);
            Access access = access(fields);
            if (vm != null && path != null) {
                var file = new VmFile(vm, path);
                if (isNew(seen.add(file), item, path)) {
                    ofVm.add(new VmTree.Entry(file, access));
                }
            }
        } else {
            Path path = fields.required("path", this::path);
            Access access = access(fields);
            if (path != null && isNew(seen.add(path), item, path)) {
                ofHost.add(new StaticFile(path, access));
            }
        }
    }

    private Access access(PolicyReader.Fields fields) {
        Access said = fields.optional("access", v -> rules.access(v, "access"));
        return said == null ? Access.READ : said;
    }

    private boolean isNew(boolean added, LocatedJson item, Object path) {
        if (!added) {
            reader.problem(item, path + " is in files twice");
        }
        return added;
    }

    private @Nullable String vm(LocatedJson value) {
        if (value instanceof LocatedJson.Text(var _, var name)) {
            named.putIfAbsent(name, value);
            return name;
        }
        reader.problem(value, "vm is the name of an instance that serves files, got " + value.describe());
        return null;
    }

    private @Nullable String pathInVm(LocatedJson value) {
        if (value instanceof LocatedJson.Text(var _, var text) && VmTree.isPath(text)) {
            return text;
        }
        reader.problem(
                value,
                "path beside vm leads down from the folder that the VM serves, such as \"Photos/2024\": no slash at"
                        + " its ends, no . or .. in it; got " + value.describe());
        return null;
    }

    private @Nullable Path path(LocatedJson value) {
        Optional<Path> path = AbsolutePath.of(value);
        if (path.isEmpty()) {
            reader.problem(value, "path must be the absolute path of a file or folder, not /, got " + value.describe());
        }
        return path.orElse(null);
    }
}
