/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/pair.h"

#include "lapic/timer.h"
#include "tests/support/snippets.h"

void pair_init(struct pair *pair)
{
    memset(pair, 0, sizeof *pair);
    for (unsigned t = 0; t < 2; t++)
        code_begin(&pair->code[t], 2);
}

void pair_send(struct pair *pair, unsigned message)
{
    code_send(&pair->code[1], message, 0);
    code_end(&pair->code[1]);
}

static struct lapic *enable(struct program *p, const struct pair *pair)
{
    struct code low = {.size = 0}, high = {.size = 0}, nmi = {.size = 0};
    code_handler(&low, &pair->low);
    code_handler(&high, &pair->high);
    code_nmi_handler(&nmi, &pair->nmi);
    struct lapic *l = pair->whole ? interrupts_enable(p, &pair->low, &pair->high)
                                  : interrupts_enable(p, &low, &high);
    if (pair->nmis)
        interrupts_enable_nmi(p, &nmi);
    if (pair->nest)
        interrupts_nest(p);
    return l;
}

struct program *pair_open(const struct pair *pair)
{
    struct program *p = program_open(2, pair->timer, pair->model);
    struct lapic *l = enable(p, pair);
    if (pair->timer)
        lapic_add_timer(l, 0, 0, 1);
    p->m->knobs.value[KNOB_MESSAGE_ORDER] = pair->message_order;
    p->m->knobs.value[KNOB_STI_BLOCKS_NMI] = pair->sti_blocks_nmi;
    program_start(p, pair->code);
    return p;
}
