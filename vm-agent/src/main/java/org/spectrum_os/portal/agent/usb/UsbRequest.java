// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.agent.usb;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.agent.AgentLog;
import org.spectrum_os.portal.agent.link.HostAddress;
import org.spectrum_os.portal.protocol.LentDevice;
import org.spectrum_os.portal.protocol.Outcome;
import org.spectrum_os.portal.protocol.UsbDeviceInfo;

/**
 * Ask for a device of a kind. Without a command the device stays when this program leaves; with one it is the command's, and given back
 * when that ends.
 *
 * @param vendor         0 to 0xffff, or null for any
 * @param product        likewise, not without a vendor
 * @param interfaceClass 0 to 0xff, or null for any
 * @param patience       how long the user is waited for
 * @param command        a program and its arguments, or empty
 */
public record UsbRequest(
        HostAddress host,
        @Nullable Integer vendor,
        @Nullable Integer product,
        @Nullable Integer interfaceClass,
        Duration patience,
        List<String> command,
        GuestNodes nodes)
        implements UsbCommand {
    /** In the command's environment: where the device is, and what its lease is called. */
    public static final String NODE_VARIABLE = "SPECTRUM_USB_DEVICE";

    public static final String LEASE_VARIABLE = "SPECTRUM_USB_LEASE";

    public UsbRequest {
        command = List.copyOf(command);
    }

    @Override
    public int run(String agentName, PrintStream out) throws IOException, InterruptedException {
        var one = new One();
        try (var conversation = new HostUsb(host, agentName, one)) {
            conversation.start();
            conversation.awaitListed();
            boolean keep = command.isEmpty();
            long number = conversation.seek(vendor, product, interfaceClass, keep, one::answered);
            UsbAnswer answer = answer(one, conversation, number);
            return switch (answer) {
                case UsbAnswer.Granted _ -> use(one.node(), conversation, out);
                case UsbAnswer.Refused(Outcome outcome) -> refused(outcome);
                case UsbAnswer.Lost(String why) -> throw new NoHostException(why);
            };
        }
    }

    private UsbAnswer answer(One one, HostUsb conversation, long number) throws InterruptedException {
        try {
            return one.answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("an answer never fails", e);
        } catch (TimeoutException e) {
            conversation.withdraw(number);
            // What the host has granted in this very moment is given back by the conversation.
            conversation.finish();
            return one.answer.getNow(new UsbAnswer.Refused(Outcome.EXPIRED));
        }
    }

    private static int refused(Outcome outcome) {
        return switch (outcome) {
            case DENIED -> {
                AgentLog.warn("no device was lent: the user, or the host's policy, said no");
                yield DENIED;
            }
            case CANCELLED -> {
                AgentLog.warn("no device was lent: the user could not be asked, or nothing on the host fits");
                yield FAILED;
            }
            case EXPIRED -> {
                AgentLog.warn("no device was lent: nobody answered in time");
                yield NO_ANSWER;
            }
        };
    }

    private int use(LentNode node, HostUsb conversation, PrintStream out) throws InterruptedException {
        String lease = node.lent().lease();
        try {
            Path path = node.await(true, nodes.deadline());
            if (command.isEmpty()) {
                out.println(path + " " + lease);
                return DONE;
            }
            return run(path, lease);
        } catch (NodeMissingException e) {
            AgentLog.warn("the device was lent, but " + e.getMessage());
            conversation.release(lease);
            conversation.finish();
            return FAILED;
        } catch (IOException e) {
            AgentLog.warn("the command could not be run: " + e.getMessage());
            return FAILED;
        } finally {
            node.close();
        }
    }

    /** Ended early, this program takes the command with it: the device is gone then. */
    private int run(Path path, String lease) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(command).inheritIO();
        builder.environment().put(NODE_VARIABLE, path.toString());
        builder.environment().put(LEASE_VARIABLE, lease);
        Process process = builder.start();
        var hook = new Thread(process::destroy, "usb-command-end");
        Runtime.getRuntime().addShutdownHook(hook);
        int status = process.waitFor();
        try {
            boolean _ = Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // It is what ended the command.
        }
        return status;
    }

    /** The one device of this run. */
    private final class One implements UsbEvents {
        private final CompletableFuture<UsbAnswer> answer = new CompletableFuture<>();
        private @Nullable LentNode node;

        private void answered(UsbAnswer given) {
            if (given instanceof UsbAnswer.Granted(List<LentDevice> devices)) {
                synchronized (this) {
                    node = new LentNode(nodes, devices.getFirst());
                }
            }
            answer.complete(given);
        }

        private synchronized LentNode node() {
            if (node == null) {
                throw new IllegalStateException("no device was lent");
            }
            return node;
        }

        private synchronized @Nullable LentNode nodeOf(String lease) {
            return node != null && node.lent().lease().equals(lease) ? node : null;
        }

        @Override
        public void again(LentDevice device) {
            LentNode lent = nodeOf(device.lease());
            if (lent != null) {
                lent.again(device);
            }
        }

        @Override
        public void taken(String lease) {
            LentNode lent = nodeOf(lease);
            if (lent != null) {
                lent.close();
                AgentLog.warn("the host took the device back");
            }
        }

        @Override
        public void present(UsbDeviceInfo device, boolean changed) {}

        @Override
        public void absent(String id) {}

        @Override
        public void lost(String why) {
            LentNode lent;
            synchronized (this) {
                lent = node;
            }
            if (lent != null) {
                lent.close();
            }
        }
    }
}
