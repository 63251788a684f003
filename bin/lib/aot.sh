# shellcheck shell=bash
# SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
# SPDX-License-Identifier: Apache-2.0
#
# Sourced by bin/build: makes a program's AOT cache (JEP 483, 514), which is what it loads at each start, kept from a training run. A cache
# of another JDK or of other modules is ignored by Java, and so is none at all: everything works, and starts more slowly. Needs common.sh.

# One run of the store as its users see it, so that the cache holds what a start needs: reading entries, a write, reads, an orderly end.
permission_store_run() {
    local root=$1 state=$2 name=org.freedesktop.impl.portal.PermissionStore service
    "$root/bin/spectrum-permission-store" --state "$state" &
    service=$!
    gdbus wait --session --timeout 60 "$name"
    gdbus call --session --dest "$name" --object-path "/${name//.//}" --method "$name.SetPermission" table true "$3" app "['yes']"
    gdbus call --session --dest "$name" --object-path "/${name//.//}" --method "$name.Lookup" table "$3"
    kill "$service"
    wait "$service"
}

# make_permission_store_cache ROOT
make_permission_store_cache() {
    local root=$1 cache=$1/build/programs/permission-store.aot state
    state=$(mktemp -d)
    rm -f "$cache"
    if ! {
        dbus-run-session -- bash -c "set -e; $(declare -f permission_store_run); permission_store_run \"\$@\"" train "$root" "$state" first &&
            SPECTRUM_PORTAL_TRAIN=$cache dbus-run-session -- bash -c \
                "set -e; $(declare -f permission_store_run); permission_store_run \"\$@\"" train "$root" "$state" second
    } >"$root/build/aot.log" 2>&1 || [ ! -f "$cache" ]; then
        # Java writes a cache even of a run that failed; it would hide the failure.
        rm -f "$cache"
        say "no AOT cache was made, so that spectrum-permission-store will start more slowly; build/aot.log says why"
    fi
    rm -rf "$state"
}
