/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of scenario.yaml as the schema wants it: libcyaml has no value of two forms, so an item of `invariants` and
 * `obligations` that is a name alone becomes {name: NAME}. No line moves, so that messages still name the right one.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <yaml.h>

#include "scenarios/scenario_internal.h"

enum { ITEMS_MAX = 64, TEXT_MAX = 1 << 20 };

/* Characters, as libyaml counts them. */
struct item {
    size_t from, to;
};

struct items {
    unsigned count;
    struct item item[ITEMS_MAX];
};

static bool is_list_key(const yaml_event_t *e)
{
    const char *text = (const char *)e->data.scalar.value;
    return !strcmp(text, "invariants") || !strcmp(text, "obligations");
}

/* Where the parser is: `depth` collections deep; inside a list that we look for its items are at depth 2. */
struct place {
    unsigned depth;
    bool expects_value; /* at depth 1: the last scalar was a key */
    bool in_list;
};

static void look(struct place *p, const yaml_event_t *e, bool key_is_ours, struct items *found)
{
    bool opens = e->type == YAML_MAPPING_START_EVENT || e->type == YAML_SEQUENCE_START_EVENT;
    bool closes = e->type == YAML_MAPPING_END_EVENT || e->type == YAML_SEQUENCE_END_EVENT;
    if (opens && p->depth == 1 && e->type == YAML_SEQUENCE_START_EVENT && p->expects_value && key_is_ours)
        p->in_list = true;
    if (e->type == YAML_SCALAR_EVENT && p->depth == 2 && p->in_list && found->count < ITEMS_MAX)
        found->item[found->count++] = (struct item){e->start_mark.index, e->end_mark.index};
    p->depth += opens;
    p->depth -= closes;
    if (closes && p->depth == 1)
        p->in_list = false;
    if (p->depth == 1 && (closes || e->type == YAML_SCALAR_EVENT))
        p->expects_value = !p->expects_value;
}

/* False: it is no YAML, and libcyaml will say so. */
static bool find_items(const char *text, size_t size, struct items *found)
{
    yaml_parser_t parser;
    yaml_event_t event;
    struct place place = {0};
    bool ok, ours = false, going = true;
    if (!yaml_parser_initialize(&parser))
        return false;
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, size);
    while (going && (ok = yaml_parser_parse(&parser, &event))) {
        if (event.type == YAML_SCALAR_EVENT && place.depth == 1 && !place.expects_value)
            ours = is_list_key(&event);
        look(&place, &event, ours, found);
        going = event.type != YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return ok;
}

static bool begins_character(char c)
{
    return (c & 0xc0) != 0x80;
}

/* The text with both braces around each item. */
static char *wrap(const char *text, size_t size, const struct items *items, size_t *length)
{
    char *to = malloc(size + ITEMS_MAX * sizeof "{name: }" + 1);
    size_t used = 0, character = 0;
    unsigned next = 0;
    for (size_t i = 0; to && i <= size; i++) {
        if (i == size || begins_character(text[i])) {
            if (next < items->count && character == items->item[next].to) {
                to[used++] = '}';
                next++;
            }
            if (next < items->count && character == items->item[next].from) {
                memcpy(to + used, "{name: ", 7);
                used += 7;
            }
            character++;
        }
        if (i < size)
            to[used++] = text[i];
    }
    *length = used;
    return to;
}

/* What the file holds, TEXT_MAX at most. */
static char *read_all(const char *path, size_t *size, char *error)
{
    struct stat is;
    FILE *f = fopen(path, "rb");
    char *text = f ? malloc(TEXT_MAX) : NULL;
    bool file = f && !fstat(fileno(f), &is) && S_ISREG(is.st_mode);
    const char *why = f ? "is no file" : strerror(errno);
    *size = text && file ? fread(text, 1, TEXT_MAX, f) : 0;
    bool whole = text && file && !ferror(f) && *size < TEXT_MAX;
    if (file)
        why = "larger than a megabyte, or not to be read";
    if (f)
        fclose(f);
    if (whole)
        return text;
    free(text);
    snprintf(error, SCENARIO_ERROR, "%.200s: %s; a file that can be read is right", path, why);
    return NULL;
}

char *scenario_text(const char *path, size_t *length, char *error)
{
    struct items items = {0};
    size_t size = 0;
    char *text = read_all(path, &size, error), *wrapped;
    if (!text)
        return NULL;
    if (!find_items(text, size, &items))
        items.count = 0;
    wrapped = wrap(text, size, &items, length);
    free(text);
    if (!wrapped)
        snprintf(error, SCENARIO_ERROR, "%.200s: no memory for it", path);
    return wrapped;
}
