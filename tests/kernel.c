/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * irqweave kernel, without any Linux: a "tree" of a few C files whose make is tests/linux/make. What is refused, what is
 * built, what is kept; and the lists of kvm/linux. The real trees are tests/linux/run.
 */
#include <jansson.h>

#include "kvm/runtime/marker.h"
#include "sim/image.h"
#include "tests/cli_fixture.h"

#define LINUX IRQWEAVE_SOURCE_DIR "/kvm/linux/"

/* Commands, and programs that only have to be there. The others are the machine's. */
static void enter(void)
{
    char path[2000];
    enter_beside_program("kernel");
    cr_assert(getcwd(path, 1000));
    setenv("XDG_CACHE_HOME", path, 1);
    cr_assert_eq(system("mkdir bin && cp " IRQWEAVE_SOURCE_DIR "/tests/linux/make bin && cd bin && "
                        "for tool in bc flex bison; do ln -s /bin/true $tool; done"), 0);
    snprintf(path + strlen(path), 1000, "/bin:%s", getenv("PATH"));
    setenv("PATH", path, 1);
}

TestSuite(kernel, .init = enter, .fini = leave_beside_program, .timeout = 120);

static void shell(const char *command)
{
    cr_assert_eq(system(command), 0, "%s", command);
}

/* A tree with an empty file for each object of the list that has a name, and one of KVM that calls what is not there. */
static void plant(void)
{
    shell("mkdir tree && cd tree && echo 'VERSION = 6\nPATCHLEVEL = 99\nSUBLEVEL = 3\nEXTRAVERSION = -rc1' >Makefile && "
          "sed -n 's/^\\([a-z].*\\)[.]o$/\\1/p' " LINUX "objects.txt | while read name; do "
          "mkdir -p $(dirname $name) && echo >$name.c; done && mkdir -p arch/x86/kvm virt/kvm virt/lib && "
          "echo 'int schedule(int); extern int jiffies; int capable(int); int kvm_init(void);\nint kvm_count = 1;\n"
          "int kvm_init(void)\n{\n    return schedule(2) + jiffies + capable(1);\n}' >arch/x86/kvm/x86.c");
}

static json_t *listed(size_t count)
{
    cr_assert_eq(run("kernel list --json"), 0);
    json_t *list = json_loads(read_text("out"), 0, NULL);
    cr_assert_eq(json_array_size(json_object_get(list, "kernels")), count, "%s", text);
    return count ? json_array_get(json_object_get(list, "kernels"), 0) : NULL;
}

Test(kernel, lines_that_are_wrong)
{
    refuses("kernel", "'kernel build' or 'kernel list' is right");
    refuses("kernel buidl", "did you mean 'kernel build'?");
    refuses("kernel build", "one of --package NAME, as linux-source-6.12, and --tree DIR");
    refuses("kernel build --tree . --package linux-source-6.12", "one of --package NAME");
    refuses("kernel build x", "takes no argument ('x')");
    refuses("kernel build --package linux", "--package 'linux': the name of a Debian package");
    refuses("kernel build --package linux-source-0.01", "linux-source-0.01 is not installed: no /usr/src/linux-source-0.01.tar.xz");
    refuses("kernel build --tre x", "x: no such folder");
    refuses("kernel build --tree ''", "--tree '': it is empty");
    refuses("kernel list x", "takes no argument");
    cr_assert_eq(run("kernel list"), 0);
    cr_assert(strstr(read_text("out"), "nothing has been built"));
}

Test(kernel, trees_that_cannot_be_built)
{
    refuses("kernel build --tree bin", "not a Linux source tree: no arch/x86/kvm/x86.c and Makefile");
    plant();
    shell("mkdir 'a b'");
    refuses("kernel build --tree 'a b'", "a path of letters, digits and");
    refuses("kernel build --tree tree --cc no-such-cc", "no compiler 'no-such-cc' here; --cc names another one");
    shell("touch tree/.config");
    refuses("kernel build --tree tree", "it was built in place (.config is there)");
    shell("rm tree/.config && echo '*** C compiler is too old.\n***   Your GCC version:    4.2.0\n"
          "***   Minimum GCC version: 5.1.0' >tree/refused");
    refuses("kernel build --tree tree", "it refuses the compiler 'gcc': Your GCC 4.2.0, Minimum GCC 5.1.0");
    shell("echo 'init/Kconfig:3: syntax error' >tree/refused");
    refuses("kernel build --tree tree", "it does not configure: init/Kconfig:3: syntax error (all of it: ");
    shell("rm tree/refused && echo 'sed -i /KVM_AMD=/d \"$1\"' >tree/kconfig");
    shell("touch tree/init.c && echo '# changes the content' >tree/Kconfig");
    refuses("kernel build --tree tree", "CONFIG_KVM_AMD=y cannot be had: this tree makes it 'n'");
    shell("echo 'echo CONFIG_PARAVIRT=y >>\"$1\"' >tree/kconfig && echo >>tree/Kconfig");
    refuses("kernel build --tree tree", "CONFIG_PARAVIRT=n cannot be had: this tree makes it 'y'");
    shell("rm tree/kconfig && echo 'int f(' >>tree/arch/x86/kvm/x86.c");
    refuses("kernel build --tree tree", "it does not compile: ");
    has_one_line("build", "arch/x86/kvm/x86.c:");
    shell("rm tree/lib/sort.c");
    refuses("kernel build --tree tree", "it does not compile: ");
    listed(0);
}

/* All that the machine has, as links, but for flex. Nothing is ever copied there: a copy onto a link would go to its target. */
Test(kernel, a_program_that_is_missing)
{
    plant();
    shell("rm bin/flex && mkdir all && { ln -s /bin/* all; ln -s /usr/bin/* all; rm -f all/flex; } 2>/dev/null");
    setenv("PATH", "bin:all", 1);
    refuses("kernel build --tree tree", "no program 'flex' here; Debian's package flex has it");
}

Test(kernel, places_that_cannot_be_written)
{
    plant();
    setenv("XDG_CACHE_HOME", "/proc", 1);
    refuses("kernel build --tree tree", "/proc/irqweave/linux: cannot be written; XDG_CACHE_HOME names another place");
    unsetenv("XDG_CACHE_HOME");
    unsetenv("HOME");
    refuses("kernel build --tree tree", "XDG_CACHE_HOME or HOME as an absolute path is right");
    refuses("kernel list", "XDG_CACHE_HOME or HOME as an absolute path is right");
}

/* schedule() stops, capable() is on the list of those that return zero, jiffies lies nowhere: one each. */
Test(kernel, builds_once_and_lists)
{
    plant();
    shell("cp -a tree before");
    cr_assert_eq(run("kernel build --tree tree"), 0, "%s", read_text("errors"));
    cr_expect(strstr(read_text("out"), "1 functions and 1 variables stop a run, 1 are zero"), "%s", text);
    shell("diff -r before tree"); /* it is never written to */
    json_t *kernel = listed(1);
    cr_expect_str_eq(json_string_value(json_object_get(kernel, "kernel")), "6.99.3-rc1");
    shell("cp -a irqweave/linux/*/kernel.json first");
    cr_assert_eq(run("kernel build --tree tree"), 0);
    cr_expect(strstr(read_text("out"), "built before, from the same tree"));
    shell("touch -r tree/Makefile tree/arch/x86/kvm/x86.c && sed -i 's/schedule(2)/schedule(3)/' tree/arch/x86/kvm/x86.c && "
          "touch -r tree/Makefile tree/arch/x86/kvm/x86.c");
    cr_assert_eq(run("kernel build --tree tree"), 0);
    cr_expect_eq(strstr(read_text("out"), "built before"), NULL, "content counts, not its date");
    listed(2);
    shell("echo '{' >$(ls -d irqweave/linux/*/kernel.json | head -n 1)");
    cr_assert_eq(run("kernel list"), 2);
    has_one_line("list", "without its folder it is built anew");
    cr_expect(strstr(read_text("out"), "Linux 6.99.3-rc1"), "the other one is listed all the same");
}

/* ---- The image ---- */

enum { RAM = 4 << 20 };

#define BASE 0xffffffff80000000ull

static uint8_t ram[RAM];

/* Where a function's code is in memory. */
static const uint8_t *code_of(const struct image *image, const char *name)
{
    const struct image_symbol *symbol = image_symbol(image, name);
    cr_assert(symbol && symbol->is_function, "%s", name);
    return ram + (symbol->address - BASE);
}

/* The simulator's loader takes it; a name that is not there is ud2 with a marker that holds it, or xor eax, eax; ret, or beyond
 * all memory. */
Test(kernel, its_image_has_a_stub_for_each_name_that_is_not_there)
{
    struct image image;
    char path[1000], error[400];
    int32_t name;
    plant();
    cr_assert_eq(run("kernel build --tree tree --json"), 0, "%s", read_text("errors"));
    json_t *kernel = json_loads(read_text("out"), 0, NULL);
    snprintf(path, sizeof path, "%s", json_string_value(json_object_get(kernel, "image")));
    cr_assert(image_load(&image, path, ram, RAM, BASE, error, sizeof error), "%s", error);
    cr_expect(code_of(&image, "kvm_init") < code_of(&image, "schedule"));
    const uint8_t *stub = code_of(&image, "schedule");
    const uint8_t bytes[] = {0x0f, 0x0b, MARKER_BYTE_0, MARKER_BYTE_1, MARKER_BYTE_2, MARKER_SIB(MARKER_MISSING)};
    cr_expect_arr_eq(stub, bytes, sizeof bytes);
    memcpy(&name, stub + sizeof bytes, sizeof name);
    cr_expect_str_eq((char *)ram + ((uint64_t)name - BASE), "schedule");
    cr_expect_arr_eq(code_of(&image, "capable"), "\x31\xc0\xc3", 3);
    image_unload(&image);
    snprintf(path + strlen(path), 100, " | grep -q 'ffffffffc0000000 . jiffies$'");
    snprintf(error, sizeof error, "nm %.380s", path);
    cr_expect_eq(system(error), 0, "%s", error);
}

/* ---- The lists ---- */

enum { NAMES = 1000 };

static char names[NAMES][80];
static unsigned name_count;

static bool has_name(const char *name)
{
    for (unsigned i = 0; i < name_count; i++)
        if (!strcmp(names[i], name))
            return true;
    return false;
}

/* Groups of sorted names, each with a comment before it that says why; no name twice in all lists. */
static void read_list(const char *file, unsigned columns)
{
    char path[500], text_of_line[300], last[300] = "", name[80], bytes[80], more[80];
    bool explained = false;
    snprintf(path, sizeof path, LINUX "%s", file);
    FILE *f = fopen(path, "r");
    cr_assert(f, "%s", path);
    while (fgets(text_of_line, sizeof text_of_line, f)) {
        const char *line = text_of_line + (text_of_line[0] == '?');
        if (line[0] == '#' || line[0] == '\n') {
            explained = line[0] == '#';
            last[0] = 0;
            continue;
        }
        cr_expect(explained, "%s: %s no group with a reason", file, line);
        cr_expect_lt(strcmp(last, line), 0, "%s: %s is not in order", file, line);
        strcpy(last, line);
        cr_assert_eq(sscanf(line, "%79s %79s %79s", name, bytes, more), (int)columns, "%s: %s", file, line);
        cr_expect(columns == 1 || atoi(bytes) > 0, "%s: %s", file, line);
        cr_expect_not(has_name(name), "%s: %s twice", file, name);
        cr_assert_lt(name_count, NAMES);
        strcpy(names[name_count++], name);
    }
    fclose(f);
}

Test(kernel_lists, are_in_order_and_name_nothing_twice)
{
    read_list("zero-functions.txt", 1);
    unsigned functions = name_count;
    cr_expect_gt(functions, 0);
    read_list("zero-data.txt", 2);
    cr_expect_gt(name_count, functions);
    name_count = 0;
    read_list("objects.txt", 1);
    cr_expect(has_name("arch/x86/kvm/"));
}
