// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The arrows of docs/architecture.md, held against the compiled code. */
class ArchitectureTest {
    private static final String ROOT = "org.spectrum_os.portal.backend";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    @Test
    void thereIsSomethingToLookAt() {
        assertTrue(CLASSES.size() > 50, CLASSES.size() + " classes");
    }

    @Test
    void theCoreKnowsNeitherBusNorWindowSystem() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        ROOT + ".policy..",
                        ROOT + ".consent..",
                        ROOT + ".lease..",
                        ROOT + ".file..",
                        ROOT + ".agent..",
                        ROOT + ".sign..",
                        ROOT + ".hypervisor..",
                        ROOT + ".usb..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.freedesktop..",
                        "org.spectrum_os.portal.dbus..",
                        "org.spectrum_os.portal.chooser..",
                        "org.gnome..",
                        ROOT + ".bus..",
                        ROOT + ".cli..",
                        ROOT + ".daemon..",
                        ROOT + ".window..")
                .check(CLASSES);
    }

    @Test
    void thePolicyAndTheDeskTouchNoSocketAndNoFileServer() {
        noClasses()
                .that()
                .resideInAnyPackage(ROOT + ".policy..", ROOT + ".consent..", ROOT + ".lease..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.spectrum_os.portal.transport..", "org.spectrum_os.portal.files..", "java.net..")
                .check(CLASSES);
    }

    @Test
    void whoLendsDevicesTouchesNoFileAndWhoFindsThemLendsNone() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".usb")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.nio.file..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".usb.device..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + ".usb", ROOT + ".consent..", ROOT + ".agent..")
                .check(CLASSES);
    }

    @Test
    void onlyTheDriversKnowHowMonitorsAreSpokenTo() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".hypervisor..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        ROOT + ".hypervisor.crosvm..", ROOT + ".hypervisor.qemu..", ROOT + ".hypervisor.life..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".hypervisor..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + ".lease..", ROOT + ".consent..", ROOT + ".agent..")
                .check(CLASSES);
    }

    @Test
    void noGtkAnywhereInTheDaemon() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.gnome..", "io.github.jwharm..", "org.javagi..")
                .check(CLASSES);
    }

    @Test
    void onlyTheDaemonStartsProcessesAndGnupgIsStartedInOnePlace() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + ".daemon..", ROOT + ".window..", ROOT + ".sign.gpg..")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(ProcessBuilder.class)
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    }
}
