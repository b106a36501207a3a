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

# What CMake has to say, which wraps it, with the line of image.cmake that it is about.
say_cmake() {
    awk -v file="$folder/image.cmake" '
        !where && (at = index($0, file ":")) { where = substr($0, at + length(file)); sub(/[^:0-9].*/, "", where); sub(/:$/, "", where) }
        /^CMake Error/ { seen = !done; next }
        seen && NF { sub(/^ +/, ""); what = what (what ? " " : "") $0; next }
        seen && what { seen = 0; done = 1 }
        END { print file where ": " what }' "$log"
}

# An error inside a macro is where the macro is used.
say_compiler() {
    awk -v folder="$folder/" '
        !what && /(error|Error): / { what = $0; if (!index($0, folder)) next }
        what && index(what, folder) { exit }
        what && /in expansion of macro/ && index($0, folder) == 1 { sub(/: note: .*/, ""); sub(/^.*error: /, "error: ", what); what = $0 ": " what; exit }
        END { if (what) print what }' "$log"
}

# Folders of kvm with a function of the name $1, but those that each image uses.
folders_with() {
    (cd "$here/.." && grep -lE "^[a-z_].*[ *]$1\([^;]*\$" logic/*/*.c runtime/*/*.c 2>/dev/null | sed 's|/[^/]*$||' | sort -u | head -n 4)
}

# "FILE:LINE: undefined reference to `NAME'": where NAME is, if kvm has it.
say_undefined() {
    line=$(grep -m 1 'undefined reference' "$log")
    name=$(printf '%s\n' "$line" | sed "s/.*\`//; s/'.*//")
    found=$(folders_with "$name" | paste -s -d , - | sed 's/,/ or /g')
    if [ "$found" ]; then
        echo "$line; it is in $found of kvm: 'irqweave_image_uses($(basename "$folder") FOLDER...)' with that in image.cmake is right"
    else
        echo "$line; neither kvm nor this folder has such a function"
    fi
}

# The line of a compiler, a linker or check-variant.sh that says what is wrong.
say_why() {
    if grep -q '^CMake Error' "$log"; then
        say_cmake
    elif grep -q 'undefined reference' "$log"; then
        say_undefined
    elif grep -qE '(error|Error): ' "$log"; then
        say_compiler
    else
        grep -m 1 -E 'replaces nothing|multiple definition' "$log" || tail -n 1 "$log"
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

mkdir -p "$build" 2>/dev/null
if [ ! -w "$build" ]; then
    echo "$build: cannot be written to, and the images are built there"
    exit 1
fi
exec 9>"$build/.lock"
flock 9
if [ ! -e "$build/build.ninja" ]; then
    cmake -G Ninja -S "$here" -B "$build" "-DIRQWEAVE_SCENARIO=$folder" "-DCMAKE_C_COMPILER=$cc" >"$log" 2>&1 9>&- || {
        rm -f "$build/build.ninja" "$build/CMakeCache.txt"
        failed
    }
fi
cmake --build "$build" >"$log" 2>&1 9>&- || failed
