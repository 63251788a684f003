// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
package org.spectrum_os.portal.dbus;

/** Error names: those of the D-Bus specification and those of the desktop portals. */
public final class ErrorNames {
    public static final String FAILED = "org.freedesktop.DBus.Error.Failed";
    public static final String ACCESS_DENIED = "org.freedesktop.DBus.Error.AccessDenied";
    public static final String DISCONNECTED = "org.freedesktop.DBus.Error.Disconnected";
    public static final String INVALID_ARGS = "org.freedesktop.DBus.Error.InvalidArgs";
    public static final String LIMITS_EXCEEDED = "org.freedesktop.DBus.Error.LimitsExceeded";
    public static final String NAME_HAS_NO_OWNER = "org.freedesktop.DBus.Error.NameHasNoOwner";
    public static final String NO_REPLY = "org.freedesktop.DBus.Error.NoReply";
    public static final String NOT_SUPPORTED = "org.freedesktop.DBus.Error.NotSupported";
    public static final String PROPERTY_READ_ONLY = "org.freedesktop.DBus.Error.PropertyReadOnly";
    public static final String SERVICE_UNKNOWN = "org.freedesktop.DBus.Error.ServiceUnknown";
    public static final String UNKNOWN_INTERFACE = "org.freedesktop.DBus.Error.UnknownInterface";
    public static final String UNKNOWN_METHOD = "org.freedesktop.DBus.Error.UnknownMethod";
    public static final String UNKNOWN_OBJECT = "org.freedesktop.DBus.Error.UnknownObject";
    public static final String UNKNOWN_PROPERTY = "org.freedesktop.DBus.Error.UnknownProperty";

    public static final String PORTAL_FAILED = "org.freedesktop.portal.Error.Failed";
    public static final String PORTAL_INVALID_ARGUMENT = "org.freedesktop.portal.Error.InvalidArgument";
    public static final String PORTAL_NOT_FOUND = "org.freedesktop.portal.Error.NotFound";
    public static final String PORTAL_EXISTS = "org.freedesktop.portal.Error.Exists";
    public static final String PORTAL_NOT_ALLOWED = "org.freedesktop.portal.Error.NotAllowed";
    public static final String PORTAL_CANCELLED = "org.freedesktop.portal.Error.Cancelled";
    public static final String PORTAL_WINDOW_DESTROYED = "org.freedesktop.portal.Error.WindowDestroyed";

    private ErrorNames() {}
}
