#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# check-variant.sh NM OBJECT SOURCE ARCHIVE...: a variant may only replace functions of the archives.
#
# A misspelt name would link, replace nothing, and make the variant a copy of the common code.
set -eu

nm=$1 object=$2 source=$3
shift 3
functions=$("$nm" --defined-only --extern-only "$@" | awk '$2 == "T" { print $3 }')
status=0

for symbol in $("$nm" --defined-only --extern-only "$object" | awk '{ print $3 }'); do
    if ! printf '%s\n' "$functions" | grep -qxF -- "$symbol"; then
        echo "$source: '$symbol' replaces nothing: no archive of kvm has a function of that name" >&2
        status=1
    fi
done
exit $status
