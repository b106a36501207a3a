/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an expression comes to in the state in which the machine is, and the values that it looked at. */
#include "scenarios/expression.h"

#include <stdio.h>
#include <string.h>

#include "scenarios/states.h"
#include "sim/message.h"

static uint64_t ask_core(const struct expression_node *n, const struct session *s)
{
    unsigned vector = (unsigned)n->number;
    switch ((enum core_question)n->question) {
    case CORE_PENDING:
        return lapic_irr(s->lapic, n->core, vector);
    case CORE_IN_SERVICE:
        return lapic_isr(s->lapic, n->core, vector);
    case CORE_IN_FLIGHT:
        return message_in_flight(s->m, vector, n->core);
    case CORE_IN_GUEST:
        return s->vmx ? vmx_non_root(s->vmx, n->core) : svm_in_guest(s->svm, n->core);
    case CORE_HALTED:
        return s->cpu->core[n->core].state->activity == ACTIVITY_HLT;
    case CORE_IN_REGION:
        return s->m->state->regions[n->core] >> vector & 1;
    }
    return 0;
}

static uint64_t ask_memory(const struct expression_node *n, const struct session *s)
{
    uint64_t value = state_read(s, n->address, n->size) >> n->shift;
    return n->width < 64 ? value & ((1ull << n->width) - 1) : value;
}

static uint64_t combine(unsigned kind, uint64_t a, uint64_t b)
{
    switch (kind) {
    case EXPR_EQUAL: return a == b;
    case EXPR_UNEQUAL: return a != b;
    case EXPR_LESS: return a < b;
    case EXPR_AT_MOST: return a <= b;
    case EXPR_GREATER: return a > b;
    case EXPR_AT_LEAST: return a >= b;
    case EXPR_BITS_OR: return a | b;
    case EXPR_BITS_AND: return a & b;
    case EXPR_PLUS: return a + b;
    case EXPR_MINUS: return a - b;
    case EXPR_OR: return a || b;
    case EXPR_AND: return a && b;
    default: return !a || b; /* EXPR_IMPLIES */
    }
}

static uint64_t value_of(const struct expression *e, uint8_t at, const struct session *s)
{
    const struct expression_node *n = &e->node[at];
    switch (n->kind) {
    case EXPR_NUMBER:
        return n->number;
    case EXPR_MEMORY:
        return ask_memory(n, s);
    case EXPR_CORE:
        return ask_core(n, s);
    case EXPR_NOT:
        return !value_of(e, n->left, s);
    default:
        assert(n->kind > EXPR_NOT);
        return combine(n->kind, value_of(e, n->left, s), value_of(e, n->right, s));
    }
}

bool expression_true(const struct expression *e, const struct session *s)
{
    return value_of(e, e->root, s);
}

/* ---- Values ---- */

static void print_bits(const struct scenario_state *d, uint64_t value, char *text, size_t size)
{
    size_t used = (size_t)snprintf(text, size, "{");
    for (unsigned i = 0; i < d->bits_count && used < size; i++) {
        const char *name;
        unsigned bit = scenario_bit(d, i, &name);
        if (bit < 64 && (value >> bit & 1))
            used += (size_t)snprintf(text + used, size - used, "%s%s", used > 1 ? "," : "", name);
    }
    if (used < size)
        snprintf(text + used, size - used, "}");
}

static void print_value(const struct expression_node *n, uint64_t value, char *text, size_t size)
{
    const struct scenario_state *d = n->shown;
    if (d && value < d->values_count)
        snprintf(text, size, "%s", d->values[value]);
    else if (d && d->bits_count)
        print_bits(d, value, text, size);
    else
        snprintf(text, size, value < 10 ? "%llu" : "%#llx", (unsigned long long)value);
}

/* Has a node before this one the same name and argument? */
static bool is_repeated(const struct expression *e, unsigned index)
{
    const struct expression_node *n = &e->node[index];
    for (unsigned i = 0; i < index; i++) {
        const struct expression_node *other = &e->node[i];
        if (other->kind == n->kind && other->length == n->length && other->number == n->number &&
            !strncmp(e->text + other->at, e->text + n->at, n->length))
            return true;
    }
    return false;
}

void expression_values(const struct expression *e, const struct session *s, char *text, size_t size)
{
    size_t used = 0;
    text[0] = 0;
    for (unsigned i = 0; i < e->count; i++) {
        const struct expression_node *n = &e->node[i];
        char value[40], argument[12] = "", piece[160];
        if ((n->kind != EXPR_MEMORY && n->kind != EXPR_CORE) || is_repeated(e, i))
            continue;
        print_value(n, value_of(e, (uint8_t)i, s), value, sizeof value);
        if (n->has_argument)
            snprintf(argument, sizeof argument, "(%#x)", (unsigned)n->number);
        int length = snprintf(piece, sizeof piece, "%s%.*s%s = %s", used ? ", " : "", (int)n->length, e->text + n->at,
                              argument, value);
        if (used + (size_t)length + sizeof ", ..." > size) {
            snprintf(text + used, size - used, "%s", ", ...");
            return;
        }
        used += (size_t)snprintf(text + used, size - used, "%s", piece);
    }
}
