/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Items of final states: their order, type and print; and what a condition says about a state. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/litmus_internal.h"

/* ---- Order: as herd7 prints them ---- */

struct sorted {
    struct litmus_item item;
    bool shown;
    unsigned was;
    const struct litmus_test *t;
};

static int compare(const void *left, const void *right)
{
    const struct sorted *a = left, *b = right;
    if (a->item.is_register != b->item.is_register)
        return a->item.is_register ? -1 : 1;
    if (!a->item.is_register) {
        int names = strcmp(a->t->location[a->item.location].name,
                           b->t->location[b->item.location].name);
        return names ? names : a->item.element - b->item.element;
    }
    unsigned p = a->t->thread[a->item.thread].number, q = b->t->thread[b->item.thread].number;
    if (p != q)
        return p < q ? -1 : 1;
    return (int)litmus_reg_rank(a->item.reg) - (int)litmus_reg_rank(b->item.reg);
}

/* Everything that the test names and the condition does not. */
static bool add_unshown(struct litmus_test *t, const struct litmus_item *item)
{
    for (unsigned i = 0; i < t->items; i++) {
        const struct litmus_item *o = &t->item[i];
        if (item->is_register ? o->is_register && o->thread == item->thread && o->reg == item->reg
                              : !o->is_register && o->location == item->location &&
                                    o->element == item->element)
            return true;
    }
    if (t->items == LITMUS_ITEMS)
        return false;
    t->item[t->items++] = *item;
    return true;
}

static bool add_all(struct litmus_test *t)
{
    bool ok = true;
    for (unsigned i = 0; i < t->threads; i++) {
        for (unsigned r = 0; r < 16; r++) {
            struct litmus_register *reg = &t->thread[i].reg[r];
            if (!reg->shown_size)
                reg->shown_size = t->arch == LITMUS_X86 ? 4 : 8;
            if (reg->named)
                ok &= add_unshown(t, &(struct litmus_item){.is_register = true,
                                                           .thread = (uint8_t)i,
                                                           .reg = (uint8_t)r, .element = -1});
        }
    }
    for (unsigned i = 0; i < t->locations; i++)
        ok &= add_unshown(t, &(struct litmus_item){.location = (uint16_t)i, .element = -1});
    return ok;
}

static void renumber(struct litmus_test *t, const struct sorted *sorted)
{
    uint16_t now[LITMUS_ITEMS];
    for (unsigned i = 0; i < t->items; i++) {
        now[sorted[i].was] = (uint16_t)i;
        t->item[i] = sorted[i].item;
        t->shown[i] = sorted[i].shown;
    }
    for (unsigned i = 0; i < t->props; i++) {
        struct litmus_prop *p = &t->prop[i];
        if (p->op == PROP_EQUAL || p->op == PROP_SAME)
            p->item = now[p->item];
        if (p->op == PROP_SAME)
            p->other = now[p->other];
    }
}

bool litmus_sort_items(struct litmus_test *t, struct litmus_error *e)
{
    struct sorted sorted[LITMUS_ITEMS];
    if (!add_all(t))
        return litmus_fail(e, 1, "the test names more than %d things", LITMUS_ITEMS);
    for (unsigned i = 0; i < t->items; i++)
        sorted[i] = (struct sorted){t->item[i], t->shown[i], i, t};
    qsort(sorted, t->items, sizeof *sorted, compare);
    renumber(t, sorted);
    return true;
}

/* ---- Values ---- */

const struct litmus_type *litmus_item_type(const struct litmus_test *t,
                                           const struct litmus_item *item)
{
    const struct litmus_type *type;
    if (!item->is_register) {
        type = t->location[item->location].type;
        return type ? type : &litmus_int;
    }
    const struct litmus_register *r = &t->thread[item->thread].reg[item->reg];
    type = r->type ? r->type : &litmus_int;
    if (r->shown_size == 1 && type->size > 1)
        return litmus_type_find("int8_t");
    if (r->shown_size == 2 && type->size > 2)
        return litmus_type_find("int16_t");
    return type;
}

unsigned litmus_item_width(const struct litmus_test *t, const struct litmus_item *item)
{
    return item->is_register || item->element >= 0 ? 1 : t->location[item->location].elements;
}

uint64_t litmus_normal(const struct litmus_type *type, uint64_t value)
{
    unsigned unused = 64 - 8 * type->size;
    if (type->is_signed)
        return (uint64_t)((int64_t)(value << unused) >> unused);
    return value << unused >> unused;
}

void litmus_print_item(FILE *f, const struct litmus_test *t, const struct litmus_item *item)
{
    if (item->is_register) {
        const struct litmus_thread *thread = &t->thread[item->thread];
        fprintf(f, "%u:%s", thread->number,
                litmus_reg_print(t->arch, item->reg, thread->reg[item->reg].shown_size));
        return;
    }
    const struct litmus_location *l = &t->location[item->location];
    if (item->element >= 0)
        fprintf(f, "%s[%d]", l->name, item->element);
    else
        fprintf(f, l->is_array ? "%s" : "[%s]", l->name);
}

/* The location that holds this address, -1 if none does. */
static int location_at(const struct litmus_test *t, uint64_t address)
{
    for (unsigned i = 0; i < t->locations; i++) {
        const struct litmus_location *l = &t->location[i];
        if (address - litmus_address(t, i) < l->elements * litmus_location_size(l))
            return (int)i;
    }
    return -1;
}

void litmus_print_value(FILE *f, const struct litmus_test *t, const struct litmus_type *type,
                        uint64_t value)
{
    int at = location_at(t, value);
    if (at >= 0) {
        uint64_t offset = value - litmus_address(t, (unsigned)at);
        fputs(t->location[at].name, f);
        if (offset)
            fprintf(f, "+%llu", (unsigned long long)offset);
    } else if (type->is_signed) {
        fprintf(f, "%lld", (long long)value);
    } else {
        fprintf(f, "%llu", (unsigned long long)value);
    }
}

/* ---- Conditions ---- */

static bool equal(const struct litmus_test *t, const struct litmus_prop *p, const uint64_t *state,
                  const unsigned *at)
{
    const struct litmus_type *type = litmus_item_type(t, &t->item[p->item]);
    for (unsigned i = 0; i < p->values; i++) {
        uint64_t value = litmus_resolve(t, &t->value[p->first_value + i]);
        if (state[at[p->item] + i] != litmus_normal(type, value))
            return false;
    }
    return true;
}

/* Operands stand before what uses them: one pass from the left, no recursion. */
bool litmus_holds(const struct litmus_test *t, const uint64_t *state, const unsigned *at)
{
    bool is[LITMUS_PROPS];
    for (unsigned i = 0; i < t->props; i++) {
        const struct litmus_prop *p = &t->prop[i];
        switch ((enum litmus_operator)p->op) {
        case PROP_TRUE: is[i] = true; break;
        case PROP_FALSE: is[i] = false; break;
        case PROP_EQUAL: is[i] = equal(t, p, state, at); break;
        case PROP_SAME: is[i] = state[at[p->item]] == state[at[p->other]]; break;
        case PROP_NOT: is[i] = !is[p->left]; break;
        case PROP_AND: is[i] = is[p->left] && is[p->right]; break;
        case PROP_OR: is[i] = is[p->left] || is[p->right]; break;
        case PROP_IMPLIES: is[i] = !is[p->left] || is[p->right]; break;
        }
    }
    return is[t->props - 1];
}

/* ---- The condition in herd7's form ---- */

static void print_atom(FILE *f, const struct litmus_test *t, const struct litmus_prop *p)
{
    const struct litmus_item *item = &t->item[p->item];
    const struct litmus_type *type = litmus_item_type(t, item);
    bool braces = litmus_item_width(t, item) > 1;
    litmus_print_item(f, t, item);
    fputs(braces ? "={" : "=", f);
    if (p->op == PROP_SAME)
        litmus_print_item(f, t, &t->item[p->other]);
    for (unsigned i = 0; p->op == PROP_EQUAL && i < p->values; i++) {
        fputs(i ? "," : "", f);
        litmus_print_value(f, t, type,
                           litmus_normal(type, litmus_resolve(t, &t->value[p->first_value + i])));
    }
    fputs(braces ? "}" : "", f);
}

/* Does `inner`, an operand of `outer`, need parentheses? */
static bool needs_parentheses(unsigned outer, unsigned inner)
{
    if (inner < PROP_AND || outer < PROP_AND)
        return false;
    return outer == PROP_OR ? inner == PROP_IMPLIES : inner != outer;
}

static void print_prop(FILE *f, const struct litmus_test *t, unsigned index, unsigned outer)
{
    static const char *const operator[] = {[PROP_AND] = " /\\ ", [PROP_OR] = " \\/ ",
                                           [PROP_IMPLIES] = " => "};
    const struct litmus_prop *p = &t->prop[index];
    bool parentheses = p->op == PROP_NOT || needs_parentheses(outer, p->op);
    fputs(p->op == PROP_NOT ? "not (" : parentheses ? "(" : "", f);
    switch ((enum litmus_operator)p->op) {
    case PROP_TRUE: fputs("true", f); break;
    case PROP_FALSE: fputs("false", f); break;
    case PROP_EQUAL: case PROP_SAME: print_atom(f, t, p); break;
    case PROP_NOT: print_prop(f, t, p->left, PROP_TRUE); break;
    default:
        print_prop(f, t, p->left, p->op);
        fputs(operator[p->op], f);
        print_prop(f, t, p->right, p->op);
    }
    fputs(parentheses ? ")" : "", f);
}

void litmus_print_condition(FILE *f, const struct litmus_test *t)
{
    static const char *const words[] = {"exists", "~exists", "forall"};
    fprintf(f, "%s (", words[t->quantifier]);
    print_prop(f, t, t->props - 1, PROP_TRUE);
    fputc(')', f);
}
