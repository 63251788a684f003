# shellcheck shell=bash
# SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
# SPDX-License-Identifier: Apache-2.0
#
# Sourced by bin/spectrum-file-server: runs a Java program in namespaces that hold its own runtime, read-only, and nothing else. Needs
# common.sh and jdk.sh.

# java_libraries: prints the paths of the system's libraries that a JVM without a display loads, one a line.
java_libraries() {
    local lib=$JAVA_HOME/lib
    # ldd fails for what is not there, which differs from one JDK to the next.
    { ldd "$JAVA_HOME/bin/java" "$lib"/server/libjvm.so "$lib"/lib{jli,java,jimage,net,nio,extnet,zip,verify,syslookup}.so 2>/dev/null || true; } |
        sed -n -e 's/^[[:space:]]*\(\/[^ ]*\) (.*/\1/p' -e 's/.* => \(\/[^ ]*\) (.*/\1/p' | grep -vF -e "$JAVA_HOME/" | sort -u
}

# java_elsewhere: prints what the JDK's own files link to outside it, as Debian's JDK has its configuration in /etc/java-*.
java_elsewhere() {
    find "$JAVA_HOME/conf" "$JAVA_HOME/lib" -type l -lname '/*' -printf '%l\n' 2>/dev/null | grep -v -e "^$JAVA_HOME/" -e /cacerts | sort -u
}

# run_confined FOLDER SOCKET JAVA-ARGUMENT…: FOLDER is bound at /program, and SOCKET at /run/control, the only thing that leads out.
run_confined() {
    local folder=$1 socket=$2 path
    shift 2
    [ -d "$folder" ] || die "$folder does not exist: the project has not been built." "Run bin/build first."
    command -v bwrap >/dev/null 2>&1 || die "bwrap is not installed, and without it this program is not confined." \
        "Install bubblewrap (Debian: apt install bubblewrap). Where a service manager or a VM confines it already, start it with --no-confinement."
    search_jdk || die "no JDK $JDK_WANTED or newer found (looked at JAVA_HOME, javac on PATH, /usr/lib/jvm/*)." \
        "Install one, or run this with JAVA_HOME=/path/to/jdk-$JDK_WANTED."
    JAVA_HOME=$(readlink -f "$JAVA_HOME")
    local runtime=(--ro-bind "$JAVA_HOME" "$JAVA_HOME" --ro-bind "$folder" /program)
    while IFS= read -r path; do
        if [ -e "$path" ]; then runtime+=(--ro-bind "$path" "$path"); fi
    done < <(java_libraries; java_elsewhere)
    # No /dev, no /etc, no /tmp. Java's own counters want a file in /tmp; they are off. Not --die-with-parent: when whoever started it goes, the
    # program sees its control socket close and ends in order. Killed at that moment it would leave guests' connections with unread data, and
    # a vsock carried over Unix sockets then tells its guest nothing.
    exec bwrap --unshare-all --new-session --cap-drop ALL --clearenv --setenv LANG C.UTF-8 --chdir / \
        "${runtime[@]}" --proc /proc --bind "$socket" /run/control --remount-ro / \
        -- "$JAVA_HOME/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData "$@"
}
