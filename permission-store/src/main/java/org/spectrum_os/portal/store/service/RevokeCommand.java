// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.store.service;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.spectrum_os.portal.dbus.BusConnection;
import org.spectrum_os.portal.dbus.BusException;
import org.spectrum_os.portal.dbus.iface.Permissions1;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Takes back all that one application has been allowed. */
@Command(
        name = "revoke",
        mixinStandardHelpOptions = true,
        description = {
            "End all permissions of one application, in every table; the portals ask again then.",
            "",
            "The service does it; it is started if the session bus knows how. An application without permissions is an error."
        })
final class RevokeCommand implements Callable<Integer> {
    @Parameters(paramLabel = "APP", description = "The application's id; \"\" is the host itself.")
    private @Nullable String app;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws StopException {
        String application = app == null ? "" : app;
        try (BusConnection bus = SessionBus.connect()) {
            Object ended = bus.call(
                            PermissionStoreFace.NAME,
                            PermissionStoreFace.PATH,
                            Permissions1.NAME,
                            Permissions1.RevokeApp.MEMBER,
                            Permissions1.RevokeApp.SIGNATURE,
                            application)
                    .getFirst();
            long count = ((Number) ended).longValue();
            if (count == 0) {
                throw new StopException("\"" + Output.shown(application)
                        + "\" has no permission here: spectrum-permission-store list shows those there are");
            }
            spec.commandLine().getOut().println(count + (count == 1 ? " permission" : " permissions") + " ended");
        } catch (BusException e) {
            throw SessionBus.failed("the permissions cannot be ended", e);
        }
        return SpectrumPermissionStore.OK;
    }
}
