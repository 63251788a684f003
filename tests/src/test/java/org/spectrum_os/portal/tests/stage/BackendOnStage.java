// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.tests.stage;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.spectrum_os.portal.protocol.FileRequest;
import org.spectrum_os.portal.protocol.Message;
import org.spectrum_os.portal.protocol.MessageChannel;
import org.spectrum_os.portal.protocol.Ports;
import org.spectrum_os.portal.protocol.Untrusted;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.SocketKind;

/** The real backend with a scripted window, a file that it can lend, and the test in the place of the guest's agent. */
abstract class BackendOnStage {
    static final String TEXT = "figures";

    private static final FileRequest ASK = new FileRequest(
            Untrusted.of("org.example.App"),
            Untrusted.of("Attach"),
            false,
            false,
            List.of(),
            null,
            List.of(),
            Untrusted.of(""));

    final Stage stage;
    final Path file;
    /** Closed at the end, the last first. */
    final List<AutoCloseable> connections = new ArrayList<>();

    private final Duration patience;

    /** {@code patience} is for each answer of the backend. */
    BackendOnStage(Duration patience) throws Exception {
        this.patience = patience;
        stage = new Stage();
        file = stage.documents().resolve("report.txt");
    }

    @BeforeEach
    void makeAFile() throws Exception {
        Files.writeString(file, TEXT);
        stage.own(file);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable connection : connections.reversed()) {
            connection.close();
        }
        stage.close();
    }

    Connection connect(int port) throws IOException {
        return connect(stage, port);
    }

    private static Connection connect(Stage stage, int port) throws IOException {
        return Connection.connectUnix(Ports.unixSocket(stage.folder().resolve("vm/vm.vsock"), port), SocketKind.STREAM);
    }

    /** The link of an agent. */
    MessageChannel link() throws IOException {
        MessageChannel link = link(stage, patience);
        connections.add(link);
        return link;
    }

    /** The link of an agent; the caller's. */
    static MessageChannel link(Stage stage, Duration patience) throws IOException {
        var link = new MessageChannel(connect(stage, Ports.LINK));
        link.send(new Message.Hello(Message.VERSION, Untrusted.of("test")));
        assertInstanceOf(Message.Welcome.class, link.receive(Message.FromHost.class, patience));
        return link;
    }

    /** Asks as the guest's agent would. */
    Message.FromHost ask(MessageChannel link, long number) throws IOException {
        return ask(link, number, patience);
    }

    static Message.FromHost ask(MessageChannel link, long number, Duration patience) throws IOException {
        link.send(new Message.OpenFile(number, ASK));
        return link.receive(Message.FromHost.class, patience);
    }
}
