// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.backend.hypervisor;

import java.io.IOException;

/** A VM's monitor did not do what it was told. The message says what happened and what to do; the kind says what may be done next. */
public abstract sealed class MachineException extends IOException {
    private MachineException(String message) {
        super(message);
    }

    /**
     * The VM does not run: the processes of the run that was seen have ended, or none was seen and nobody is behind its socket. Nothing is plugged in.
     * That its socket's file has gone, or is another's, is no such sign.
     */
    public static final class NotRunning extends MachineException {
        public NotRunning(String message) {
            super(message);
        }
    }

    /** It may work later: no port is free, or the guest's controller is not up yet. Nothing is attached. */
    public static final class NoPort extends MachineException {
        public NoPort(String message) {
            super(message);
        }
    }

    /** The monitor does not know such devices at all, by its build or its command line. */
    public static final class Unsupported extends MachineException {
        public Unsupported(String message) {
            super(message);
        }
    }

    /** The VM's USB controller has failed; only a restart of the VM helps. */
    public static final class ControllerDead extends MachineException {
        public ControllerDead(String message) {
            super(message);
        }
    }

    /** The monitor refuses this device: it has gone, or is not what it was taken for. Nothing is attached. */
    public static final class DeviceRefused extends MachineException {
        public DeviceRefused(String message) {
            super(message);
        }
    }

    /**
     * No answer, or one that makes no sense; or a VM that goes on cannot be reached, as somebody else is behind its socket for one; or it is not
     * watched any more. What was asked for has been undone if it could be; {@link Machine#plugs} tells.
     */
    public static final class NoAnswer extends MachineException {
        public NoAnswer(String message) {
            super(message);
        }
    }

    /** Whoever is behind the socket is not whom the user runs; nothing was passed to it. */
    public static final class WrongPeer extends MachineException {
        public WrongPeer(String message) {
            super(message);
        }
    }
}
