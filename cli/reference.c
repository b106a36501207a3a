/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/reference.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *reference_print(const struct session *s, const struct schedule *schedule)
{
    char *text = NULL, *choices = schedule_print(s->m, schedule);
    size_t size;
    FILE *f = open_memstream(&text, &size);
    assert(f && choices);
    fprintf(f, "%s:%s/%s", s->scenario->name, s->variant->name,
            s->m->model == MEMORY_SC ? "sc" : "tso");
    for (unsigned i = 0; i < KNOB_COUNT; i++)
        if (s->knobs.value[i])
            fprintf(f, "/%s=%s", knob_table[i].name, knob_table[i].values[s->knobs.value[i]]);
    if (s->mutation[0])
        fprintf(f, "/%s", s->mutation);
    fprintf(f, "#%08x%s%s", reference_image(s), choices[0] ? " " : "", choices);
    fclose(f);
    free(choices);
    return text;
}

/* ---- Parsing ---- */

static bool parse_image(struct reference *r, char *head, char *error)
{
    char *hash = strchr(head, '#');
    if (!hash)
        return true;
    *hash++ = 0;
    if (strlen(hash) != 8 || strspn(hash, "0123456789abcdef") != 8) {
        snprintf(error, SCENARIO_ERROR, "schedule: image '#%.20s'; # and 8 hexadecimal digits are "
                 "right, or nothing", hash);
        return false;
    }
    r->has_image = true;
    r->image = (uint32_t)strtoul(hash, NULL, 16);
    return true;
}

/* The first setting may be the memory model, all others are knobs. */
static bool parse_setting(struct reference *r, const char *part, bool first, char *error)
{
    char what[KNOB_COMPLAINT];
    bool model = !strcmp(part, "tso") || !strcmp(part, "sc");
    if (first && model) {
        r->model = strcmp(part, "sc") ? MEMORY_TSO : MEMORY_SC;
        return true;
    }
    if (strchr(part, '@') && !r->mutation[0] && strlen(part) < sizeof r->mutation) {
        snprintf(r->mutation, sizeof r->mutation, "%s", part);
        return true;
    }
    if (knob_set(&r->knobs, part))
        return true;
    knob_complain(part, what, sizeof what);
    if (model)
        snprintf(error, SCENARIO_ERROR, "schedule: '/%s' comes first and once, behind "
                 "SCENARIO:VARIANT", part);
    else if (strchr(part, '='))
        snprintf(error, SCENARIO_ERROR, "schedule: %s", what);
    else
        snprintf(error, SCENARIO_ERROR, "schedule: '/%.60s' is neither /tso, /sc nor a knob "
                 "/NAME=VALUE; 'irqweave doctor' lists the knobs", part);
    return false;
}

bool reference_parse(struct reference *r, const char *text, char *error)
{
    char head[512], *rest = head;
    size_t length = strcspn(text, " \t\n");
    *r = (struct reference){0};
    if (length >= sizeof head || !memchr(text, ':', length)) {
        snprintf(error, SCENARIO_ERROR, "'%.60s' is neither a file nor a schedule; a schedule "
                 "begins with SCENARIO:VARIANT/tso", text);
        return false;
    }
    snprintf(head, sizeof head, "%.*s", (int)length, text);
    r->choices = text + length + strspn(text + length, " \t\n");
    if (!parse_image(r, head, error))
        return false;
    snprintf(r->name, sizeof r->name, "%.120s", strsep(&rest, "/"));
    bool first = true;
    for (char *part; (part = strsep(&rest, "/")); first = false)
        if (!parse_setting(r, part, first, error))
            return false;
    return true;
}

bool reference_matches(const struct reference *r, const struct session *s, char *error)
{
    if (!r->has_image || r->image == reference_image(s))
        return true;
    snprintf(error, SCENARIO_ERROR, "the schedule was printed for image %08x; %.120s is %08x (other "
             "source or compiler); explore it anew, or leave out '#%08x' to try anyway", r->image,
             s->image.path, reference_image(s), r->image);
    return false;
}

bool image_matches(const struct run_setup *setup, const struct session *s, const char *path,
                   const char *made, char *error)
{
    if (setup->image_hash == s->image.hash)
        return true;
    snprintf(error, SCENARIO_ERROR, "%.100s: %s image %016llx; %.100s is %016llx (other source or "
             "compiler): explore it anew", path, made, (unsigned long long)setup->image_hash,
             s->image.path, (unsigned long long)s->image.hash);
    return false;
}
