// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.spectrum_os.portal.store.gvdb;

import org.jspecify.annotations.NullMarked;
