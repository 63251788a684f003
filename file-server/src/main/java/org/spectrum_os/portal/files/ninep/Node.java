// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files.ninep;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A place in the tree. Those that hold descriptors are counted. */
sealed interface Node {
    default void retain() {}

    default void release() {}

    /** The lease it belongs to; null for the root. */
    @Nullable
    Lease lease();

    /** The mount's root: one directory per lease of the instance. */
    record Root() implements Node {
        @Override
        public @Nullable Lease lease() {
            return null;
        }
    }

    /** The directory named after a lease: what was lent, and what the guest staged beside it. */
    record Folder(LeaseFolder folder) implements Node {
        @Override
        public Lease lease() {
            return folder.lease();
        }
    }

    /** A file in a lease's folder. */
    record InFolder(LeaseFolder folder, FolderFile file) implements Node {
        @Override
        public Lease lease() {
            return folder.lease();
        }

        @Override
        public void retain() {
            file.base().retain();
        }

        @Override
        public void release() {
            file.base().release();
        }
    }

    /** A directory that was lent, or anything beneath it. */
    final class Host extends Counted implements Node {
        enum Kind {
            FILE,
            DIRECTORY,
            LINK
        }

        private final Lease lease;
        private final Handle handle;
        private final Kind kind;
        private final int depth;
        private final AtomicReference<@Nullable Place> place = new AtomicReference<>();

        /**
         * Takes over {@code handle}.
         *
         * @param depth  0 for what was lent, one more for each directory further down
         */
        Host(Lease lease, Handle handle, Kind kind, int depth, @Nullable Place place) {
            this.lease = lease;
            this.handle = handle;
            this.kind = kind;
            this.depth = depth;
            if (place != null) {
                place.directory().retain();
                this.place.set(place);
            }
        }

        @Override
        public Lease lease() {
            return lease;
        }

        Handle handle() {
            return handle;
        }

        Kind kind() {
            return kind;
        }

        int depth() {
            return depth;
        }

        /** Where it was found; it may have been moved since. Null for what was lent. */
        @Nullable
        Place place() {
            return place.get();
        }

        @Override
        void free() {
            handle.release();
            Place found = place.getAndSet(null);
            if (found != null) {
                found.directory().release();
            }
        }
    }

    /** A name in a directory. */
    record Place(Handle directory, WireName name) {}
}
