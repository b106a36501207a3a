#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# build.sh package|tree NAME CACHE CC: KVM of a Linux tree, and what of the tree it needs, as one image in the folder CACHE.
#
# NAME is a Debian package, installed, or the folder of a tree, which is never written to. What is built is kept by the content
# of the tree, its place, the configuration and the tools: CACHE/KEY holds image.elf, kernel.json, which is written last, and
# build/, the objects. Prints "built FOLDER" or "cached FOLDER"; else one line that says why not, and exits with 2.
set -u
here=$(dirname "$0")
. "$here/say.sh"
. "$here/tree.sh"
. "$here/configure.sh"

kind=$1 name=$2 cache=$3 cc=$4
started=$(date +%s)

sum() { sha256sum | cut -c 1-"$1"; }

# What a link depends on beside the objects.
link_sum() { (cd "$lists" && cat link.sh stubs.awk image.ld zero-functions.txt zero-data.txt) | sum 16; }

# What the objects depend on.
objects_key() {
    {
        tree_content
        echo "$tree"
        "$cc" -v 2>&1
        ld --version
        list options.config
        list objects.txt
        cat "$lists/configure.sh"
    } | sum 16
}

check_tools() {
    need make:make bc:bc flex:flex bison:bison ld:binutils nm:binutils readelf:binutils awk:mawk sha256sum:coreutils flock:util-linux
    command -v "$cc" >/dev/null || refuse "no compiler '$cc' here; --cc names another one, and Debian's package gcc has 'gcc'"
    echo '#include <gelf.h>' | "$cc" -E - >/dev/null 2>&1 || refuse "no gelf.h here, for the tree's own tools; Debian's package libelf-dev has it"
}

record() {
    # shellcheck disable=SC2086 # three numbers
    set -- $1
    image_bytes=$(stat -c %s "$folder/image.elf")
    cat >"$folder/kernel.json.part" <<END
{"version": 1, "id": "$key", "source": "$kernel", "tree": "$tree", "kernel": "$(version_of_tree)",
 "compiler": "$("$cc" --version | head -n 1 | tr -d '"\\')", "configuration": "$(sum 8 <"$build/.config")",
 "link": "$(link_sum)", "objects": $(objects | wc -l), "stubs": {"stop": $1, "zero": $2, "nowhere": $3},
 "image": "$folder/image.elf", "bytes": $image_bytes, "date": "$(date -u +%Y-%m-%dT%H:%M:%SZ)",
 "seconds": $(($(date +%s) - started))}
END
    mv "$folder/kernel.json.part" "$folder/kernel.json"
}

# Objects are whole if the file `compiled` is there; an interrupted build begins again.
build_objects() {
    [ ! -e "$folder/compiled" ] || return 0
    rm -rf "$build"
    mkdir -p "$build" || refuse "$cache: cannot be written"
    : >"$log"
    configure
    compile
    touch "$folder/compiled"
}

link_image() {
    progress "linking ${kernel} ..."
    mkdir -p "$folder/link"
    # shellcheck disable=SC2046 # paths without blanks: check_tree
    counts=$(sh "$here/link.sh" "$folder/image.elf" "$folder/link" "$cc" $(objects)) || refuse "$tree: $counts"
    record "$counts"
}

check_tools
check_path "$cache"
mkdir -p "$cache/sources" 2>/dev/null && [ -w "$cache" ] || refuse "$cache: cannot be written; XDG_CACHE_HOME names another place"
exec 9>"$cache/.lock"
flock 9
case $kind in
    package) tree_of_package "$name" ;;
    tree) tree_of_folder "$name" ;;
esac
check_tree
key=$(objects_key)
folder=$cache/$key
build=$folder/build
log=$folder/build.log
if [ -e "$folder/image.elf" ] && grep -q "\"link\": \"$(link_sum)\"" "$folder/kernel.json" 2>/dev/null; then
    echo "cached $folder"
    exit 0
fi
build_objects
link_image
echo "built $folder"
