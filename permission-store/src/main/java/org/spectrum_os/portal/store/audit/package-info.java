// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The audit log: what each instance asked for, what was decided, lent, used and ended, as JSON lines in a folder of each instance's own,
 * so that no guest can push another's lines out. {@code docs/audit.md} describes the files. An {@link
 * org.spectrum_os.portal.store.audit.AuditEvent} knows its {@link org.spectrum_os.portal.store.audit.AuditSource}, which names the folder;
 * {@link org.spectrum_os.portal.store.audit.AuditBook} writes, {@link org.spectrum_os.portal.store.audit.AuditReader} reads, in a process
 * that may be another.
 *
 * <p>A line is on the disk (fsync) when the call that writes it returns, or the call fails. Nothing here may swallow a failed write, let a
 * text from a guest become a path, or, on reading, trust what stands in a file.
 */
@NullMarked
package org.spectrum_os.portal.store.audit;

import org.jspecify.annotations.NullMarked;
