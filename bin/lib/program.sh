# shellcheck shell=bash
# SPDX-FileCopyrightText: 2026 The Spectrum Portal authors
# SPDX-License-Identifier: Apache-2.0
#
# Sourced by the launchers: starts one of the project's programs from build/programs, each a folder of modules of its own. Needs common.sh
# and jdk.sh.

# run_program FOLDER MODULE/CLASS "JVM FLAGS" ARGUMENT…
run_program() {
    local folder=$root/build/programs/$1 main=$2 flags=$3
    shift 3
    [ -d "$folder" ] || die "$folder does not exist: the project has not been built." "Run bin/build first."
    search_jdk || die "no JDK $JDK_WANTED or newer found (looked at JAVA_HOME, javac on PATH, /usr/lib/jvm/*)." \
        "Install one, or run this with JAVA_HOME=/path/to/jdk-$JDK_WANTED."
    # An AOT cache that bin/build made (see aot.sh), or is making by this very run. One that does not fit is ignored, and is no news.
    local cache=()
    if [ -n "${SPECTRUM_PORTAL_TRAIN:-}" ]; then
        cache=("-XX:AOTCacheOutput=$SPECTRUM_PORTAL_TRAIN")
    elif [ -f "$folder.aot" ]; then
        cache=("-XX:AOTCache=$folder.aot" -Xlog:disable)
    fi
    # Small heaps and the quick compiler: these processes wait for people most of the time.
    # shellcheck disable=SC2086
    exec "$JAVA_HOME/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 $flags "${cache[@]}" --module-path "$folder" --module "$main" "$@"
}

# run_tests_program CLASS ARGUMENT…: the demonstration and the measurements, which are no modules.
run_tests_program() {
    local class=$1
    shift
    # The demonstration starts programs with this JDK, and finds the checkout by the property.
    exec "$JAVA_HOME/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx128m --enable-native-access=ALL-UNNAMED \
        "-Djava.util.logging.config.file=$root/tests/logging.properties" -Dsun.jnu.encoding=UTF-8 "-Dspectrum.portal.root=$root" -cp "$root/build/programs/tests/*" "$class" "$@"
}
