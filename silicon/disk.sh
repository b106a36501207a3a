#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# disk.sh IMAGE.elf BOOT.o BOOT.ld DISK: the raw disk that boots an image.
#
# The very bytes of the image that irqweave loads, behind a boot sector that is linked against its
# symbols. The disk is filled up to whole cylinders of 16 heads and 63 sectors, for emulators that
# ask for a geometry.
set -eu

if [ $# -ne 4 ]; then
    echo "usage: disk.sh IMAGE.elf BOOT.o BOOT.ld DISK" >&2
    exit 2
fi
image=$1 boot=$2 script=$3 disk=$4

trap 'rm -f "$disk.sector" "$disk.payload" "$disk.boot" "$disk.new"' EXIT
objcopy -O binary "$image" "$disk.payload"
ld -m elf_x86_64 -static -nostdlib --build-id=none -T "$script" -o "$disk.boot" \
    "--just-symbols=$image" "--defsym=payload_bytes=$(stat -c %s "$disk.payload")" "$boot"
objcopy -O binary "$disk.boot" "$disk.sector"
cat "$disk.sector" "$disk.payload" >"$disk.new"
truncate -s %516096 "$disk.new"
mv "$disk.new" "$disk"
