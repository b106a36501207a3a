#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# build.sh FOLDER BUILD CC: builds the images of the scenario in FOLDER, outside the tree, below BUILD/images.
#
# Both paths are absolute. What goes wrong is one line on standard output; all of it is in BUILD/build.log.
set -u

folder=$1 build=$2 cc=$3
here=$(dirname "$0")
log=$build/build.log

# What CMake has to say, with the line of image.cmake that it is about.
say_cmake() {
    awk -v folder="$folder" '
        /^CMake Error/ { seen = 1; next }
        seen && !what && NF { sub(/^ +/, ""); what = $0; next }
        seen && !where && index($0, folder "/image.cmake:") { where = $1; sub(/^[^:]*:/, "", where) }
        END { print folder "/image.cmake" (where ? ":" where : "") ": " what }' "$log"
}

# The line of a compiler, a linker or check-variant.sh that says what is wrong.
say_why() {
    if grep -q '^CMake Error' "$log"; then
        say_cmake
    else
        grep -m 1 -E '(error|Error): |replaces nothing|undefined reference|multiple definition' "$log" || tail -n 1 "$log"
    fi
}

failed() {
    if grep -q 'undefined reference to `scenario_setup' "$log"; then
        echo "$folder/threads.c: no function scenario_setup(), which builds the world on each core; 'void scenario_setup(unsigned long cpu)' is right"
        exit 1
    fi
    echo "$(say_why | sed "s|^[^ ]*ld: ||; s|^in function .*: ||" | head -n 1) (all of it: $log)"
    exit 1
}

mkdir -p "$build" || exit 1
exec 9>"$build/.lock"
flock 9
if [ ! -e "$build/build.ninja" ]; then
    cmake -G Ninja -S "$here" -B "$build" "-DIRQWEAVE_SCENARIO=$folder" "-DCMAKE_C_COMPILER=$cc" >"$log" 2>&1 9>&- || {
        rm -f "$build/build.ninja" "$build/CMakeCache.txt"
        failed
    }
fi
cmake --build "$build" >"$log" 2>&1 9>&- || failed
