// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.files;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The arrows inside the file server. */
class ArchitectureTest {
    private static final String ROOT = "org.spectrum_os.portal.files";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    @Test
    void whatServesGuestsKnowsNothingOfTheControlSocket() {
        assertTrue(CLASSES.size() > 50, CLASSES.size() + " classes");
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".ninep")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT, ROOT + ".control")
                .check(CLASSES);
    }

    @Test
    void whatIsLentKnowsNeither() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".lent")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT, ROOT + ".control", ROOT + ".ninep")
                .check(CLASSES);
    }

    @Test
    void noGuestIsHeardThroughSomethingElseThanAHandedDescriptor() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".ninep")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net", "java.nio.file")
                .check(CLASSES);
    }
}
