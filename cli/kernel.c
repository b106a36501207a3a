/* SPDX-License-Identifier: GPL-2.0-or-later */
/* irqweave kernel: an unmodified Linux tree as the code under test. kvm/linux/build.sh does it; this says what, and where to. */
#include "cli/kernel.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/script.h"

bool kernel_cache(char *path, size_t size)
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    int n = -1;
    if (cache && cache[0] == '/') /* the XDG Base Directory Specification ignores relative ones */
        n = snprintf(path, size, "%s/irqweave/linux", cache);
    else if (home && home[0] == '/')
        n = snprintf(path, size, "%s/.cache/irqweave/linux", home);
    return n > 0 && (size_t)n < size;
}

/* The names of Debian's packages with whole trees; what else has a name would be built as one and fail late. */
static bool is_source_package(const char *name)
{
    static const char prefix[] = "linux-source-";
    const char *version = name + sizeof prefix - 1;
    return !strncmp(name, prefix, sizeof prefix - 1) && version[0] >= '0' && version[0] <= '9' &&
           !version[strspn(version, "0123456789.")];
}

static int check_options(const struct options *o)
{
    if (o->count)
        return cli_error("kernel build takes no argument ('%.60s'): --tree DIR or --package NAME is right", o->arguments[0]);
    if (!o->package == !o->tree)
        return cli_error("kernel build takes one of --package NAME, as linux-source-6.12, and --tree DIR");
    if (o->package && !is_source_package(o->package))
        return cli_error("--package '%.60s': the name of a Debian package with the source of Linux, as linux-source-6.12, is right",
                         o->package);
    if ((o->tree && !o->tree[0]) || (o->cc && !o->cc[0]))
        return cli_error("--%s '': it is empty", o->cc ? "cc" : "tree");
    return EXIT_NOTHING_FOUND;
}

static void print_built(const json_t *kernel, bool cached)
{
    const json_t *stubs = json_object_get(kernel, "stubs");
    kernel_print(kernel);
    printf("  %s\n", json_string_value(json_object_get(kernel, "image")));
    printf("  %lld objects; of what they lack, %lld functions and %lld variables stop a run, %lld are zero\n",
           (long long)json_integer_value(json_object_get(kernel, "objects")),
           (long long)json_integer_value(json_object_get(stubs, "stop")),
           (long long)json_integer_value(json_object_get(stubs, "nowhere")),
           (long long)json_integer_value(json_object_get(stubs, "zero")));
    if (cached)
        puts("  built before, from the same tree, configuration and tools");
    else
        printf("  built in %lld seconds\n", (long long)json_integer_value(json_object_get(kernel, "seconds")));
}

/* The script says "built FOLDER" or "cached FOLDER". */
static int show_built(const char *said, bool json)
{
    char error[PATH_MAX + 200];
    const char *folder = strchr(said, ' ');
    json_t *kernel = folder ? kernel_load(folder + 1, error, sizeof error) : NULL;
    if (!kernel)
        return cli_error("%s", folder ? error : said);
    if (json) {
        json_dumpf(kernel, stdout, JSON_INDENT(2));
        putchar('\n');
    } else {
        print_built(kernel, !strncmp(said, "cached ", 7));
    }
    json_decref(kernel);
    return EXIT_NOTHING_FOUND;
}

static int kernel_build_main(int argc, char **argv)
{
    struct options o;
    char cache[PATH_MAX], said[PATH_MAX + 1000];
    options_parse(&o, argc, argv, "--package NAME\n--tree DIR",
                  "Configures and compiles KVM of a Linux tree, and what of the tree it needs, outside of the tree, and links it "
                  "to one image. What has been built is kept in the cache ($XDG_CACHE_HOME/irqweave/linux) and built once.",
                  "jPTC");
    int code = check_options(&o);
    if (code)
        return code;
    if (!kernel_cache(cache, sizeof cache))
        return cli_error("no place for what is built: XDG_CACHE_HOME or HOME as an absolute path is right");
    const char *script[] = {IRQWEAVE_KVM_DIR "/linux/build.sh", o.package ? "package" : "tree", o.package ? o.package : o.tree,
                            cache, o.cc ? o.cc : "gcc", NULL};
    if (script_run(script, said, sizeof said) != 0)
        return cli_error("%s", said[0] ? said : "the build was ended by a signal, or there is no /bin/sh");
    return show_built(said, o.json);
}

int kernel_main(int argc, char **argv)
{
    static const char *const names[] = {"build", "list"};
    bool build = argc > 1 && !strcmp(argv[1], "build");
    if (build || (argc > 1 && !strcmp(argv[1], "list"))) {
        char name[] = "kernel build", list[] = "kernel list";
        argv[1] = build ? name : list;
        return (build ? kernel_build_main : kernel_list_main)(argc - 1, argv + 1);
    }
    const char *near = argc > 1 ? nearest_name(argv[1], names, 2) : NULL;
    if (near)
        return cli_error("unknown command 'kernel %.60s': did you mean 'kernel %s'?", argv[1], near);
    return cli_error("'kernel build' or 'kernel list' is right%s", argc > 1 && argv[1][0] == '-' ? "; each has --help" : "");
}
