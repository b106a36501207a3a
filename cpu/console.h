/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The console of a machine: what its cores write to COM1's data register (port 3F8h), as text.
 *
 * Of a UART nothing else is there: reads of its ports give ones like those of any other port, so
 * that its line status says "transmitter empty". A machine has a console only if somebody asks for
 * one: the text is state, and copied wherever an exploration goes back. Without it the writes
 * vanish like those to any other port.
 */
#ifndef CPU_CONSOLE_H
#define CPU_CONSOLE_H

#include "cpu/core.h"

enum { CONSOLE_PORT = 0x3f8 };

struct console {
    uint32_t size;   /* bytes of text that there is room for, the 0 behind it included */
    uint32_t length; /* bytes written; more than `size` - 1 if some were lost */
    char text[];     /* always ends with a 0 */
};

/* Before any core is set up. */
struct console *cpu_add_console(struct cpu *, uint32_t size);

/* What a write to a port touches beyond the core, before the step; and the write. */
void console_next(const struct cpu *, uint64_t port, struct footprint *);
void console_write(struct cpu *, uint64_t port, uint8_t value);

#endif
