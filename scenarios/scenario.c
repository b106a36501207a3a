/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding scenarios and their variants by name. The file format is in scenario_file.c. */
#include "scenarios/scenario_internal.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

const char *scenario_images(void)
{
    static char folder[PATH_MAX];
    const char *given = getenv("IRQWEAVE_IMAGES");
    if (given && given[0])
        return given;
    ssize_t length = readlink("/proc/self/exe", folder, sizeof folder - sizeof "/images");
    folder[length > 0 ? length : 0] = 0;
    char *slash = strrchr(folder, '/');
    strcpy(slash ? slash : folder, "/images");
    return folder;
}

static bool is_scenario(const char *images, const char *name)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/%s/scenario.yaml", images, name);
    return name[0] != '.' && n > 0 && (size_t)n < sizeof path && access(path, R_OK) == 0;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char **scenario_names(const char *images)
{
    unsigned count = 0;
    char **names = calloc(1, sizeof *names);
    DIR *folder = opendir(images);
    for (struct dirent *entry; folder && names && (entry = readdir(folder));) {
        if (!is_scenario(images, entry->d_name))
            continue;
        char **larger = realloc(names, (count + 2) * sizeof *names);
        if (!larger)
            break;
        names = larger;
        names[count++] = strdup(entry->d_name);
        names[count] = NULL;
    }
    if (folder)
        closedir(folder);
    if (names)
        qsort(names, count, sizeof *names, compare_names);
    return names;
}

void scenario_names_free(char **names)
{
    for (unsigned i = 0; names && names[i]; i++)
        free(names[i]);
    free(names);
}

static void say_unknown(char *error, const char *what, const char *name,
                        const char *const *candidates, unsigned count, const char *list)
{
    const char *near = nearest_name(name, candidates, count);
    if (near)
        snprintf(error, SCENARIO_ERROR, "unknown %s '%.60s': did you mean '%s'?", what, name, near);
    else
        snprintf(error, SCENARIO_ERROR, "unknown %s '%.60s': %s", what, name, list);
}

/* Schedules and recordings name the scenario, and are found by that name again. */
static struct scenario *load_named(const char *images, const char *name, char *error)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s/scenario.yaml", images, name);
    struct scenario *s = scenario_load_file(path, error);
    if (!s || !strcmp(s->name, name))
        return s;
    snprintf(error, SCENARIO_ERROR, "%.200s: the name is '%.40s'; '%.60s', that of the folder, is "
             "right", path, s->name, name);
    scenario_free(s);
    return NULL;
}

struct scenario *scenario_load(const char *images, const char *name, char *error)
{
    char **names = scenario_names(images);
    unsigned count = 0;
    bool found = false;
    for (; names && names[count]; count++)
        found |= !strcmp(names[count], name);
    if (found) {
        scenario_names_free(names);
        return load_named(images, name, error);
    }
    if (!count)
        snprintf(error, SCENARIO_ERROR, "%.200s: no scenarios here; set IRQWEAVE_IMAGES to the "
                 "folder that the build calls images", images);
    else
        say_unknown(error, "scenario", name, (const char *const *)names, count,
                    "'irqweave list' names them all");
    scenario_names_free(names);
    return NULL;
}

const struct scenario_variant *scenario_variant(const struct scenario *s, const char *name,
                                                char *error)
{
    const char *names[s->variants_count + 1];
    for (unsigned i = 0; i < s->variants_count; i++) {
        names[i] = s->variants[i].name;
        if (!strcasecmp(names[i], name))
            return &s->variants[i];
    }
    char what[80], advice[400];
    snprintf(what, sizeof what, "variant of %.50s", s->name);
    nearest_advise(advice, sizeof advice, name, names, s->variants_count);
    say_unknown(error, what, name, names, s->variants_count, advice);
    return NULL;
}

/* Why a file of a scenario cannot be used, "no v1.c beside it", "v1.c beside it is no file" ...; "" if it can. */
static const char *what_is_wrong(const char *folder, const char *file, const char *beside)
{
    static char what[160];
    char path[PATH_MAX];
    struct stat is;
    int n = snprintf(path, sizeof path, "%s/%s", folder, file);
    bool there = n > 0 && (size_t)n < sizeof path && !stat(path, &is);
    what[0] = 0;
    if (!there && errno == ENOENT)
        snprintf(what, sizeof what, "no %.60s%s", file, beside);
    else if (!there || access(path, R_OK))
        snprintf(what, sizeof what, "%.60s%s cannot be read (%s)", file, beside, strerror(errno));
    else if (!S_ISREG(is.st_mode))
        snprintf(what, sizeof what, "%.60s%s is no file", file, beside);
    return what;
}

/* Images that the file names, and sources that are there. */
static bool check_sources(const struct scenario *s, const char *folder, char *error)
{
    const char *what = what_is_wrong(folder, "threads.c", " beside it");
    if (what[0]) {
        snprintf(error, SCENARIO_ERROR, "%.150s: %s; the threads of all variants are right there "
                 "(docs/scenarios.md)", s->path, what);
        return false;
    }
    for (unsigned i = 0; i < s->variants_count; i++) {
        const struct scenario_variant *v = &s->variants[i];
        char key[64], file[64];
        snprintf(file, sizeof file, "%.40s.c", v->image);
        what = what_is_wrong(folder, file, " beside it");
        if (v->image[0] == 'v' && !what[0])
            continue;
        snprintf(key, sizeof key, "name: %.40s", v->name);
        unsigned from = scenario_line_of(s->path, key);
        snprintf(key, sizeof key, "image: %.40s", v->image);
        snprintf(error, SCENARIO_ERROR, "%.150s:%u: variant %s: %s; a file v*.c, which may be empty of functions, "
                 "makes the image of that name", s->path, scenario_line_from(s->path, from, key), v->name,
                 what[0] ? what : "its name does not begin with v");
        return false;
    }
    return true;
}

struct scenario *scenario_load_outside(const char *folder, const char *images, const char *called, char *error)
{
    char path[PATH_MAX];
    const char *name = strrchr(folder, '/') + 1;
    const char *what = what_is_wrong(folder, "scenario.yaml", "");
    snprintf(path, sizeof path, "%s/scenario.yaml", called);
    if (what[0]) {
        snprintf(error, SCENARIO_ERROR, "%.200s: %s; a scenario is a folder with scenario.yaml, threads.c and v*.c "
                 "(docs/scenarios.md)", called, what);
        return NULL;
    }
    struct scenario *s = scenario_load_file(path, error);
    if (!s)
        return NULL;
    if (strcmp(s->name, name))
        snprintf(error, SCENARIO_ERROR, "%.150s:%u: the name is '%.40s'; '%.60s', that of the folder, is right", path,
                 scenario_line_of(path, "name:"), s->name, name);
    else if (check_sources(s, folder, error)) {
        free(s->folder);
        free(s->called);
        s->folder = strdup(images);
        s->called = strdup(called);
        return s;
    }
    scenario_free(s);
    return NULL;
}

struct scenario *scenario_open(const char *argument, const struct scenario_variant **variant,
                               char *error)
{
    char name[NAME_MAX + 1];
    const char *colon = strchr(argument, ':');
    size_t length = colon ? (size_t)(colon - argument) : strlen(argument);
    *variant = NULL;
    snprintf(name, sizeof name, "%.*s", (int)(length < NAME_MAX ? length : NAME_MAX), argument);
    struct scenario *s = scenario_load(scenario_images(), name, error);
    if (!s || !colon)
        return s;
    *variant = scenario_variant(s, colon + 1, error);
    if (*variant)
        return s;
    scenario_free(s);
    return NULL;
}

unsigned scenario_bit(const struct scenario_state *d, unsigned index, const char **name)
{
    unsigned long bit = 0, next = 0;
    for (unsigned i = 0; i <= index; i++, next = bit + 1) {
        char *end;
        unsigned long number = strtoul(d->bits[i], &end, 10);
        bool numbered = end != d->bits[i] && *end == ':';
        bit = numbered ? number : next;
        *name = numbered ? end + 1 : d->bits[i];
    }
    return bit > 64 ? 64 : (unsigned)bit;
}
