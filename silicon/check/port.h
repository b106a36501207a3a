/* SPDX-License-Identifier: GPL-2.0-or-later */
/* I/O ports. */
#ifndef IRQWEAVE_SILICON_CHECK_PORT_H
#define IRQWEAVE_SILICON_CHECK_PORT_H

#include "compiler.h"

static inline void outb(u16 port, u8 value)
{
    asm volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline u8 inb(u16 port)
{
    u8 value;

    asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

#endif
