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

# The line of a compiler, a linker, check-variant.sh or CMake that says what is wrong.
say_why() {
    grep -m 1 -E '(error|Error): |replaces nothing|undefined reference|multiple definition' "$log" ||
        grep -m 1 -A 3 -E '^CMake Error' "$log" | tr -s ' \n' ' ' || tail -n 1 "$log"
}

failed() {
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
