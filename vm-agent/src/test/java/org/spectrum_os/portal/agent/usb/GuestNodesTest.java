// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.usb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.spectrum_os.portal.protocol.LentDevice;

@Timeout(60)
final class GuestNodesTest {
    private static final int VENDOR = 0x1d50;
    private static final int PRODUCT = 0x6018;

    private final UsbTree tree;
    private final GuestNodes nodes;

    GuestNodesTest(@TempDir Path folder) throws Exception {
        tree = new UsbTree(folder.toRealPath());
        nodes = tree.nodes();
    }

    private CompletableFuture<Path> awaiting(LentNode node) {
        var found = new CompletableFuture<Path>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                found.complete(node.await(true, nodes.deadline()));
            } catch (NodeMissingException | InterruptedException e) {
                found.completeExceptionally(e);
            }
        });
        return found;
    }

    private Path await(LentDevice lent) throws Exception {
        return new LentNode(nodes, lent).await(true, nodes.deadline());
    }

    private static String failure(CompletableFuture<Path> waiting) {
        var failed = assertThrows(ExecutionException.class, () -> waiting.get(20, TimeUnit.SECONDS));
        return String.valueOf(
                assertInstanceOf(NodeMissingException.class, failed.getCause()).getMessage());
    }

    @Test
    void thePortLeadsToTheDeviceOnEitherHub() throws Exception {
        tree.plug(UsbTree.SLOW_BUS, "1-3", 4, VENDOR, PRODUCT, "");
        tree.plug(UsbTree.SLOW_BUS, "1-4", 5, VENDOR, PRODUCT, "");
        tree.plug(UsbTree.FAST_BUS, "2-4", 2, VENDOR, PRODUCT, "");
        assertEquals(tree.node(1, 5), await(UsbHost.lent(1, 4)));
        assertEquals(tree.node(2, 2), await(UsbHost.lent(2, 12)));
        assertEquals(tree.node(1, 4), await(UsbHost.lent(3, 3)));
    }

    @Test
    void aNodeThatComesLaterIsWaitedFor() throws Exception {
        var waiting = awaiting(new LentNode(nodes, UsbHost.lent(1, 1)));
        tree.show(1, "1-1", 7, VENDOR, PRODUCT, "");
        assertFalse(waiting.isDone());
        tree.makeNode(1, 7, VENDOR, PRODUCT);
        assertEquals(tree.node(1, 7), waiting.get(20, TimeUnit.SECONDS));
    }

    @Test
    void aBusThatComesLaterIsWatchedToo() throws Exception {
        var waiting = awaiting(new LentNode(nodes, UsbHost.lent(1, null)));
        tree.rootHub("pci1/xhci", 3, 480);
        tree.plug(3, "3-1", 2, VENDOR, PRODUCT, "serial1");
        assertEquals(tree.node(3, 2), waiting.get(20, TimeUnit.SECONDS));
    }

    /** Without a port they are told apart by their serial numbers, or else by who has which. */
    @Test
    void twoOfOneKindAreNotConfused() throws Exception {
        tree.plug(1, "1-1", 2, VENDOR, PRODUCT, "serial2");
        tree.plug(1, "1-2", 3, VENDOR, PRODUCT, "serial1");
        assertEquals(tree.node(1, 3), await(UsbHost.lent(1, null)));
        assertEquals(tree.node(1, 2), await(UsbHost.lent(2, "", null)));
        tree.plug(1, "1-5", 9, VENDOR, PRODUCT, "");
        var third = new LentNode(nodes, UsbHost.lent(3, "", null));
        assertEquals(tree.node(1, 9), third.await(true, nodes.deadline()));
        // Nobody has that one any more.
        third.close();
        assertEquals(tree.node(1, 9), await(UsbHost.lent(4, "", null)));
    }

    @Test
    void aPortThatIsCountedOtherwiseIsNoReasonToFail() throws Exception {
        tree.plug(2, "2-1", 3, VENDOR, PRODUCT, "serial1");
        long before = System.nanoTime();
        assertEquals(tree.node(2, 3), await(UsbHost.lent(1, 1)));
        assertTrue(System.nanoTime() - before >= 900_000_000L, "the port alone counts for a while");
    }

    @Test
    void aDeviceThatNeverAppearsIsSaid() throws Exception {
        tree.plug(1, "1-1", 2, VENDOR, PRODUCT + 1, "");
        String said = failure(awaiting(new LentNode(nodes, UsbHost.lent(1, 1))));
        assertTrue(said.contains("1d50:6018 did not appear"), said);
    }

    @Test
    void aDescriptorOfAnotherDeviceIsNotBelieved() throws Exception {
        tree.show(1, "1-1", 2, VENDOR, PRODUCT, "");
        tree.makeNode(1, 2, VENDOR, PRODUCT + 1);
        String said = failure(awaiting(new LentNode(nodes, UsbHost.lent(1, 1))));
        assertTrue(said.contains("is not 1d50:6018 any more"), said);
        Files.write(tree.node(1, 2), new byte[] {18, 1, 0});
        assertTrue(failure(awaiting(new LentNode(nodes, UsbHost.lent(1, 1)))).contains("any more"));
    }

    @Test
    void aNodeThatIsALinkIsNotOpened() throws Exception {
        tree.show(1, "1-1", 2, VENDOR, PRODUCT, "");
        Path real = tree.makeNode(1, 9, VENDOR, PRODUCT);
        Files.createSymbolicLink(tree.node(1, 2), real);
        assertTrue(failure(awaiting(new LentNode(nodes, UsbHost.lent(1, 1)))).contains("could not be opened"));
    }

    @Test
    void whatIsTakenIsNotWaitedForAnyLonger() throws Exception {
        var node = new LentNode(nodes, UsbHost.lent(1, 1));
        var waiting = awaiting(node);
        long before = System.nanoTime();
        node.close();
        assertTrue(failure(waiting).contains("taken away"));
        assertTrue(System.nanoTime() - before < 2_500_000_000L);
    }

    @Test
    void aDeviceThatComesBackHasItsNewNode() throws Exception {
        tree.plug(1, "1-1", 2, VENDOR, PRODUCT, "");
        var node = new LentNode(nodes, UsbHost.lent(1, 1));
        node.await(true, nodes.deadline());
        tree.unplug(1, "1-1", 2);
        node.again(UsbHost.lent(1, 2));
        assertTrue(node.path().isEmpty());
        var waiting = awaiting(node);
        tree.plug(1, "1-2", 3, VENDOR, PRODUCT, "");
        assertEquals(tree.node(1, 3), waiting.get(20, TimeUnit.SECONDS));
        try (var one = node.open(true);
                var other = node.open(false)) {
            assertFalse(one.isClosed() || other.isClosed());
        }
    }

    @Test
    void onlyWhatHangsOnTheXhciControllerIsLent() throws Exception {
        tree.rootHub("pci1/ehci", 4, 480);
        String lent = tree.plug(2, "2-1.4", 3, 1, 2, "").toString();
        String own = tree.plug(4, "4-1", 2, 1, 2, "").toString();
        String tablet = tree.plug(1, "1-3", 4, 0x627, 1, "").toString();
        assertTrue(nodes.isLent(lent));
        assertFalse(nodes.isLent(tablet), "the VM's own, as QEMU makes it");
        assertFalse(nodes.isLent(own));
        assertFalse(nodes.isLent(tree.node(1, 1).toString()), "a root hub");
        assertFalse(nodes.isLent("/etc/passwd"));
    }
}
