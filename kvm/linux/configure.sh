# SPDX-License-Identifier: GPL-2.0-or-later
#
# Configuring and compiling a tree; sourced by build.sh, which has `tree`, `cc`, `build` (the folder for what the tree's make
# makes, outside of the tree) and `log`.

# The tree's make, undisturbed by what the environment says about some other build.
tree_make() {
    env -u MAKEFLAGS -u MFLAGS -u KCFLAGS -u KAFLAGS -u KCPPFLAGS -u CROSS_COMPILE -u LLVM -u KBUILD_OUTPUT -u KCONFIG_CONFIG \
        LC_ALL=C make -C "$tree" O="$build" ARCH=x86_64 CC="$cc" -j "$(nproc)" "$@" >>"$log" 2>&1 </dev/null
}

# Kconfig says it in several lines, each behind asterisks.
refuse_compiler() {
    if grep -qE 'ompiler.* (is too old|not supported|not found)' "$log"; then
        version=$(sed -nE 's/^\*\*\* +(Your|Minimum) ([A-Za-z]+) version: +([^ ]+).*/\1 \2 \3/p' "$log" | paste -sd ';' | sed 's/;/, /g')
        refuse "$tree: it refuses the compiler '$cc': ${version:-$(grep -m 1 -E 'ompiler.* not (supported|found)' "$log")}; another one is named with --cc"
    fi
}

make_failed() {
    refuse_compiler
    refuse "$tree: $1: $(why "$log") (all of it: $log)"
}

# One option: NAME and the value that it must have.
check_option() {
    has=$(sed -n "s/^CONFIG_$1=//p" "$build/.config")
    [ "${has:-n}" = "$2" ] ||
        refuse "$tree: CONFIG_$1=$2 cannot be had: this tree makes it '${has:-n}' (all options: $build/.config)"
}

configure() {
    progress "configuring ${kernel} ..."
    tree_make tinyconfig || make_failed "it does not configure"
    list options.config | sed -E 's/^(.*)=n$/# CONFIG_\1 is not set/; t; s/^/CONFIG_/' >>"$build/.config"
    tree_make olddefconfig || make_failed "it does not configure"
    list options.config >"$build/wanted"
    while IFS='=' read -r option value; do
        check_option "$option" "$value"
    done <"$build/wanted"
}

# The targets of objects.txt that this tree has a source for.
targets() {
    list objects.txt | while read -r target; do
        name=${target#\?}
        if [ "$name" = "$target" ] || [ -e "$tree/${name%.o}.c" ] || [ -e "$tree/${name%.o}.S" ]; then
            echo "$name"
        fi
    done
}

compile() {
    progress "compiling ${kernel} ..."
    tree_make prepare modules_prepare || make_failed "'make prepare' fails"
    # shellcheck disable=SC2046 # names without blanks
    tree_make $(targets) || make_failed "it does not compile"
}

# The objects of all targets: of a folder those that its own Makefile puts into it, and those of its folders. Objects that
# are only read for their constants are not part of the kernel, and neither are those that gather others.
objects() {
    targets | while read -r target; do
        case $target in
            */) find "$build/$target" -name '*.o' ! -name '*-asm-offsets.o' ! -name kvm.o ! -name 'kvm-*.o' ! -name 'built-in.o' ;;
            *) echo "$build/$target" ;;
        esac
    done | sort
}
