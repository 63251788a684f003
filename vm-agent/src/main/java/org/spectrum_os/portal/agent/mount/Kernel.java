// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.mount;

/** What the mount step has the kernel do. Each call returns 0, or the errno. */
interface Kernel {
    /** The one that runs this process. */
    Kernel OWN = new Kernel() {
        @Override
        public int mount(String target, String options) {
            return Posix.mount("spectrum-portal", target, "9p", Posix.MS_NOSUID | Posix.MS_NODEV, options);
        }

        @Override
        public int detach(String target) {
            return Posix.detach(target);
        }
    };

    /** Mounts a 9P file system, for reading and writing, that no program may gain privileges or reach devices through. */
    int mount(String target, String options);

    /** Takes the uppermost mount away at once, whoever uses it. */
    int detach(String target);
}
