# shellcheck shell=bash
# SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
# SPDX-License-Identifier: Apache-2.0
#
# What the machine must have, all of it from the machine's own Debian sources. Needs common.sh.

# One package a line, with the reason where the name does not say it. The names are the same on Debian 12 and 13.
required_packages() {
    sed -e 's/[[:space:]]*#.*//' -e '/^[[:space:]]*$/d' <<'LIST'
maven
bubblewrap              # the file server runs in it
dbus-daemon             # dbus-daemon and dbus-run-session: a session bus of one's own
xdg-desktop-portal      # the host's stock portal, in front of our backend
libglib2.0-bin          # gdbus
libportal1              # a client that is not ours
gir1.2-xdp-1.0
python3-gi
libgtk-4-1
adwaita-icon-theme
fonts-dejavu-core
at-spi2-core            # the dialog is operated by accessibility
gnupg                   # signs and decrypts, on the host; gpg-agent and gpgconf with it
openssh-client          # ssh-agent, ssh-keygen
openssh-server          # somewhere to log in to
git
xvfb
xauth
xdotool
x11-utils               # xmessage: another window, to take the focus away
openbox
imagemagick
qemu-system-x86
seabios
mmdebstrap              # builds the guest's file system
debian-archive-keyring
uidmap                  # lets mmdebstrap work for an ordinary user
e2fsprogs
busybox-static
cpio
xz-utils
zstd
kmod
util-linux
procps
LIST
}

# missing_packages NAME…: prints those that are not installed.
missing_packages() {
    local installed
    installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p') || true
    local name
    for name in "$@"; do
        if ! grep -qxF -e "$name" <<<"$installed"; then
            printf '%s\n' "$name"
        fi
    done
}

# apt_install NAME…: waits for another apt to finish, asks no questions.
apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600 update >&2 \
        || die "\"apt-get update\" failed on this machine." "Read its messages above; check the network and /etc/apt/sources.list(.d), then run this again."
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=600 install "$@" >&2 \
        || die "apt-get could not install: $*." "Read its messages above; Debian 12 (bookworm) and 13 (trixie) have all of these in \"main\"."
}

# Installs what is missing and nothing else; says nothing and changes nothing when all is there.
ensure_packages() {
    if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
        die "this machine has no dpkg and apt-get." \
            "Spectrum Portal's set-up works on Debian 12 and 13. Elsewhere, see README.md for what to install by hand."
    fi
    local wanted missing
    mapfile -t wanted < <(required_packages)
    mapfile -t missing < <(missing_packages "${wanted[@]}")
    if [ ${#missing[@]} -gt 0 ]; then
        say "installing ${#missing[@]} package(s): ${missing[*]}"
        apt_install "${missing[@]}"
    fi
}
