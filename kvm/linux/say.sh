# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the scripts of this folder share; sourced by them. The last line of standard output is what came out, or why nothing
# did; standard error, if it is a terminal, tells what is being done.

lists=${lists:-$(cd "$(dirname "$0")" && pwd)}

refuse() {
    echo "$*"
    exit 2
}

progress() { [ ! -t 2 ] || echo "irqweave: $*" >&2; }

# The lines of a list without comments and empty ones.
list() { sed -e 's/#.*//' -e 's/[[:space:]]*$//' -e '/^$/d' "$lists/$1"; }

# Refuses if one of these programs is missing: "PROGRAM:PACKAGE", the Debian package that has it.
need() {
    for tool in "$@"; do
        command -v "${tool%%:*}" >/dev/null ||
            refuse "no program '${tool%%:*}' here; Debian's package ${tool#*:} has it"
    done
}

# The line of a log that says what went wrong: one about a line of a file, else one of make or the linker, else the last.
why() {
    grep -E '^[^ ]+:[0-9]+:' "$1" | grep -m 1 -vE ': (warning|note): ' ||
        grep -m 1 -E '([eE]rror|ERROR): |\*\*\* |undefined reference|multiple definition' "$1" || tail -n 1 "$1"
}
