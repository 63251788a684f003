// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Keys that are somewhere else: the sockets at which this VM's programs find the host's keys, the public keys that belong to them, and the
 * other way round a VM that holds keys for the host. Bytes are carried, not understood: the host speaks Assuan and the ssh-agent protocol.
 */
@NullMarked
package org.spectrum_os.portal.agent.keys;

import org.jspecify.annotations.NullMarked;
