/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cpu/console.h"

struct console *cpu_add_console(struct cpu *p, uint32_t size)
{
    assert(!p->console);
    assert(size > 1);
    p->console = machine_reserve(p->m, sizeof *p->console + size);
    p->console->size = size;
    return p->console;
}

/* One text for all cores: who writes first matters. */
void console_next(const struct cpu *p, uint64_t port, struct footprint *fp)
{
    if (p->console && port == CONSOLE_PORT)
        footprint_add(fp, resource_make(RES_CONSOLE, 0), ACCESS_WRITE);
}

void console_write(struct cpu *p, uint64_t port, uint8_t value)
{
    struct console *console = p->console;
    if (!console || port != CONSOLE_PORT)
        return;
    if (console->length < console->size - 1)
        console->text[console->length] = (char)value;
    console->length++;
}
