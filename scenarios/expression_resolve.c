/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the names of an expression mean: a state of the image, its members and elements; a bit or a value that `states` of the
 * scenario names; what one asks of a core.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "kvm/runtime/marker.h"
#include "scenarios/expression.h"
#include "sim/nearest.h"

static const char *const questions[] = {
    [CORE_PENDING] = "pending", [CORE_IN_SERVICE] = "in_service", [CORE_IN_FLIGHT] = "in_flight",
    [CORE_IN_GUEST] = "in_guest", [CORE_HALTED] = "halted",
    /* From CORE_IN_REGION on, by the number of the region. */
    "in_post", "in_notify", "in_sync", "in_kick", "in_block", "in_wake", "in_ir",
};

static_assert(REGION_POST == 1 && REGION_NOTIFY == 2 && REGION_SYNC == 3 && REGION_KICK == 4 && REGION_BLOCK == 5 &&
              REGION_WAKE == 6 && REGION_IR == 7, "in the order of the questions");

enum { QUESTIONS = sizeof questions / sizeof *questions };

static void name_of(const struct expression *e, const struct expression_node *n, char text[IMAGE_NAME])
{
    snprintf(text, IMAGE_NAME, "%.*s", (int)n->length, e->text + n->at);
}

/* ---- Cores ---- */

/* "core1.pending": is it about a core? Then *core says which, and *what points behind the dot. */
static bool names_core(const char *name, unsigned *core, const char **what)
{
    int length = 0;
    if (sscanf(name, "core%3u.%n", core, &length) != 1 || !length)
        return false;
    *what = name + length;
    return true;
}

static bool resolve_core(struct expression_node *n, const char *name, unsigned core, const char *what,
                         const struct session *s, char *error)
{
    char advice[200];
    unsigned q = 0;
    if (core >= s->m->cores) {
        snprintf(error, SCENARIO_ERROR, "'%s': variant %.40s has %u cores, core0 to core%u", name, s->variant->name,
                 s->m->cores, s->m->cores - 1);
        return false;
    }
    while (q < QUESTIONS && strcmp(questions[q], what))
        q++;
    if (q == QUESTIONS) {
        nearest_advise(advice, sizeof advice, what, questions, QUESTIONS);
        snprintf(error, SCENARIO_ERROR, "'%s': %s", name, advice);
        return false;
    }
    bool of_vector = q <= CORE_IN_FLIGHT;
    if (n->has_argument != of_vector || n->number > 255) {
        snprintf(error, SCENARIO_ERROR, of_vector ? "'%s': a vector from 0 to 255 is right, as in %s(0xf2)"
                                                  : "'%s': no argument is right: %s", name, name);
        return false;
    }
    n->kind = EXPR_CORE;
    n->core = (uint8_t)core;
    n->question = (uint8_t)(q < CORE_IN_REGION ? q : CORE_IN_REGION);
    if (q >= CORE_IN_REGION)
        n->number = q - CORE_IN_REGION + REGION_POST;
    return true;
}

/* ---- Memory ---- */

static const struct scenario_state *described(const struct session *s, const char *name)
{
    size_t stem = strcspn(name, "[");
    for (unsigned i = 0; i < s->scenario->states_count; i++) {
        const char *its = s->scenario->states[i].name;
        if (!strcmp(its, name) || (name[stem] && strlen(its) == stem && !strncmp(its, name, stem)))
            return &s->scenario->states[i];
    }
    return NULL;
}

static bool take_part(struct expression_node *n, const char *name, const struct image_part *part, char *error)
{
    if (part->size > 8 || (part->size & (part->size - 1))) {
        snprintf(error, SCENARIO_ERROR, "'%s' has %llu bytes; a member or an element of 1, 2, 4 or 8 is right", name,
                 (unsigned long long)part->size);
        return false;
    }
    n->kind = EXPR_MEMORY;
    n->address = part->address;
    n->size = (uint8_t)part->size;
    n->shift = (uint8_t)part->shift;
    n->width = (uint8_t)(part->width ? part->width : 8 * part->size);
    return true;
}

/* "pid0.control.ON": a bit that `states` names. */
static bool resolve_bit(struct expression_node *n, const char *name, const struct session *s)
{
    char stem[IMAGE_NAME], ignored[SCENARIO_ERROR];
    const char *dot = strrchr(name, '.');
    struct image_part part;
    if (!dot)
        return false;
    snprintf(stem, sizeof stem, "%.*s", (int)(dot - name), name);
    const struct scenario_state *d = described(s, stem);
    if (!d || !image_part(&s->image, stem, &part, ignored, sizeof ignored) || !take_part(n, stem, &part, ignored))
        return false;
    for (unsigned i = 0; i < d->bits_count; i++) {
        const char *bit_name;
        unsigned bit = scenario_bit(d, i, &bit_name);
        if (strcasecmp(bit_name, dot + 1) || bit >= n->width)
            continue;
        n->shift = (uint8_t)bit;
        n->width = 1;
        return true;
    }
    n->kind = EXPR_NAME;
    return false;
}

/* ---- Names of values ---- */

static bool value_in(const struct scenario_state *d, const char *name, uint64_t *value)
{
    for (unsigned i = 0; d && i < d->values_count; i++) {
        if (strcmp(d->values[i], name))
            continue;
        *value = i;
        return true;
    }
    return false;
}

/* Without knowing what it is compared with: all states that have a value of this name must mean the same. */
static bool value_anywhere(const struct session *s, const char *name, uint64_t *value, bool *ambiguous)
{
    bool found = false;
    for (unsigned i = 0; i < s->scenario->states_count; i++) {
        uint64_t its;
        if (!value_in(&s->scenario->states[i], name, &its))
            continue;
        *ambiguous |= found && its != *value;
        *value = its;
        found = true;
    }
    return found;
}

static bool resolve_value(struct expression_node *n, const char *name, const struct scenario_state *beside,
                          const struct session *s, char *error)
{
    bool ambiguous = false;
    if (!value_in(beside, name, &n->number) && !value_anywhere(s, name, &n->number, &ambiguous))
        return false;
    if (ambiguous)
        snprintf(error, SCENARIO_ERROR, "'%s' is a value of several states; a comparison with one of them, or the number, is right",
                 name);
    n->kind = EXPR_NUMBER;
    return !ambiguous;
}

/* ---- All ---- */

/* Names that can stand alone: states and values. */
static void advise(const struct session *s, const char *name, char *text, size_t size)
{
    const char *names[512];
    unsigned count = 0;
    for (unsigned i = 0; i < s->image.state_count && count < 256; i++)
        names[count++] = s->image.state[i].name;
    for (unsigned i = 0; i < s->scenario->states_count; i++)
        for (unsigned k = 0; k < s->scenario->states[i].values_count && count < 512; k++)
            names[count++] = s->scenario->states[i].values[k];
    nearest_advise(text, size, name, names, count);
}

enum outcome { RESOLVED, WRONG, A_VALUE /* or unknown */ };

static enum outcome resolve_name(const struct expression *e, struct expression_node *n, const struct session *s, char *error)
{
    char name[IMAGE_NAME];
    unsigned core;
    const char *what;
    struct image_part part;
    name_of(e, n, name);
    if (names_core(name, &core, &what))
        return resolve_core(n, name, core, what, s, error) ? RESOLVED : WRONG;
    if (n->has_argument) {
        snprintf(error, SCENARIO_ERROR, "'%s': only coreN.pending, coreN.in_service and coreN.in_flight take a vector", name);
        return WRONG;
    }
    if (image_part(&s->image, name, &part, error, SCENARIO_ERROR)) {
        n->shown = described(s, name);
        return take_part(n, name, &part, error) ? RESOLVED : WRONG;
    }
    return resolve_bit(n, name, s) ? RESOLVED : A_VALUE;
}

/* "vcpu0.requests.TST" where `states` names other bits of it. */
static bool say_bits(const char *name, const struct session *s, char *error)
{
    char stem[IMAGE_NAME], advice[260];
    const char *names[64], *dot = strrchr(name, '.');
    unsigned count = 0;
    snprintf(stem, sizeof stem, "%.*s", (int)(dot ? dot - name : 0), name);
    const struct scenario_state *d = described(s, stem);
    for (; d && count < d->bits_count && count < 64; count++)
        scenario_bit(d, count, &names[count]);
    if (!count)
        return false;
    nearest_advise(advice, sizeof advice, dot + 1, names, count);
    snprintf(error, SCENARIO_ERROR, "'%s': 'states' names no such bit: %s", name, advice);
    return true;
}

/* Of a name that begins with that of a state, what is wrong behind it. */
static bool say_unknown(const char *name, const struct session *s, char *error)
{
    char text[260];
    struct image_part part;
    if (say_bits(name, s, error))
        return false;
    if (!image_part(&s->image, name, &part, text, sizeof text) && strncmp(text, "unknown", 7)) {
        snprintf(error, SCENARIO_ERROR, "'%s': %s", name, text);
        return false;
    }
    advise(s, name, text, sizeof text);
    snprintf(error, SCENARIO_ERROR, "unknown name '%s': %s", name, text);
    return false;
}

/* What is still a name is a value, and what it is compared with says of what. */
static bool resolve_values(struct expression *e, uint8_t at, const struct scenario_state *beside, const struct session *s,
                           char *error)
{
    struct expression_node *n = &e->node[at];
    char name[IMAGE_NAME];
    if (n->kind == EXPR_NAME) {
        name_of(e, n, name);
        return resolve_value(n, name, beside, s, error) || (!error[0] && say_unknown(name, s, error));
    }
    if (n->kind < EXPR_NOT)
        return true;
    const struct expression_node *left = &e->node[n->left], *right = &e->node[n->right];
    bool compared = n->kind >= EXPR_EQUAL && n->kind <= EXPR_AT_LEAST;
    return resolve_values(e, n->left, compared ? right->shown : NULL, s, error) &&
           (n->kind == EXPR_NOT || resolve_values(e, n->right, compared ? left->shown : NULL, s, error));
}

bool expression_resolve(struct expression *e, const struct session *s, char *error)
{
    for (unsigned i = 0; i < e->count; i++)
        if (e->node[i].kind == EXPR_NAME && resolve_name(e, &e->node[i], s, error) == WRONG)
            return false;
    error[0] = 0;
    return resolve_values(e, e->root, NULL, s, error);
}
