// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.atLeastOnce;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mockito.ArgumentCaptor;
import org.spectrum_os.portal.backend.consent.ConsentDesk;
import org.spectrum_os.portal.backend.consent.ConsentWindow;
import org.spectrum_os.portal.backend.consent.FakeTimer;
import org.spectrum_os.portal.backend.policy.Colour;
import org.spectrum_os.portal.backend.policy.Policy;
import org.spectrum_os.portal.backend.policy.Rule;
import org.spectrum_os.portal.chooser.Chooser;
import org.spectrum_os.portal.consent.contract.ContractLimits;
import org.spectrum_os.portal.consent.contract.FromWindow;
import org.spectrum_os.portal.consent.contract.InstanceLabel;
import org.spectrum_os.portal.consent.contract.ToWindow;
import org.spectrum_os.portal.protocol.FileRequest;
import org.spectrum_os.portal.protocol.SaveRequest;
import org.spectrum_os.portal.protocol.Untrusted;
import org.spectrum_os.portal.store.audit.AuditBook;
import org.spectrum_os.portal.transport.FileNode;

class HostFileChooserTest {
    private static final FileRequest ASK = new FileRequest(
            Untrusted.of(""), Untrusted.of("t"), false, false, List.of(), null, List.of(), Untrusted.of(""));

    @TempDir
    Path folder;

    private final ConsentWindow window = mock();
    private final List<Chooser.Result> results = new ArrayList<>();
    private AuditBook audit;
    private ConsentDesk desk;
    private HostFileChooser chooser;

    @BeforeEach
    void open() throws Exception {
        audit = AuditBook.open(folder, InstantSource.system());
        desk = new ConsentDesk(window, Policy.Timing.DEFAULT, null, new FakeTimer(), Runnable::run);
        desk.said(new FromWindow.Ready(1));
        chooser = new HostFileChooser(() -> new Policy.HostRules(new Colour("#5e5c64"), Rule.ASK), desk, audit);
    }

    @AfterEach
    void close() throws Exception {
        audit.close();
    }

    private void ask(String caller, String appId) {
        chooser.choose(caller, appId, ASK, results::add).start();
    }

    private ToWindow.Show lastShow() throws IOException {
        var shown = ArgumentCaptor.forClass(ToWindow.class);
        verify(window, atLeastOnce()).tell(shown.capture());
        return (ToWindow.Show) shown.getValue();
    }

    @Test
    void theWindowKnowsThatItIsAnApplicationOfTheHost() throws Exception {
        ask(":1.5", "org.example.Editor");
        assertEquals(
                InstanceLabel.hostApp("org.example.Editor", "#5e5c64"),
                lastShow().instance());
    }

    @Test
    void anIdThatGrowsWhenMadeSafeIsShortened() throws Exception {
        ask(":1.5", "a\u202e".repeat(100));
        String name = lastShow().instance().name();
        assertTrue(name.codePointCount(0, name.length()) <= ContractLimits.LABEL_CODE_POINTS, name);
        assertTrue(name.startsWith("a⟨U+202E⟩a") && name.endsWith("…"), name);
    }

    @Test
    void applicationsWithoutAnIdAreBlockedEachByItself() throws Exception {
        ask(":1.5", "");
        desk.said(new FromWindow.Blocked(lastShow().id()));
        ask(":1.5", "");
        assertEquals(2, results.size());
        ask(":1.6", "");
        assertEquals(2, results.size(), "another application is asked for");
        assertTrue(desk.unblock("host::1.5"));
    }

    private void saves(Path chosen) throws Exception {
        var ask = new SaveRequest(
                Untrusted.of(""), Untrusted.of("t"), Untrusted.of("a"), List.of(), null, List.of(), Untrusted.of(""));
        chooser.choose(":1.5", "org.example.Editor", ask, results::add).start();
        FromWindow.PickedFile picked;
        try (var home = FileNode.openFolder(folder.toRealPath())) {
            var status = FileNode.status(home);
            picked = new FromWindow.PickedFile(
                    chosen.toString(), FromWindow.PickedFile.Kind.NEW, status.device(), status.inode(), List.of());
        }
        desk.said(new FromWindow.Chosen(lastShow().id(), List.of(picked), List.of(), null, null));
    }

    @Test
    void aFileToSaveIsAPathAndIsNotMade() throws Exception {
        Path chosen = folder.toRealPath().resolve("new file.txt");
        saves(chosen);
        var answer = (Chooser.Result.Chosen) results.getFirst();
        assertEquals(List.of("file://" + folder.toRealPath() + "/new%20file.txt"), answer.uris());
        assertTrue(Files.notExists(chosen));
    }

    @Test
    void aNameThatIsTakenMeanwhileIsRefused() throws Exception {
        Path chosen = Files.writeString(folder.toRealPath().resolve("taken"), "x");
        saves(chosen);
        assertTrue(results.getFirst() instanceof Chooser.Result.None);
    }
}
