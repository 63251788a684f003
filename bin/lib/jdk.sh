# shellcheck shell=bash
# SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
# SPDX-License-Identifier: Apache-2.0
#
# Finds a JDK. Needs common.sh and packages.sh.

JDK_WANTED=25

# jdk_version HOME: prints the feature release (25) of the JDK in HOME; fails if there is no compiler in it.
jdk_version() {
    [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] || return 1
    local version
    # `release` is a text file every JDK since 9 carries: reading it costs nothing, starting javac half a second.
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null) || true
    if [ -z "$version" ]; then
        version=$("$1/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p') || true
    fi
    [ -n "$version" ] && printf '%s\n' "$version"
}

# jdk_candidates: prints possible JDK folders, the user's own choice first.
jdk_candidates() {
    if [ -n "${JAVA_HOME:-}" ]; then printf '%s\n' "$JAVA_HOME"; fi
    local javac folder
    if javac=$(command -v javac); then
        javac=$(readlink -f "$javac")
        printf '%s\n' "${javac%/bin/javac}"
    fi
    for folder in /usr/lib/jvm/*/; do
        if [ -d "$folder" ]; then printf '%s\n' "${folder%/}"; fi
    done
}

# search_jdk: sets and exports JAVA_HOME to the first JDK that is new enough; fails if there is none.
search_jdk() {
    local folder version
    while IFS= read -r folder; do
        if version=$(jdk_version "$folder") && [ "$version" -ge "$JDK_WANTED" ]; then
            JAVA_HOME=$folder
            export JAVA_HOME
            return 0
        fi
    done < <(jdk_candidates)
    return 1
}

# Sets and exports JAVA_HOME: a JDK of at least JDK_WANTED that is there, else Debian 13's own package, else one clear line.
find_jdk() {
    if search_jdk; then return 0; fi
    local package=openjdk-$JDK_WANTED-jdk-headless
    if [ "$(debian_codename)" = trixie ] || apt-cache show "$package" >/dev/null 2>&1; then
        say "installing $package"
        apt_install "$package"
        if search_jdk; then return 0; fi
    fi
    die "no JDK $JDK_WANTED or newer found (looked at JAVA_HOME, javac on PATH, /usr/lib/jvm/*), and this Debian has no package $package." \
        "Install a JDK $JDK_WANTED, for instance Eclipse Temurin, then run this again with JAVA_HOME=/path/to/jdk-$JDK_WANTED."
}
