#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# check-image.sh IMAGE.elf...: prints the sections of an image and verifies what cores rely on.
#
# No instruction may use x87, MMX, SSE or AVX: neither the simulated cores nor the interrupt entry
# save those registers. The symbols and sections that the simulator reads must be there.
set -eu

if [ $# -eq 0 ]; then
    echo "usage: check-image.sh IMAGE.elf..." >&2
    exit 2
fi

symbols="image_start image_thread image_data_start _end boot_stacks image_states_start
         image_states_end"

check() {
    image=$1 failed=0
    objdump -h -w "$image" | awk 'NR > 4 && /ALLOC/ { print "  " $2, $3, "at", $4 }'

    if objdump -d --no-show-raw-insn "$image" | grep -E '%([xyz]mm[0-9]|mm[0-7]|st\b)' | head -5 |
        grep .; then
        echo "$image: uses x87, MMX, SSE or AVX registers (above)" >&2
        failed=1
    fi
    names=$(nm --defined-only "$image" | awk '{ print $3 }')
    for symbol in $symbols; do
        if ! printf '%s\n' "$names" | grep -qxF "$symbol"; then
            echo "$image: symbol '$symbol' is missing" >&2
            failed=1
        fi
    done
    return $failed
}

status=0
for image in "$@"; do
    echo "$image"
    check "$image" || status=1
done
exit $status
