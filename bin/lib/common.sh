# shellcheck shell=bash
# SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
# SPDX-License-Identifier: Apache-2.0
#
# Sourced by the commands under bin/ and by tests/guest/build-image. Safe under `set -eu`; defines functions, runs nothing.

# Progress goes to standard error, so that standard output stays what the command was asked for.
say() { printf '%s\n' "$*" >&2; }

# die WHAT-HAPPENED-TO-WHAT WHAT-TO-DO
die() {
    printf '%s: %s\n' "$(basename "$0")" "$1" >&2
    if [ $# -gt 1 ]; then
        printf '%s: %s\n' "$(basename "$0")" "$2" >&2
    fi
    exit 1
}

# Runs a command as root: directly when we are root, else through sudo.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo -- "$@"
    else
        die "root rights are needed to run \"$*\", but this is user $(id -un) and there is no sudo." \
            "Run this command as root once, or install sudo; later runs need no root rights."
    fi
}

# The folder for everything that is costly to make again: the guest image above all.
cache_dir() {
    if [ -n "${SPECTRUM_PORTAL_CACHE:-}" ]; then
        printf '%s\n' "${SPECTRUM_PORTAL_CACHE%/}"
    elif [ "$(id -u)" -eq 0 ]; then
        printf '%s\n' /var/cache/spectrum-portal
    else
        printf '%s\n' "${XDG_CACHE_HOME:-$HOME/.cache}/spectrum-portal"
    fi
}

# debian_codename: prints the release this machine runs (bookworm, trixie, …), nothing if it is not Debian.
debian_codename() {
    if [ -r /etc/os-release ]; then
        # A subshell, so that os-release's many variables do not leak into the caller.
        # shellcheck source=/dev/null
        (. /etc/os-release && if [ "${ID:-}" = debian ]; then printf '%s\n' "${VERSION_CODENAME:-}"; fi)
    fi
}

# supervised COMMAND…: runs it and passes on its status. When this script is told to end, the command and all that it started end
# first; bash alone would go and leave them running.
supervised() {
    local child status=0
    # A process group of its own, so that all of it can be told to end.
    set -m
    "$@" </dev/null &
    child=$!
    set +m
    # shellcheck disable=SC2064 # the child is known now
    trap "trap '' INT TERM HUP; kill -TERM -- -$child 2>/dev/null; wait $child 2>/dev/null; exit 143" INT TERM HUP
    wait "$child" || status=$?
    trap - INT TERM HUP
    return "$status"
}
