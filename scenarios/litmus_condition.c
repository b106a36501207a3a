/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The final condition and `locations`: which registers and locations are looked at, and the
 * proposition about them. Operators as herd7 reads them, the ones that bind tighter first:
 * not, =>, /\, \/.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/litmus_internal.h"

enum { NESTING = 100 };

struct condition {
    struct scanner *s;
    struct litmus_test *t;
    unsigned depth;
};

/* ---- Items ---- */

static bool same_item(const struct litmus_item *a, const struct litmus_item *b)
{
    if (a->is_register != b->is_register)
        return false;
    if (a->is_register)
        return a->thread == b->thread && a->reg == b->reg;
    return a->location == b->location && a->element == b->element;
}

static int add_item(struct litmus_test *t, const struct litmus_item *item, bool shown)
{
    unsigned i = 0;
    while (i < t->items && !same_item(&t->item[i], item))
        i++;
    if (i == LITMUS_ITEMS)
        return -1;
    if (i == t->items)
        t->item[t->items++] = *item;
    t->shown[i] |= shown;
    return (int)i;
}

static bool parse_element(struct scanner *s, struct litmus_test *t, struct litmus_item *item)
{
    const struct litmus_location *l = &t->location[item->location];
    uint64_t element;
    if (!scan_accept(s, "["))
        return true;
    if (!scan_number(s, &element) || element >= l->elements)
        return scan_fail(s, "'%.40s' has elements 0 to %u", l->name, l->elements - 1u);
    if (l->is_array)
        item->element = (int16_t)element;
    return scan_expect(s, "]", "the element of an array");
}

static bool parse_location(struct scanner *s, struct litmus_test *t, struct litmus_item *item)
{
    char name[LITMUS_NAME], token[32];
    bool bracketed = scan_accept(s, "[");
    if (!bracketed)
        scan_accept(s, "*");
    if (!scan_name(s, name))
        return scan_fail(s, "a register ('0:%s') or a location ('x') is expected before %s",
                         t->arch == LITMUS_X86 ? "EAX" : "rax", scan_token(s, token));
    int found = litmus_location_find(t, name);
    if (found < 0)
        return scan_fail(s, "no location '%.40s': neither the initial state nor the code names it",
                         name);
    *item = (struct litmus_item){.location = (uint16_t)found, .element = -1};
    return bracketed ? scan_expect(s, "]", "a location") : parse_element(s, t, item);
}

/* Reads a register or location; its index among the items, -1 if there is none. */
static int parse_item(struct scanner *s, struct litmus_test *t)
{
    struct litmus_item item;
    bool ok = litmus_at_register(s) ? litmus_parse_register(s, t, &item)
                                    : parse_location(s, t, &item);
    if (!ok)
        return -1;
    int i = add_item(t, &item, true);
    if (i < 0)
        scan_fail(s, "the condition names more than %d things", LITMUS_ITEMS);
    return i;
}

bool litmus_parse_locations(struct scanner *s, struct litmus_test *t)
{
    char name[LITMUS_NAME];
    if (!scan_word(s, "locations"))
        return true;
    if (!scan_expect(s, "[", "locations"))
        return false;
    while (!scan_accept(s, "]")) {
        if (parse_item(s, t) < 0)
            return false;
        scan_name(s, name); /* a type, which the initial state has said already */
        scan_accept(s, "*");
        if (!scan_accept(s, ";") && scan_peek(s) != ']')
            return scan_fail(s, "locations: ';' or ']' is expected");
    }
    return true;
}

/* ---- Nodes ---- */

static int add_prop(struct condition *c, struct litmus_prop prop)
{
    struct litmus_test *t = c->t;
    if (t->props == LITMUS_PROPS) {
        scan_fail(c->s, "the condition has more than %d parts", LITMUS_PROPS);
        return -1;
    }
    t->prop[t->props] = prop;
    return (int)t->props++;
}

static int add_binary(struct condition *c, enum litmus_operator op, int left, int right)
{
    if (left < 0 || right < 0)
        return -1;
    return add_prop(c, (struct litmus_prop){.op = (uint8_t)op, .left = (uint16_t)left,
                                            .right = (uint16_t)right});
}

static int add_not(struct condition *c, int operand)
{
    return add_binary(c, PROP_NOT, operand, operand);
}

/* ---- Atoms ---- */

static bool add_value(struct condition *c)
{
    struct litmus_test *t = c->t;
    if (t->values == LITMUS_PROPS)
        return scan_fail(c->s, "the condition has more than %d values", LITMUS_PROPS);
    return litmus_parse_value(c->s, t, false, &t->value[t->values++]);
}

static int parse_array_value(struct condition *c, struct litmus_prop prop)
{
    struct litmus_test *t = c->t;
    unsigned width = litmus_item_width(t, &t->item[prop.item]);
    prop.first_value = (uint16_t)t->values;
    do {
        if (!add_value(c))
            return -1;
    } while (scan_accept(c->s, ","));
    prop.values = (uint16_t)(t->values - prop.first_value);
    if (prop.values != width) {
        scan_fail(c->s, "%u values are compared with %u", prop.values, width);
        return -1;
    }
    return scan_expect(c->s, "}", "the values of an array") ? add_prop(c, prop) : -1;
}

static bool is_whole_array(const struct litmus_test *t, int item)
{
    return item >= 0 && litmus_item_width(t, &t->item[item]) > 1;
}

static int parse_right_side(struct condition *c, unsigned item)
{
    struct litmus_prop prop = {.op = PROP_EQUAL, .item = (uint16_t)item, .values = 1};
    char c0 = scan_peek(c->s);
    if (scan_accept(c->s, "{"))
        return parse_array_value(c, prop);
    int other = -1;
    if (litmus_at_register(c->s) || c0 == '[' || c0 == '*') {
        other = parse_item(c->s, c->t);
        prop.op = PROP_SAME;
        prop.other = (uint16_t)other;
        if (other < 0)
            return -1;
    }
    if (is_whole_array(c->t, (int)item) || is_whole_array(c->t, other)) {
        scan_fail(c->s, "an array is compared with values in braces, or element by element");
        return -1;
    }
    if (prop.op == PROP_SAME)
        return add_prop(c, prop);
    prop.first_value = (uint16_t)c->t->values;
    return add_value(c) ? add_prop(c, prop) : -1;
}

static int parse_atom(struct condition *c)
{
    char token[32];
    int item = parse_item(c->s, c->t);
    if (item < 0)
        return -1;
    if (scan_accept(c->s, "!=") || scan_accept(c->s, "<>"))
        return add_not(c, parse_right_side(c, (unsigned)item));
    if (scan_accept(c->s, "==") || scan_accept(c->s, "="))
        return parse_right_side(c, (unsigned)item);
    scan_fail(c->s, "condition: '=' is expected before %s", scan_token(c->s, token));
    return -1;
}

/* ---- Operators ---- */

static int parse_or(struct condition *);

static int parse_parenthesis(struct condition *c)
{
    int inner = parse_or(c);
    if (inner < 0)
        return -1;
    return scan_expect(c->s, ")", "condition") ? inner : -1;
}

static int parse_unary(struct condition *c)
{
    int result;
    if (c->depth == NESTING) {
        scan_fail(c->s, "the condition nests deeper than %d", NESTING);
        return -1;
    }
    c->depth++;
    if (scan_accept(c->s, "~") || scan_word(c->s, "not"))
        result = add_not(c, parse_unary(c));
    else if (scan_accept(c->s, "("))
        result = parse_parenthesis(c);
    else if (scan_word(c->s, "true"))
        result = add_prop(c, (struct litmus_prop){.op = PROP_TRUE});
    else if (scan_word(c->s, "false"))
        result = add_prop(c, (struct litmus_prop){.op = PROP_FALSE});
    else
        result = parse_atom(c);
    c->depth--;
    return result;
}

/* To the right: a => b => c is a => (b => c). */
static int parse_implies(struct condition *c)
{
    int left = parse_unary(c);
    if (left < 0 || !scan_accept(c->s, "=>"))
        return left;
    if (c->depth == NESTING) {
        scan_fail(c->s, "the condition nests deeper than %d", NESTING);
        return -1;
    }
    c->depth++;
    int right = parse_implies(c);
    c->depth--;
    return add_binary(c, PROP_IMPLIES, left, right);
}

static int parse_and(struct condition *c)
{
    int left = parse_implies(c);
    while (left >= 0 && scan_accept(c->s, "/\\"))
        left = add_binary(c, PROP_AND, left, parse_implies(c));
    return left;
}

static int parse_or(struct condition *c)
{
    int left = parse_and(c);
    while (left >= 0 && scan_accept(c->s, "\\/"))
        left = add_binary(c, PROP_OR, left, parse_and(c));
    return left;
}

/* ---- The whole ---- */

static bool parse_quantifier(struct scanner *s, struct litmus_test *t)
{
    char token[32];
    if (scan_accept(s, "~")) {
        t->quantifier = LITMUS_NOT_EXISTS;
        return scan_word(s, "exists") || scan_fail(s, "'~' is expected before 'exists' only");
    }
    if (scan_word(s, "forall")) {
        t->quantifier = LITMUS_FORALL;
        return true;
    }
    t->quantifier = LITMUS_EXISTS;
    if (scan_word(s, "exists") || scan_word(s, "final"))
        return true;
    if (!scan_peek(s))
        return scan_fail(s, "no final condition; 'exists (...)', '~exists (...)' or 'forall (...)' "
                            "ends a test");
    return scan_fail(s, "'exists', '~exists' or 'forall' is expected before %s",
                     scan_token(s, token));
}

/* What follows a condition is for other tools; but these go on with the condition itself. */
static bool check_end(struct scanner *s)
{
    char token[32];
    if (scan_peek(s) && strchr("/\\)=&|,:]!*", *s->at))
        return scan_fail(s, "condition: an operator or the end is expected before %s",
                         scan_token(s, token));
    return true;
}

bool litmus_parse_condition(struct scanner *s, struct litmus_test *t)
{
    struct condition c = {.s = s, .t = t};
    t->prop = calloc(LITMUS_PROPS, sizeof *t->prop);
    t->value = calloc(LITMUS_PROPS, sizeof *t->value);
    assert(t->prop && t->value);
    return parse_quantifier(s, t) && parse_or(&c) >= 0 && check_end(s);
}
