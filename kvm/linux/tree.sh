# SPDX-License-Identifier: GPL-2.0-or-later
#
# Where the tree comes from, whether it can be built, and what names its content; sourced by build.sh, which has `cache`.

# An installed Debian source package, unpacked once a version into the cache: what inputs.txt names. Sets tree and kernel.
tree_of_package() {
    archive=/usr/src/$1.tar.xz
    [ -e "$archive" ] ||
        refuse "$1 is not installed: no $archive; './irqweave kernel build --package $1' installs it where it may, else 'apt-get install $1' as root"
    need xz:xz-utils tar:tar
    version=$(dpkg-query -W -f '${Version}' "$1" 2>/dev/null | tr ':~+' '...')
    kernel="$1 ${version:=unknown}"
    tree=$cache/sources/$1-$version
    [ -d "$tree" ] || unpack "$1" "$archive"
}

unpack() {
    progress "unpacking $1 ..."
    rm -rf "$tree.part"
    mkdir -p "$tree.part" || refuse "$cache: cannot be written"
    list inputs.txt | sed "s|^|$1/|" >"$tree.part/members"
    printf '%s\n' "$1/COPYING" '*/Kconfig*' '*/Kbuild*' '*/Makefile*' >>"$tree.part/members"
    tar -xJf "$archive" -C "$tree.part" --wildcards -T "$tree.part/members" 2>"$tree.part/log" ||
        refuse "$archive: cannot be unpacked: $(head -n 1 "$tree.part/log")"
    mv "$tree.part/$1" "$tree"
    rm -rf "$tree.part"
}

# A folder of the user's. Sets tree and kernel.
tree_of_folder() {
    [ -d "$1" ] || refuse "$1: no such folder"
    tree=$(cd "$1" && pwd -P) || refuse "$1: cannot be read"
    kernel=$tree
}

check_path() {
    case $1 in
        *[!-A-Za-z0-9_./+,@]*) refuse "$1: a path of letters, digits and - _ . / + , @ is right: the tree's make takes no other" ;;
    esac
}

# What the tree's own make would refuse later and less clearly.
check_tree() {
    check_path "$tree"
    [ -e "$tree/arch/x86/kvm/x86.c" ] && [ -e "$tree/Makefile" ] ||
        refuse "$tree: not a Linux source tree: no arch/x86/kvm/x86.c and Makefile in it"
    for product in .config include/config arch/x86/include/generated arch/x86_64/include/generated; do
        [ ! -e "$tree/$product" ] ||
            refuse "$tree: it was built in place ($product is there), so it cannot be built elsewhere: 'make mrproper' there, or a 'git worktree add' of it, is right"
    done
}

# "6.12.117", as its Makefile puts it together.
version_of_tree() {
    awk -F ' *= *' '/^(VERSION|PATCHLEVEL|SUBLEVEL|EXTRAVERSION) *=/ { part[$1] = $2 }
        END { print part["VERSION"] "." part["PATCHLEVEL"] (part["SUBLEVEL"] != "" ? "." part["SUBLEVEL"] : "") part["EXTRAVERSION"] }' \
        "$tree/Makefile"
}

# All that the build may read, with its content.
tree_content() (
    cd "$tree" || exit
    {
        # shellcheck disable=SC2046 # names of folders without blanks
        find $(list inputs.txt) Kbuild Kconfig Makefile -type f -print0 2>/dev/null
        find . -name .git -prune -o -type f '(' -name 'Kconfig*' -o -name 'Kbuild*' -o -name 'Makefile*' ')' -print0
    } | sed -z 's|^\./||' | sort -zu | xargs -0 sha256sum
    # shellcheck disable=SC2046
    find $(list inputs.txt) -type l -printf '%p -> %l\n' 2>/dev/null | sort
)
