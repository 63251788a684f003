// SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
// SPDX-License-Identifier: Apache-2.0
//
// A 9P2000.L client that costs next to nothing itself, so that what is timed is the server. One connection over a Unix socket, a given number of
// requests in flight, each slot waiting for its reply before it sends its next.
//
//   client SOCKET ANAME FOLDER OPERATION FILES DEPTH SECONDS [MSIZE]
//
// FOLDER is walked to from the root of the mount, "." for the root itself. OPERATION:
//
//   stat    walk to fN, getattr, clunk            small   walk to fN, open, read, clunk (one file: at most the message size)
//   read    the file "big", message by message    write   a new file "written", message by message, 64 MiB at most, then from its start again
//   socket  no server at all: what a pair of such sockets carries, one process writing messages of that size and one reading them
//
// with N below FILES in a fixed pseudo-random order. It goes on for SECONDS and prints one JSON object: operations (messages of data for
// read and write), seconds, per_second, mb_per_second, median_us, p99_us. "hold SECONDS connections" is `client SOCKET ANAME . hold N 1 SECONDS`: opens
// N connections, attaches on each and keeps them. Exit status 1 at the first error, with its text on standard error.
//
//   cc -O2 -o client client.c

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    TLOPEN = 12, TLCREATE = 14, TGETATTR = 24, TVERSION = 100, TATTACH = 104, TWALK = 110, TREAD = 116, TWRITE = 118, TCLUNK = 120, RLERROR = 7,
    BASE = 1, MOST_DEPTH = 64, MOST_LATENCIES = 4000000
};

static int sock;
static uint32_t msize = 512 * 1024 + 24;
static unsigned char *out, *in;
static uint32_t at;
static uint32_t state = 1;
static double *latencies;
static long operations;
static double bytes;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void die(const char *what, const char *why) {
    fprintf(stderr, "client: %s: %s\n", what, why);
    exit(1);
}

static void put(uint64_t value, int width) {
    for (int i = 0; i < width; i++) out[at++] = value >> (8 * i);
}

static void put_string(const char *text) {
    size_t length = strlen(text);
    put(length, 2);
    memcpy(out + at, text, length);
    at += length;
}

static uint64_t get(const unsigned char *from, int width) {
    uint64_t value = 0;
    for (int i = 0; i < width; i++) value |= (uint64_t)from[i] << (8 * i);
    return value;
}

static void begin(int type, int tag) {
    at = 4;
    put(type, 1);
    put(tag, 2);
}

static void all(int writing, unsigned char *data, size_t count) {
    while (count > 0) {
        ssize_t done = writing ? write(sock, data, count) : read(sock, data, count);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) die(writing ? "write" : "read", strerror(errno));
        if (done == 0) die("the server", "closed the connection");
        data += done;
        count -= done;
    }
}

static void finish(void) {
    uint32_t size = at;
    at = 0;
    put(size, 4);
    all(1, out, size);
}

// Receives one reply and returns its tag.
static int receive(void) {
    all(0, in, 4);
    uint32_t size = get(in, 4);
    if (size < 7 || size > msize) die("the server", "sent a message of an impossible size");
    all(0, in + 4, size - 4);
    if (in[4] == RLERROR) die("the server refused", strerror(get(in + 7, 4)));
    return get(in + 5, 2);
}

static void walk(int tag, uint32_t from, uint32_t to, const char *path) {
    char copy[4096];
    snprintf(copy, sizeof copy, "%s", path);
    begin(TWALK, tag);
    put(from, 4);
    put(to, 4);
    uint32_t count_at = at;
    put(0, 2);
    int count = 0;
    for (char *part = strtok(copy, "/"); part; part = strtok(NULL, "/")) {
        if (strcmp(part, ".") == 0) continue;
        put_string(part);
        count++;
    }
    out[count_at] = count;
    finish();
}

static void walked(const char *path) {
    int count = 0;
    char copy[4096];
    snprintf(copy, sizeof copy, "%s", path);
    for (char *part = strtok(copy, "/"); part; part = strtok(NULL, "/")) count += strcmp(part, ".") != 0;
    if ((int)get(in + 7, 2) != count) die(path, "is not there");
}

static void connect_and_attach(const char *path, const char *aname) {
    sock = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    if (sock < 0 || connect(sock, (struct sockaddr *)&address, sizeof address)) die(path, strerror(errno));
    begin(TVERSION, 0xffff);
    put(msize, 4);
    put_string("9P2000.L");
    finish();
    receive();
    msize = get(in + 7, 4);
    begin(TATTACH, 0);
    put(0, 4);
    put(0xffffffff, 4);
    put_string("root");
    put_string(aname);
    put(getuid(), 4);
    finish();
    receive();
}

struct slot {
    int step;
    uint32_t fid;
    double since;
    uint64_t offset;
};

static uint64_t next_offset, big_size;
static long files;
static const char *operation;

// Sends the slot's next message; a new operation begins at step 0.
static void go(struct slot *slot, int tag) {
    char name[32];
    if (slot->step == 0) slot->since = now();
    if (strcmp(operation, "read") == 0) {
        uint32_t count = msize - 24;
        slot->offset = next_offset;
        next_offset = next_offset + count >= big_size ? 0 : next_offset + count;
        begin(TREAD, tag);
        put(2, 4);
        put(slot->offset, 8);
        put(count, 4);
        finish();
        return;
    }
    if (strcmp(operation, "write") == 0) {
        uint32_t count = msize - 24;
        begin(TWRITE, tag);
        put(2, 4);
        put(next_offset, 8);
        put(count, 4);
        next_offset = next_offset + count >= 64 << 20 ? 0 : next_offset + count;
        at += count;
        finish();
        return;
    }
    int last = strcmp(operation, "stat") == 0 ? 2 : 3;
    if (slot->step == 0) {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        snprintf(name, sizeof name, "f%ld", (long)(state % (uint32_t)files));
        walk(tag, BASE, slot->fid, name);
    } else if (slot->step == last) {
        begin(TCLUNK, tag);
        put(slot->fid, 4);
        finish();
    } else if (last == 2) {
        begin(TGETATTR, tag);
        put(slot->fid, 4);
        put(0x7ff, 8);
        finish();
    } else if (slot->step == 1) {
        begin(TLOPEN, tag);
        put(slot->fid, 4);
        put(0100000, 4);
        finish();
    } else {
        begin(TREAD, tag);
        put(slot->fid, 4);
        put(0, 8);
        put(msize - 24 < 65536 ? msize - 24 : 65536, 4);
        finish();
    }
}

// Takes the reply; says whether the operation is complete.
static int came(struct slot *slot) {
    if (strcmp(operation, "read") == 0 || strcmp(operation, "write") == 0) {
        bytes += get(in + 7, 4);
        return 1;
    }
    if (slot->step == 0) walked("f");
    if (slot->step == 2 && strcmp(operation, "small") == 0) bytes += get(in + 7, 4);
    int last = strcmp(operation, "stat") == 0 ? 2 : 3;
    slot->step = slot->step == last ? 0 : slot->step + 1;
    return slot->step == 0;
}

// The other arguments do not matter.
static int socket_alone(double seconds) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends)) die("socketpair", strerror(errno));
    pid_t writer = fork();
    if (writer < 0) die("fork", strerror(errno));
    sock = ends[writer == 0];
    close(ends[writer != 0]);
    // Ends with the reader: SIGPIPE.
    while (writer == 0) all(1, out, msize);
    double from = now(), end = from + seconds;
    while (now() < end) {
        all(0, in, msize);
        bytes += msize;
    }
    double took = now() - from;
    close(sock);
    waitpid(writer, NULL, 0);
    printf("{\"seconds\": %.3f, \"mb_per_second\": %.1f}\n", took, bytes / took / 1e6);
    return 0;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

int main(int count, char **words) {
    if (count < 8) {
        fprintf(stderr, "client SOCKET ANAME FOLDER OPERATION FILES DEPTH SECONDS [MSIZE]\n");
        return 2;
    }
    const char *folder = words[3];
    operation = words[4];
    files = atol(words[5]);
    int depth = atoi(words[6]);
    double seconds = atof(words[7]);
    if (count > 8) msize = atol(words[8]);
    if (depth < 1 || depth > MOST_DEPTH || files < 1) die(words[6], "the depth is 1 to 64, and there is at least one file");
    out = calloc(1, msize + 4096);
    in = calloc(1, msize + 4096);
    latencies = malloc(sizeof *latencies * MOST_LATENCIES);
    if (!out || !in || !latencies) die("memory", "there is not enough");
    if (strcmp(operation, "socket") == 0) return socket_alone(seconds);
    uint32_t wish = msize;
    if (strcmp(operation, "hold") == 0) {
        for (long i = 0; i < files; i++) {
            msize = wish;
            connect_and_attach(words[1], words[2]);
        }
        printf("{\"held\": %ld}\n", files);
        fflush(stdout);
        double end = now() + seconds;
        while (now() < end) usleep(100000);
        return 0;
    }
    connect_and_attach(words[1], words[2]);
    walk(1, 0, BASE, folder);
    receive();
    walked(folder);
    if (strcmp(operation, "read") == 0) {
        walk(1, BASE, 2, "big");
        receive();
        walked("big");
        begin(TGETATTR, 1);
        put(2, 4);
        put(0x7ff, 8);
        finish();
        receive();
        big_size = get(in + 7 + 8 + 13 + 4 + 4 + 4 + 8 + 8, 8);
        begin(TLOPEN, 1);
        put(2, 4);
        put(0100000, 4);
        finish();
        receive();
    } else if (strcmp(operation, "write") == 0) {
        walk(1, BASE, 2, ".");
        receive();
        begin(TLCREATE, 1);
        put(2, 4);
        put_string("written");
        put(0100001 | 01000, 4);
        put(0644, 4);
        put(0, 4);
        finish();
        receive();
    }
    struct slot slots[MOST_DEPTH] = {{0}};
    double from = now(), end = from + seconds;
    int flying = 0;
    for (int i = 0; i < depth; i++, flying++) {
        slots[i].fid = 100 + i;
        go(&slots[i], i);
    }
    while (flying > 0) {
        int tag = receive();
        if (tag < 0 || tag >= depth) die("the server", "answered a request that was not made");
        if (came(&slots[tag])) {
            if (operations < MOST_LATENCIES) latencies[operations] = now() - slots[tag].since;
            operations++;
            if (now() >= end) {
                flying--;
                continue;
            }
        }
        go(&slots[tag], tag);
    }
    double took = now() - from;
    long kept = operations < MOST_LATENCIES ? operations : MOST_LATENCIES;
    qsort(latencies, kept, sizeof *latencies, ascending);
    printf("{\"operations\": %ld, \"seconds\": %.3f, \"per_second\": %.1f, \"mb_per_second\": %.1f, \"median_us\": %.1f, \"p99_us\": %.1f}\n", operations,
           took, operations / took, bytes / took / 1e6, latencies[kept / 2] * 1e6, latencies[kept * 99 / 100] * 1e6);
    return 0;
}
