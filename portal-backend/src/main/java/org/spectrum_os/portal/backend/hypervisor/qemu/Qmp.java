// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.hypervisor.qemu;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.backend.hypervisor.Deadline;
import org.spectrum_os.portal.transport.Connection;
import org.spectrum_os.portal.transport.Descriptor;

/** One connection with a monitor. One thread reads, see {@link #read}; others ask. Thread-safe. */
final class Qmp {
    /** A list of all objects of a large VM has some 100 kB. */
    private static final int MOST_LINE = 1024 * 1024;

    private static final int DEPTH = 64;
    private static final int BUFFER = 16 * 1024;
    private static final Duration SEND = Duration.ofSeconds(2);
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEPTH)
                            .maxDocumentLength(MOST_LINE)
                            .build())
                    .build())
            .build();

    private final Connection connection;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition heard = lock.newCondition();
    /** What has been asked, and the answer once it is there. */
    private final Map<Long, JsonNode> answers = new HashMap<>();

    private long last;
    private boolean ended;
    /** The device whose end somebody waits for. */
    private @Nullable String awaited;

    Qmp(Connection connection) {
        this.connection = connection;
    }

    /** QEMU understood, and did not do it; the message is its own. */
    static final class RefusedException extends Exception {
        private RefusedException(String description) {
            super(description);
        }
    }

    /** Arguments to be filled. */
    static ObjectNode arguments() {
        return JSON.createObjectNode();
    }

    /**
     * Asks, and waits for the answer; not on the thread that reads.
     *
     * @param descriptors go with it; stay the caller's
     * @throws IOException if the connection is at its end, or the answer does not come in time
     */
    JsonNode ask(String command, ObjectNode arguments, List<Descriptor> descriptors, Deadline deadline)
            throws IOException, RefusedException, InterruptedException {
        lock.lockInterruptibly();
        long id = ++last;
        try {
            answers.put(id, JSON.missingNode());
            send(id, command, arguments, descriptors);
            long left = deadline.left().toNanos();
            while (!ended && answers.get(id).isMissingNode()) {
                if (left <= 0) {
                    throw new IOException("no answer to " + command + " in time");
                }
                left = heard.awaitNanos(left);
            }
            if (answers.get(id).isMissingNode()) {
                throw new IOException("the connection has ended");
            }
            return result(answers.get(id));
        } finally {
            answers.remove(id);
            lock.unlock();
        }
    }

    private void send(long id, String command, ObjectNode arguments, List<Descriptor> descriptors) throws IOException {
        ObjectNode request = JSON.createObjectNode().put("execute", command).put("id", id);
        request.set("arguments", arguments);
        var line = ByteBuffer.wrap((JSON.writeValueAsString(request) + "\n").getBytes(StandardCharsets.UTF_8));
        connection.sendWithDescriptors(line, descriptors, SEND);
    }

    private static JsonNode result(JsonNode answer) throws RefusedException, IOException {
        JsonNode error = answer.get("error");
        if (error != null) {
            throw new RefusedException(error.path("desc").asText());
        }
        JsonNode result = answer.get("return");
        if (result == null) {
            throw new IOException("an answer that is none");
        }
        return result;
    }

    /**
     * Reads until the connection ends.
     *
     * @param events what QEMU says unasked; the greeting is the first
     * @throws IOException if it does not end as it should, or what comes is not QMP
     */
    void read(Consumer<JsonNode> events) throws IOException {
        var buffer = ByteBuffer.allocateDirect(BUFFER);
        var line = new ByteArrayOutputStream();
        try {
            while (connection.read(buffer.clear(), Duration.ZERO) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    byte b = buffer.get();
                    if (b != '\n') {
                        line.write(b);
                    } else if (line.size() > 0) {
                        take(line.toByteArray(), events);
                        line.reset();
                    }
                    if (line.size() > MOST_LINE) {
                        throw new IOException("a line of more than " + MOST_LINE + " bytes");
                    }
                }
            }
        } finally {
            lock.lock();
            try {
                ended = true;
                heard.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Waits until QEMU says that a device is gone, or for so long. */
    void awaitDeleted(String device, Duration longest) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            awaited = device;
            long left = longest.toNanos();
            while (!ended && device.equals(awaited) && left > 0) {
                left = heard.awaitNanos(left);
            }
        } finally {
            awaited = null;
            lock.unlock();
        }
    }

    private void noteDeleted(JsonNode message) {
        if (message.path("event").asText().equals("DEVICE_DELETED")) {
            lock.lock();
            try {
                if (message.path("data").path("device").asText().equals(awaited)) {
                    awaited = null;
                    heard.signalAll();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    private void take(byte[] line, Consumer<JsonNode> events) throws IOException {
        JsonNode message;
        try {
            message = JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new IOException("a line that is no JSON: this is no QMP monitor");
        }
        JsonNode id = message.get("id");
        if (id == null) {
            noteDeleted(message);
            events.accept(message);
            return;
        }
        lock.lock();
        try {
            // An answer that came too late is nobody's.
            if (answers.containsKey(id.asLong())) {
                answers.put(id.asLong(), message);
                heard.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }
}
