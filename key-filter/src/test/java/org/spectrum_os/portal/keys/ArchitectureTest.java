// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.keys;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** What the filters of keys may touch: the connections they are handed, and nothing else of the machine. */
class ArchitectureTest {
    private static final String ROOT = "org.spectrum_os.portal.keys";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    @Test
    void noFilesNoProcessesNoNetwork() {
        assertTrue(CLASSES.size() > 30, CLASSES.size() + " classes");
        noClasses()
                .should()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "reach files, processes or the network",
                        (JavaClass one) -> (one.getPackageName().startsWith("java.net")
                                        && !one.getSimpleName().equals("SocketTimeoutException"))
                                || one.getPackageName().startsWith("java.nio.file")
                                || (one.getPackageName().startsWith("java.nio.channels")
                                        // What a connection that was closed says.
                                        && !one.getSimpleName().equals("ClosedChannelException"))
                                || one.getName().matches("java\\.lang\\.Process(Builder|Handle)?|java\\.lang\\.Runtime")
                                || one.getName().matches("java\\.io\\.(File|RandomAccess).*")))
                .check(CLASSES);
    }

    @Test
    void connectionsAreAllTheyUseOfTheTransport() {
        noClasses()
                .should()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "are of the transport and not its connection",
                        (JavaClass one) -> one.getPackageName().equals("org.spectrum_os.portal.transport")
                                && !one.getSimpleName().equals("Connection")))
                .check(CLASSES);
    }

    @Test
    void theGpgAndTheSshFilterKnowNothingOfEachOther() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".gpg")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".ssh")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".assuan")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + ".gpg", ROOT + ".ssh")
                .check(CLASSES);
    }
}
