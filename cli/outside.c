/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scenarios outside the tree: a folder anywhere. Its images are built as those of the tree are (kvm/outside), in a folder
 * beside this program, so that the user's own holds nothing but what the user wrote.
 */
#include <ctype.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "cli/cli.h"
#include "cli/script.h"

static bool is_folder(const char *argument)
{
    return strchr(argument, '/') || !strcmp(argument, ".") || !strcmp(argument, "..");
}

/* Where it is built: build/PRESET/outside/NAME-HASH. Folders of one name are told apart by where they are. */
static bool build_folder(const char *folder, char *path, size_t size, char *error)
{
    char program[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    program[length > 0 ? length : 0] = 0;
    int n = snprintf(path, size, "%s/outside", dirname(program));
    mkdir(path, 0777);
    n += snprintf(path + n, size - (size_t)n, "/%s-%08x", strrchr(folder, '/') + 1,
                  (unsigned)(XXH64(folder, strlen(folder), 0) >> 32));
    if ((size_t)n < size)
        return true;
    snprintf(error, SCENARIO_ERROR, "%.200s: the path is too long", folder);
    return false;
}

/* What it prints is why it failed. */
static bool build_images(const char *folder, const char *build, const char *called, char *error)
{
    char text[480];
    const char *script[] = {IRQWEAVE_KVM_DIR "/outside/build.sh", folder, build, IRQWEAVE_CC, NULL};
    if (isatty(STDERR_FILENO) && access(build, F_OK))
        fprintf(stderr, "irqweave: building %s ...\n", called);
    if (script_run(script, text, sizeof text) == 0)
        return true;
    snprintf(error, SCENARIO_ERROR, "%.460s", text[0] ? text : "the images cannot be built: cmake, ninja and a shell are needed");
    return false;
}

/* Names of scenarios become parts of schedules: SCENARIO:VARIANT/tso#... */
static bool plain_path(const char *called, char *error)
{
    if (called[0] && !called[strcspn(called, ": \t\n#'\"")])
        return true;
    snprintf(error, SCENARIO_ERROR, "'%.200s': a folder whose path has no blank, colon, quote or # is right", called);
    return false;
}

/* "." and links lead to folders of other names, and the scenario has that of the folder. */
static bool plain_name(const char *name, const char *called, char *error)
{
    if (isalnum((unsigned char)name[0]) && !name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")])
        return true;
    snprintf(error, SCENARIO_ERROR, "%.200s: the folder is called '%.100s'; a name of letters, digits, '-', '_' and '.' is right", called,
             name);
    return false;
}

static struct scenario *load(const char *called, char *error)
{
    struct stat is;
    char folder[PATH_MAX], build[PATH_MAX], images[2 * PATH_MAX];
    if (!plain_path(called, error))
        return NULL;
    if (!realpath(called, folder) || !strcmp(folder, "/")) {
        snprintf(error, SCENARIO_ERROR, "%.200s: no such folder", called);
        return NULL;
    }
    if (!stat(folder, &is) && !S_ISDIR(is.st_mode)) {
        snprintf(error, SCENARIO_ERROR, "%.200s: a file; the folder of a scenario is right", called);
        return NULL;
    }
    if (!plain_name(strrchr(folder, '/') + 1, called, error))
        return NULL;
    if (!build_folder(folder, build, sizeof build, error))
        return NULL;
    snprintf(images, sizeof images, "%s/images/%s", build, strrchr(folder, '/') + 1);
    struct scenario *s = scenario_load_outside(folder, images, called, error);
    if (!s || build_images(folder, build, called, error))
        return s;
    scenario_free(s);
    return NULL;
}

/* Of the tree. A folder of that name here is what was meant if the tree has none. */
static struct scenario *open_inside(const char *argument, const char *name, const struct scenario_variant **variant,
                                    char *error)
{
    char file[PATH_MAX];
    struct scenario *s = scenario_open(argument, variant, error);
    int n = snprintf(file, sizeof file, "%.400s/scenario.yaml", name);
    if (!s && n > 0 && !strncmp(error, "unknown scenario", 16) && access(file, F_OK) == 0)
        snprintf(error, SCENARIO_ERROR, "unknown scenario '%.60s': for the folder of that name './%.200s' is right", name,
                 argument);
    return s;
}

struct scenario *outside_open(const char *argument, const struct scenario_variant **variant, char *error)
{
    char called[PATH_MAX];
    const char *colon = strchr(argument, ':');
    size_t length = colon ? (size_t)(colon - argument) : strlen(argument);
    snprintf(called, sizeof called, "%.*s", (int)(length < PATH_MAX ? length : PATH_MAX - 1), argument);
    if (!is_folder(called))
        return open_inside(argument, called, variant, error);
    while (length > 1 && called[length - 1] == '/')
        called[--length] = 0;
    if (!strchr(called, '/') && length + 3 < sizeof called) { /* a schedule would take it for a name */
        memmove(called + 2, called, length + 1);
        memcpy(called, "./", 2);
    }
    struct scenario *s = load(called, error);
    *variant = NULL;
    if (!s || !colon)
        return s;
    *variant = scenario_variant(s, colon + 1, error);
    if (*variant)
        return s;
    scenario_free(s);
    return NULL;
}
