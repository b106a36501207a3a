/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench/messages.h"

#include "lapic/program.h"

void messages_explore(unsigned messages, enum algorithm algorithm, struct instance_result *result)
{
    struct code handler = {.size = 0}, code[2] = {{.size = 0}, {.size = 0}};
    struct program *p = program_open(2, 0, MEMORY_TSO);
    assert(messages <= MESSAGES_MAX);
    assert(messages <= p->m->slots);
    code_handler(&handler, NULL);
    struct lapic *l = interrupts_enable(p, &handler, &handler);
    code_idle(&code[0]);
    for (unsigned i = 0; i < messages; i++)
        code_send(&code[1], i & 1 ? INTERRUPT_HIGH : INTERRUPT_LOW, 0);
    code_end(&code[1]);
    program_start(p, code);
    instance_run(p, algorithm, false, result);
    lapic_free(l);
}
