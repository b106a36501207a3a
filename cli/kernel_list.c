/* SPDX-License-Identifier: GPL-2.0-or-later */
/* irqweave kernel list: the Linux trees that have been built. A folder whose build was interrupted has no kernel.json yet. */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/kernel.h"

/* The members of kernel.json, as build.sh writes it. */
static bool has_all(json_t *kernel, json_error_t *why)
{
    const char *text;
    json_int_t number;
    return json_unpack_ex(kernel, why, 0, "{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:s, s:I, s:s, s:I, s:{s:I, s:I, s:I}}",
                          "version", &number, "id", &text, "source", &text, "tree", &text, "kernel", &text, "compiler", &text,
                          "configuration", &text, "objects", &number, "image", &text, "bytes", &number, "date", &text, "seconds",
                          &number, "stubs", "stop", &number, "zero", &number, "nowhere", &number) == 0;
}

json_t *kernel_load(const char *folder, char *error, size_t size)
{
    char path[PATH_MAX + 20];
    json_error_t why;
    snprintf(path, sizeof path, "%.*s/kernel.json", PATH_MAX, folder);
    json_t *kernel = json_load_file(path, 0, &why);
    if (kernel && has_all(kernel, &why))
        return kernel;
    json_decref(kernel);
    snprintf(error, size, "%.400s: %.100s; without its folder it is built anew", path, why.text);
    return NULL;
}

static const char *member(const json_t *kernel, const char *name)
{
    return json_string_value(json_object_get(kernel, name));
}

void kernel_print(const json_t *kernel)
{
    printf("%s\n", member(kernel, "source"));
    printf("  %s: Linux %s, %s, configuration %s, %.1f MB, %s\n", member(kernel, "id"), member(kernel, "kernel"),
           member(kernel, "compiler"), member(kernel, "configuration"),
           (double)json_integer_value(json_object_get(kernel, "bytes")) / 1e6, member(kernel, "date"));
}

static int by_date(const void *a, const void *b)
{
    return strcmp(member(*(json_t *const *)a, "date"), member(*(json_t *const *)b, "date"));
}

/* Those of the cache, the oldest first. A broken one does not hide the others: false, with a line about it. */
static bool load_all(const char *cache, json_t ***kernels, unsigned *count)
{
    struct dirent **entries;
    char folder[PATH_MAX + 300], file[PATH_MAX + 320], error[PATH_MAX];
    bool ok = true;
    int n = scandir(cache, &entries, NULL, alphasort);
    *count = 0;
    *kernels = calloc((size_t)(n > 0 ? n : 1), sizeof **kernels);
    for (int i = 0; i < n; i++) {
        snprintf(folder, sizeof folder, "%s/%s", cache, entries[i]->d_name);
        snprintf(file, sizeof file, "%s/kernel.json", folder);
        json_t *kernel = *kernels && access(file, F_OK) == 0 ? kernel_load(folder, error, sizeof error) : NULL;
        if (kernel)
            (*kernels)[(*count)++] = kernel;
        else if (access(file, F_OK) == 0)
            ok = !cli_error("%s", error);
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
    if (*kernels)
        qsort(*kernels, *count, sizeof **kernels, by_date);
    return ok && *kernels;
}

static void print_json(json_t **kernels, unsigned count)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < count; i++)
        json_array_append(list, kernels[i]);
    json_t *object = json_pack("{s:i, s:o}", "version", 1, "kernels", list);
    json_dumpf(object, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(object);
}

int kernel_list_main(int argc, char **argv)
{
    struct options o;
    char cache[PATH_MAX];
    json_t **kernels;
    unsigned count;
    options_parse(&o, argc, argv, "", "The Linux trees that have been built.", "j");
    if (o.count)
        return cli_error("kernel list takes no argument ('%.60s')", o.arguments[0]);
    if (!kernel_cache(cache, sizeof cache))
        return cli_error("no cache: XDG_CACHE_HOME or HOME as an absolute path is right");
    bool ok = load_all(cache, &kernels, &count);
    if (o.json && ok)
        print_json(kernels, count);
    for (unsigned i = 0; i < count; i++) {
        if (!o.json)
            kernel_print(kernels[i]);
        json_decref(kernels[i]);
    }
    if (!o.json && ok && !count)
        printf("nothing has been built: no kernel in %s\n", cache);
    free(kernels);
    return ok ? EXIT_NOTHING_FOUND : EXIT_WRONG_USE;
}
