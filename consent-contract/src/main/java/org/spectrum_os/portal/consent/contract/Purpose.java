// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.consent.contract;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.function.Function;
import org.spectrum_os.portal.protocol.Limits;

/** What is asked for. Names come from the guest and were made safe ({@link SafeNames}); the user may change them. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Purpose.OpenFiles.class, name = "open-files"),
    @JsonSubTypes.Type(value = Purpose.OpenFolders.class, name = "open-folders"),
    @JsonSubTypes.Type(value = Purpose.SaveFile.class, name = "save-file"),
    @JsonSubTypes.Type(value = Purpose.SaveFiles.class, name = "save-files")
})
public sealed interface Purpose {
    /**
     * Files that exist.
     *
     * @param multiple whether several may be chosen
     */
    record OpenFiles(boolean multiple) implements Purpose {}

    /**
     * Folders that exist, each with everything in it.
     *
     * @param multiple whether several may be chosen
     */
    record OpenFolders(boolean multiple) implements Purpose {}

    /**
     * A file to write, new or in the place of one.
     *
     * @param name what the guest would call it, a safe name, or empty if it does not say
     */
    record SaveFile(String name) implements Purpose {
        public SaveFile {
            if (!name.isEmpty()) {
                SafeNames.require(name);
            }
        }
    }

    /**
     * Several files to write into one folder.
     *
     * @param names what the guest calls them: 1 to {@link Limits#FILES} safe names, no two the same
     */
    record SaveFiles(List<String> names) implements Purpose {
        public SaveFiles {
            if (names.isEmpty()) {
                throw new IllegalArgumentException("no file is to be saved");
            }
            names = ContractLimits.bounded(names, Limits.FILES, "names");
            names.forEach(SafeNames::require);
            ContractLimits.checkDistinct(names, Function.identity(), "files to save");
        }
    }

    /** Whether files are to be written, which nobody can do with a loan for reading. */
    default boolean saves() {
        return switch (this) {
            case OpenFiles _, OpenFolders _ -> false;
            case SaveFile _, SaveFiles _ -> true;
        };
    }
}
