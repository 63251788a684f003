// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
//
// A client of a permission store that costs next to nothing itself, so that what is timed is the bus and the store. It speaks through
// libdbus, on one connection, and keeps a given number of calls in flight.
//
//   client OPERATION TABLE ENTRIES DEPTH SECONDS
//
// OPERATION: ping, lookup, get, list, set, fill, fsync. "fill" makes ENTRIES entries in TABLE and prints how long it took; the others work on
// entries picked in a fixed pseudo-random order for about SECONDS and print one JSON object: calls, seconds, per_second, and the median
// and 99th percentile of the latencies in milliseconds. "fsync" calls nobody: it appends 160 bytes to the file TABLE and fsyncs them. Exit status 1 after any error reply, with its text on standard error.
//
// Made with (packages gcc, pkg-config and libdbus-1-dev):
//
//   cc -O2 -o client client.c $(pkg-config --cflags --libs dbus-1)
//
// It calls whoever owns org.freedesktop.impl.portal.PermissionStore on the bus in DBUS_SESSION_BUS_ADDRESS: give each service to be
// compared a private bus of its own (dbus-run-session) and the same ENTRIES, DEPTH and SECONDS, and warm each up first.

#include <dbus/dbus.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *NAME = "org.freedesktop.impl.portal.PermissionStore";
static const char *PATH = "/org/freedesktop/impl/portal/PermissionStore";

enum { MOST_LATENCIES = 4000000 };

static DBusConnection *bus;
static const char *table;
static long entries;
static uint32_t state = 1;
static long started, answered;
static double *latencies;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void die(const char *what, const char *why) {
    fprintf(stderr, "client: %s: %s\n", what, why);
    exit(1);
}

static long pick(void) {
    // xorshift: the same order for every service.
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return (long)(state % (uint32_t)entries);
}

static void name_of(char *id, long number) { sprintf(id, "entry-%07ld", number); }

static void append_list(DBusMessageIter *to, const char *word) {
    DBusMessageIter list;
    dbus_message_iter_open_container(to, DBUS_TYPE_ARRAY, "s", &list);
    dbus_message_iter_append_basic(&list, DBUS_TYPE_STRING, &word);
    dbus_message_iter_close_container(to, &list);
}

static DBusMessage *message(const char *operation, long number) {
    char buffer[32];
    const char *id = buffer, *app = "org.example.Application";
    dbus_bool_t create = TRUE;
    DBusMessage *call;
    name_of(buffer, number);
    if (strcmp(operation, "ping") == 0)
        return dbus_message_new_method_call(NAME, PATH, "org.freedesktop.DBus.Peer", "Ping");
    const char *member = strcmp(operation, "lookup") == 0 ? "Lookup"
        : strcmp(operation, "get") == 0                   ? "GetPermission"
        : strcmp(operation, "list") == 0                  ? "List"
                                                          : "SetPermission";
    call = dbus_message_new_method_call(NAME, PATH, NAME, member);
    dbus_message_append_args(call, DBUS_TYPE_STRING, &table, DBUS_TYPE_INVALID);
    if (strcmp(member, "SetPermission") == 0)
        dbus_message_append_args(call, DBUS_TYPE_BOOLEAN, &create, DBUS_TYPE_INVALID);
    if (strcmp(member, "List") != 0)
        dbus_message_append_args(call, DBUS_TYPE_STRING, &id, DBUS_TYPE_INVALID);
    if (strcmp(member, "GetPermission") == 0 || strcmp(member, "SetPermission") == 0)
        dbus_message_append_args(call, DBUS_TYPE_STRING, &app, DBUS_TYPE_INVALID);
    if (strcmp(member, "SetPermission") == 0) {
        DBusMessageIter at;
        dbus_message_iter_init_append(call, &at);
        append_list(&at, "yes");
    }
    return call;
}

static void replied(DBusPendingCall *pending, void *begun) {
    DBusMessage *reply = dbus_pending_call_steal_reply(pending);
    if (dbus_message_get_type(reply) == DBUS_MESSAGE_TYPE_ERROR) {
        const char *text = "";
        dbus_message_get_args(reply, NULL, DBUS_TYPE_STRING, &text, DBUS_TYPE_INVALID);
        die(dbus_message_get_error_name(reply), text);
    }
    if (answered < MOST_LATENCIES)
        latencies[answered] = now() - *(double *)begun;
    answered++;
    dbus_message_unref(reply);
    dbus_pending_call_unref(pending);
}

static void start(const char *operation, long number) {
    DBusPendingCall *pending;
    DBusMessage *call = message(operation, number);
    double *begun = malloc(sizeof *begun);
    *begun = now();
    if (!dbus_connection_send_with_reply(bus, call, &pending, 600000) || pending == NULL)
        die("sending", "the connection is closed");
    dbus_pending_call_set_notify(pending, replied, begun, free);
    dbus_message_unref(call);
    started++;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print(const char *operation, long depth, double took) {
    long sample = answered < MOST_LATENCIES ? answered : MOST_LATENCIES;
    qsort(latencies, sample, sizeof *latencies, ascending);
    printf("{\"operation\": \"%s\", \"entries\": %ld, \"depth\": %ld, \"calls\": %ld, \"seconds\": %.3f, \"per_second\": %.1f, "
           "\"median_ms\": %.3f, \"p99_ms\": %.3f}\n",
        operation, entries, depth, answered, took, answered / took, sample ? latencies[sample / 2] * 1e3 : 0,
        sample ? latencies[sample * 99 / 100] * 1e3 : 0);
}

static void appending(const char *path, double seconds) {
    char line[160];
    memset(line, 'x', sizeof line);
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    double begin = now();
    if (file < 0)
        die(path, strerror(errno));
    while (now() - begin < seconds) {
        double one = now();
        if (write(file, line, sizeof line) != sizeof line || fdatasync(file) != 0)
            die(path, strerror(errno));
        latencies[answered++] = now() - one;
    }
    print("fsync", 1, now() - begin);
}

int main(int count, char **words) {
    if (count != 6)
        die("usage", "client ping|lookup|get|list|set|fill|fsync TABLE ENTRIES DEPTH SECONDS");
    const char *operation = words[1];
    int filling = strcmp(operation, "fill") == 0;
    table = words[2];
    entries = atol(words[3]);
    long depth = atol(words[4]);
    double seconds = atof(words[5]);
    latencies = malloc(MOST_LATENCIES * sizeof *latencies);
    DBusError error = DBUS_ERROR_INIT;
    if (strcmp(operation, "fsync") == 0) {
        appending(table, seconds);
        return 0;
    }
    bus = dbus_bus_get_private(DBUS_BUS_SESSION, &error);
    if (bus == NULL)
        die("connecting to the session bus", error.message);
    double begin = now();
    while (filling ? answered < entries : now() - begin < seconds || answered < started) {
        while (started - answered < depth && (filling ? started < entries : now() - begin < seconds))
            start(operation, filling ? started : pick());
        if (!dbus_connection_read_write_dispatch(bus, 1000))
            die("waiting", "the bus is gone");
    }
    print(operation, depth, now() - begin);
    dbus_connection_close(bus);
    return 0;
}
