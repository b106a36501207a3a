#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# link.sh IMAGE WORK CC OBJECT...: links the objects into IMAGE, with a stub for each name that none of them defines. WORK is
# a folder for what comes in between. Prints "STOP ZERO NOWHERE": how many functions stop the run when they are called, how
# many functions and variables are zero by the lists of this folder, and how many variables lie where no memory is.
set -u
. "$(dirname "$0")/say.sh"

image=$1 work=$2 cc=$3
shift 3
log=$work/link.log

failed() { refuse "the objects do not link: $(why "$log") (all of it: $log)"; }

# What no object and no line of image.ld defines: "called NAME" if somewhere it is called, else "used NAME".
missing_names() {
    readelf -rW "$work/all.o" | awk '/R_X86_64_PLT32/ { sub(/@.*/, "", $5); print $5 }' | sort -u >"$work/called"
    sed -nE 's/^ *([A-Za-z_][A-Za-z_0-9]*) = .*/\1/p; s/.*[ {]([a-z_]+) = \.;.*/\1/p' "$lists/image.ld" | sort -u >"$work/defined"
    nm -u "$work/all.o" | awk '$1 == "U" { print $2 }' | sort -u | comm -23 - "$work/defined" >"$work/missing"
    comm -12 "$work/missing" "$work/called" | sed 's/^/called /'
    comm -23 "$work/missing" "$work/called" | sed 's/^/used /'
}

ld -r -o "$work/all.o" "$@" >"$log" 2>&1 || failed
{
    list zero-functions.txt | sed 's/^/zero-function /'
    list zero-data.txt | sed 's/^/zero-data /'
    missing_names
} >"$work/names"
awk -f "$lists/stubs.awk" "$work/names" >"$work/stubs.S" || refuse "$(cat "$work/stubs.S")"
"$cc" -c -o "$work/stubs.o" "$work/stubs.S" >>"$log" 2>&1 || failed
ld -m elf_x86_64 -static -nostdlib -z max-page-size=4096 -z noexecstack --no-warn-rwx-segments --build-id=none \
    -e image_begin -T "$lists/image.ld" -o "$image.part" "$work/all.o" "$work/stubs.o" >>"$log" 2>&1 || failed
mv "$image.part" "$image"
sed -n 's|^/\* \([0-9 ]*\) \*/$|\1|p' "$work/stubs.S"
