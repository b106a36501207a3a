# SPDX-License-Identifier: GPL-2.0-or-later
#
# Writes assembler for each name that no object defines. Input, in this order:
#
#     zero-function NAME      zero-data NAME BYTES      the lists of those that may be zero
#     called NAME             used NAME                 the names, called somewhere or never
#
# A function that may return zero does so. Any other one is a ud2 with a marker that has its name (kvm/runtime/marker.h):
# the run ends there, as a limit of the tool. A name that is never called is a variable or a function whose address is
# taken; it gets an address beyond all memory, each its own megabyte, so that any access to it and any jump there ends the
# run as well. The last line counts them: stops, zeros, nowhere.

BEGIN {
    print "    .section .irqweave.stubs, \"ax\""
}

function begin(name, type) {
    printf "    .globl %s\n    .type %s, @%s\n", name, name, type
}

function stop(name) {
    begin(name, "function")
    printf "%s:\n    ud2\n    {disp32} nopl .Lname%d(%%rcx,%%rcx,1)\n    .size %s, . - %s\n", name, NR, name, name
    printf "    .pushsection .marker_strings, \"a\"\n.Lname%d:\n    .asciz \"%s\"\n    .popsection\n", NR, name
    stops++
}

function zero_function(name) {
    begin(name, "function")
    printf "%s:\n    xor %%eax, %%eax\n    ret\n    .size %s, . - %s\n", name, name, name
    zeros++
}

function zero_data(name, bytes) {
    print "    .pushsection .bss\n    .balign 64"
    begin(name, "object")
    printf "%s:\n    .skip %d\n    .size %s, %d\n    .popsection\n", name, bytes, name, bytes
    zeros++
}

# 1 GiB up is -1 GiB: the first address behind where an image can be. 1023 of them reach to -1 MiB.
function nowhere(name) {
    if (++nowheres > 1022) {
        print "more than 1022 variables are not defined" >"/dev/stderr"
        exit 1
    }
    printf "    .globl %s\n    .set %s, 0xffffffffc0000000 + %d * 0x100000\n", name, name, nowheres - 1
}

$1 == "zero-function" { returns_zero[$2] = 1 }
$1 == "zero-data" { is_zero[$2] = $3 }
$1 == "called" || $1 == "used" {
    if ($2 in is_zero)
        zero_data($2, is_zero[$2])
    else if ($2 in returns_zero)
        zero_function($2)
    else if ($1 == "called")
        stop($2)
    else
        nowhere($2)
}

END {
    printf "    .section .note.GNU-stack, \"\", @progbits\n/* %d %d %d */\n", stops, zeros, nowheres
}
