/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The initial state of a litmus test: what stands between its first braces. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/litmus_internal.h"

static int known_location(struct scanner *s, struct litmus_test *t, const char *name, bool add)
{
    if (add)
        return litmus_location(t, name, s->error, s->line);
    int found = litmus_location_find(t, name);
    if (found < 0)
        scan_fail(s, "no location '%.40s' in this test", name);
    return found;
}

static bool parse_address(struct scanner *s, struct litmus_test *t, bool add,
                          struct litmus_value *v)
{
    char name[LITMUS_NAME], token[32];
    uint64_t element;
    if (!scan_name(s, name))
        return scan_fail(s, "a number or the name of a location is expected before %s",
                         scan_token(s, token));
    int location = known_location(s, t, name, add);
    if (location < 0)
        return false;
    *v = (struct litmus_value){.is_address = true, .location = (uint16_t)location};
    if (!scan_accept(s, "["))
        return true;
    if (!scan_number(s, &element) || element >= LITMUS_ELEMENTS)
        return scan_fail(s, "'%.40s[': a number from 0 to %d is expected", name,
                         LITMUS_ELEMENTS - 1);
    v->number = element * litmus_location_size(&t->location[location]);
    return scan_expect(s, "]", "the element of an array");
}

bool litmus_parse_value(struct scanner *s, struct litmus_test *t, bool add, struct litmus_value *v)
{
    *v = (struct litmus_value){0};
    if (scan_number(s, &v->number))
        return true;
    scan_accept(s, "&");
    return parse_address(s, t, add, v);
}

/* ---- Registers ---- */

static bool init_register(struct scanner *s, struct litmus_test *t, const struct litmus_type *type)
{
    struct litmus_item item;
    if (!litmus_parse_register(s, t, &item))
        return false;
    struct litmus_register *r = &t->thread[item.thread].reg[item.reg];
    if (type)
        r->type = type;
    if (!scan_accept(s, "="))
        return true;
    if (r->has_initial)
        return scan_fail(s, "a second initial value for %s",
                         litmus_reg_print(t->arch, item.reg, r->shown_size));
    r->has_initial = true;
    return litmus_parse_value(s, t, true, &r->initial);
}

/* ---- Locations ---- */

static bool init_array(struct scanner *s, struct litmus_test *t, struct litmus_location *l)
{
    uint64_t count;
    if (!scan_number(s, &count) || !count || count > LITMUS_ELEMENTS)
        return scan_fail(s, "array '%.40s': a size from 1 to %d is expected", l->name,
                         LITMUS_ELEMENTS);
    if (l->is_array)
        return scan_fail(s, "array '%.40s' is declared twice", l->name);
    l->is_array = true;
    l->elements = (uint16_t)count;
    if (!scan_expect(s, "]", "the size of an array") || !scan_accept(s, "="))
        return !s->error->text[0];
    if (!scan_expect(s, "{", "the values of an array"))
        return false;
    for (unsigned i = 0; i < count; i++) {
        if (i && !scan_accept(s, ","))
            return scan_fail(s, "array '%.40s' has %u values; its size is %u", l->name, i,
                             (unsigned)count);
        if (!litmus_parse_value(s, t, true, &l->initial[i]))
            return false;
    }
    if (scan_peek(s) == ',')
        return scan_fail(s, "array '%.40s' has more than %u values", l->name, (unsigned)count);
    return scan_expect(s, "}", "the values of an array");
}

static bool init_value(struct scanner *s, struct litmus_test *t, struct litmus_location *l)
{
    if (!scan_accept(s, "="))
        return true;
    if (l->has_initial)
        return scan_fail(s, "a second initial value for '%.40s'", l->name);
    l->has_initial = true;
    return litmus_parse_value(s, t, true, &l->initial[0]);
}

static bool init_location(struct scanner *s, struct litmus_test *t, const char *name,
                          const struct litmus_type *type, bool bracketed)
{
    int i = litmus_location(t, name, s->error, s->line);
    if (i < 0)
        return false;
    struct litmus_location *l = &t->location[i];
    if (type)
        l->type = type;
    if (bracketed && !scan_expect(s, "]", "a location"))
        return false;
    if (!bracketed && scan_accept(s, "["))
        return init_array(s, t, l);
    return init_value(s, t, l);
}

/* ---- A declaration ---- */

static const struct litmus_type *find_type(struct scanner *s, const char *name)
{
    const struct litmus_type *type = litmus_type_find(name);
    if (!type)
        scan_fail(s, "no type '%.40s'; int, int8_t to int64_t and uint8_t to uint64_t are known",
                  name);
    return type;
}

static const struct litmus_type *pointer_type(const struct litmus_test *t)
{
    return litmus_type_find(t->arch == LITMUS_X86 ? "int" : "intptr_t");
}

/* Behind a name: does it name a type, so that what is declared follows? */
static bool names_type(struct scanner *s)
{
    char c = scan_peek(s);
    if (c == '[') {
        const char *p = s->at + 1 + strspn(s->at + 1, " \t");
        return !isdigit((unsigned char)*p);
    }
    return c == '*' || c == '_' || isalnum((unsigned char)c);
}

static bool parse_target(struct scanner *s, struct litmus_test *t, const struct litmus_type *type)
{
    char name[LITMUS_NAME], token[32];
    if (litmus_at_register(s))
        return init_register(s, t, type);
    bool bracketed = scan_accept(s, "[");
    if (!scan_name(s, name))
        return scan_fail(s, "initial state: 'x=0', '0:%s=0' or a type and a name are right, not %s",
                         t->arch == LITMUS_X86 ? "EAX" : "rax", scan_token(s, token));
    return init_location(s, t, name, type, bracketed);
}

static bool parse_declaration(struct scanner *s, struct litmus_test *t)
{
    char name[LITMUS_NAME];
    scan_word(s, "_Atomic");
    struct scanner start = *s;
    if (litmus_at_register(s) || scan_peek(s) == '[')
        return parse_target(s, t, NULL);
    if (scan_accept(s, "*"))
        return parse_target(s, t, pointer_type(t));
    if (!scan_name(s, name) || !names_type(s)) {
        *s = start;
        return !s->error->text[0] && parse_target(s, t, NULL);
    }
    const struct litmus_type *type = find_type(s, name);
    if (type && scan_accept(s, "*"))
        type = pointer_type(t);
    return type && parse_target(s, t, type);
}

bool litmus_parse_init(struct scanner *s, struct litmus_test *t)
{
    char token[32];
    while (scan_peek(s) != '}') {
        if (scan_accept(s, ";"))
            continue;
        if (!scan_peek(s))
            return scan_fail(s, "the initial state does not end; '}' closes it");
        if (!parse_declaration(s, t))
            return false;
        if (scan_peek(s) != ';' && scan_peek(s) != '}')
            return scan_fail(s, "initial state: ';' or '}' is expected before %s",
                             scan_token(s, token));
    }
    s->at++;
    return true;
}
