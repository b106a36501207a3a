#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# check-variant.sh NM OBJECT SOURCE THREADS ARCHIVE...: a variant may only replace functions of the archives.
#
# A misspelt name would link, replace nothing, and make the variant a copy of the common code.
set -eu

nm=$1 object=$2 source=$3 threads=$4
shift 4
functions=$("$nm" --defined-only --extern-only "$@" | awk '$2 == "T" { print $3 }')
of_threads=$("$nm" --defined-only --extern-only "$threads" | awk '{ print $3 }')
status=0

# The one of the functions that differs least from $1, if any is near.
nearest() {
    printf '%s\n' "$functions" | awk -v name="$1" '
        function least(a, b, c) { return a < b ? (a < c ? a : c) : (b < c ? b : c) }
        function distance(a, b,    i, k, row, above, corner) {
            for (k = 0; k <= length(b); k++)
                row[k] = k
            for (i = 1; i <= length(a); i++) {
                corner = row[0]
                row[0] = i
                for (k = 1; k <= length(b); k++) {
                    above = row[k]
                    row[k] = least(above + 1, row[k - 1] + 1, corner + (substr(a, i, 1) != substr(b, k, 1)))
                    corner = above
                }
            }
            return row[length(b)]
        }
        BEGIN { best = length(name) / 3 + 1 }
        $0 != "" && (d = distance(name, $0)) < best { best = d; found = $0 }
        END { if (found) printf "; did you mean \047%s\047?", found }'
}

# Where the object defines it, as ":LINE"; nothing if the compiler has left no line.
line_of() {
    "$nm" -l --defined-only --extern-only "$object" |
        awk -v name="$1" '$3 == name && match($0, /:[0-9]+$/) { print substr($0, RSTART); exit }'
}

# Why $1 replaces nothing, and what would be right.
why() {
    if printf '%s\n' "$of_threads" | grep -qxF -- "$1"; then
        echo "it is in threads.c, which all variants share; a function that they replace is right in a file of the folder logic/ beside that"
    else
        echo "no archive of kvm has a function of that name (what is the variant's own is static)$(nearest "$1")"
    fi
}

for symbol in $("$nm" --defined-only --extern-only "$object" | awk '{ print $3 }'); do
    if ! printf '%s\n' "$functions" | grep -qxF -- "$symbol"; then
        echo "$source$(line_of "$symbol"): '$symbol' replaces nothing: $(why "$symbol")" >&2
        status=1
    fi
done
exit $status
