/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of `states` that no image of the scenario has: they would show nothing, and nobody would notice. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/scenario_internal.h"
#include "scenarios/states.h"
#include "sim/nearest.h"

/* What the timeline calls registers of a virtual-APIC page, of which the source knows nothing. */
static bool names_register(const struct image *image, const char *name)
{
    static const char *const registers[] = {"vIRR", "vISR", "vTPR", "vPPR", "vEOI"};
    char page[sizeof ((struct image_state *)NULL)->name];
    const char *dot = strchr(name, '.');
    if (!dot || strncmp(name, "vapic", 5) || dot - name >= (int)sizeof page)
        return false;
    snprintf(page, sizeof page, "%.*s", (int)(dot - name), name);
    for (unsigned i = 0; i < sizeof registers / sizeof *registers; i++)
        if (!strcmp(registers[i], dot + 1))
            return image_state(image, page);
    return false;
}

static bool has(const struct image *image, const char *name)
{
    struct image_part part;
    char ignored[SCENARIO_ERROR];
    return names_register(image, name) || image_part(image, name, &part, ignored, sizeof ignored);
}

/* In an image of another variant? One that cannot be loaded is somebody else's to complain about. */
static bool in_image(const struct session *s, const char *image_name, const char *name)
{
    char path[PATH_MAX], ignored[SCENARIO_ERROR];
    struct image image;
    uint8_t *ram = calloc(1, s->m->memory.size);
    int n = snprintf(path, sizeof path, "%s/%s.elf", s->scenario->folder, image_name);
    bool loaded = ram && n > 0 && (size_t)n < sizeof path &&
                  image_load(&image, path, ram, s->m->memory.size, s->image.base, ignored, sizeof ignored);
    bool found = !loaded || has(&image, name);
    if (loaded)
        image_unload(&image);
    free(ram);
    return found;
}

static bool in_any(const struct session *s, const char *name)
{
    if (has(&s->image, name))
        return true;
    for (unsigned i = 0; i < s->scenario->variants_count; i++) {
        const char *image = s->scenario->variants[i].image;
        bool first = strcmp(image, s->variant->image);
        for (unsigned k = 0; first && k < i; k++)
            first = strcmp(image, s->scenario->variants[k].image);
        if (first && in_image(s, image, name))
            return true;
    }
    return false;
}

bool states_check(const struct session *s, char *error)
{
    const struct scenario *scenario = s->scenario;
    for (unsigned i = 0; i < scenario->states_count; i++) {
        const char *name = scenario->states[i].name, *names[s->image.state_count + 1];
        char advice[240];
        if (in_any(s, name))
            continue;
        for (unsigned k = 0; k < s->image.state_count; k++)
            names[k] = s->image.state[k].name;
        nearest_advise(advice, sizeof advice, name, names, s->image.state_count);
        snprintf(error, SCENARIO_ERROR, "%.150s:%u: no image has a state '%.40s': %s", scenario->path,
                 scenario_line_from(scenario->path, scenario_line_of(scenario->path, "states:"), name), name, advice);
        return false;
    }
    return true;
}
