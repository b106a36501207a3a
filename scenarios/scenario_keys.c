/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What libcyaml does not say or does not see, looked up in the schema: which keys there are where an unknown one stands, and
 * numbers with something behind them ("1.5", "2x"), of which it takes the beginning.
 */
#include <stdio.h>
#include <string.h>
#include <yaml.h>

#include "scenarios/scenario_internal.h"
#include "sim/nearest.h"

enum { KEYS_MAX = 32, DEPTH_MAX = 16 };

/* ---- Keys ---- */

/* Of a mapping, or of the mappings in a list. NULL: it has none. */
static const cyaml_schema_field_t *fields_of(const cyaml_schema_value_t *value)
{
    if (value->type == CYAML_SEQUENCE)
        value = value->sequence.entry;
    return value->type == CYAML_MAPPING ? value->mapping.fields : NULL;
}

/* Of the mapping that is below the key `field`. */
static const cyaml_schema_field_t *fields_below(const cyaml_schema_value_t *value, const char *field)
{
    for (const cyaml_schema_field_t *f = fields_of(value); f && f->key; f++) {
        const cyaml_schema_field_t *its = fields_of(&f->value);
        if (its && strcmp(f->key, field))
            its = fields_below(&f->value, field);
        if (its)
            return its;
    }
    return NULL;
}

void scenario_advise_key(const char *field, const char *key, char *advice, size_t size)
{
    const char *names[KEYS_MAX];
    unsigned count = 0;
    const cyaml_schema_field_t *f = field[0] ? fields_below(&scenario_schema, field) : NULL;
    for (f = f ? f : fields_of(&scenario_schema); f->key && count < KEYS_MAX; f++)
        if (f->value.type != CYAML_IGNORE)
            names[count++] = f->key;
    nearest_advise(advice, size, key, names, count);
}

/* ---- Numbers ---- */

/* The type of what stands behind a key, or in its list. Keys of one name are of one type as far as numbers go. */
static cyaml_type_e type_behind(const cyaml_schema_value_t *value, const char *key)
{
    for (const cyaml_schema_field_t *f = fields_of(value); f && f->key; f++) {
        const cyaml_schema_value_t *its = f->value.type == CYAML_SEQUENCE ? f->value.sequence.entry : &f->value;
        cyaml_type_e type = strcmp(f->key, key) ? type_behind(&f->value, key) : its->type;
        if (type != CYAML_IGNORE)
            return type;
    }
    return CYAML_IGNORE;
}

/* Not "010", which would be 8. */
static bool is_number(const char *text)
{
    if (!strncmp(text, "0x", 2))
        return text[2] && !text[2 + strspn(text + 2, "0123456789abcdefABCDEF")];
    return text[0] && !text[strspn(text, "0123456789")] && (text[0] != '0' || !text[1]);
}

/* Where the events are: in mappings, with the key last seen, and in lists. */
struct place {
    unsigned depth;
    bool in_list[DEPTH_MAX], has_key[DEPTH_MAX];
    char key[DEPTH_MAX][40];
};

static bool opens(const yaml_event_t *e)
{
    return e->type == YAML_MAPPING_START_EVENT || e->type == YAML_SEQUENCE_START_EVENT;
}

/* Keys of lists go down to what is in them. False: deeper than the schema. */
static bool enter(struct place *p, const yaml_event_t *e)
{
    if (p->depth + 1 >= DEPTH_MAX)
        return false;
    const char *key = p->key[p->depth++];
    p->in_list[p->depth] = e->type == YAML_SEQUENCE_START_EVENT;
    p->has_key[p->depth] = false;
    snprintf(p->key[p->depth], sizeof p->key[0], "%s", p->in_list[p->depth] ? key : "");
    return true;
}

/* A value, of whatever kind, stands behind the key that was waiting for it. */
static void value_done(struct place *p)
{
    p->has_key[p->depth] = false;
}

/* False: a value of a number's key that is none. */
static bool take_scalar(struct place *p, const char *text)
{
    unsigned d = p->depth;
    if (!p->in_list[d] && !p->has_key[d]) {
        p->has_key[d] = true;
        snprintf(p->key[d], sizeof p->key[0], "%s", text);
        return true;
    }
    value_done(p);
    return type_behind(&scenario_schema, p->key[d]) != CYAML_UINT || is_number(text);
}

static bool take(struct place *p, const yaml_event_t *e)
{
    if (e->type == YAML_SCALAR_EVENT)
        return take_scalar(p, (const char *)e->data.scalar.value);
    if (opens(e))
        return enter(p, e);
    if ((e->type == YAML_MAPPING_END_EVENT || e->type == YAML_SEQUENCE_END_EVENT) && p->depth) {
        p->depth--;
        value_done(p);
    }
    return true;
}

unsigned scenario_odd_number(const char *text, size_t size, char *number, size_t number_size)
{
    yaml_parser_t parser;
    yaml_event_t e;
    struct place place = {0};
    unsigned line = 0;
    bool going = yaml_parser_initialize(&parser);
    if (!going)
        return 0;
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, size);
    while (going && yaml_parser_parse(&parser, &e)) {
        if (!take(&place, &e)) {
            going = false;
            line = e.type == YAML_SCALAR_EVENT ? (unsigned)e.start_mark.line + 1 : 0;
            snprintf(number, number_size, "%s", line ? (const char *)e.data.scalar.value : "");
        }
        going &= e.type != YAML_STREAM_END_EVENT;
        yaml_event_delete(&e);
    }
    yaml_parser_delete(&parser);
    return line;
}
