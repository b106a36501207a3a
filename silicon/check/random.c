/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "random.h"

enum operation { RAISE, RAISE_IN_CLASS, PRIORITY, NO_PRIORITY, EOI, WINDOW, LONG_WINDOW, OPERATIONS };

static struct {
    u64 state;
    enum operation operation;
    u32 vector;
} last = { .state = 1, .vector = 0x20 };

/* The linear congruential generator of Knuth's MMIX; its high bits are the good ones. */
static u32 draw(u32 limit)
{
    last.state = last.state * 6364136223846793005 + 1442695040888963407;
    return (last.state >> 33) % limit;
}

void random_operation(void)
{
    last.operation = draw(OPERATIONS);
    switch (last.operation) {
    case RAISE_IN_CLASS:
        last.vector = (last.vector & 0xf0) | draw(16);
        wrmsr(X2APIC_SELF_IPI, last.vector);
        break;
    case RAISE:
        last.vector = 0x20 + draw(0xe0);
        wrmsr(X2APIC_SELF_IPI, last.vector);
        break;
    case PRIORITY:
        open_window();
        wrmsr(X2APIC_TPR, draw(0x100));
        break;
    case NO_PRIORITY: wrmsr(X2APIC_TPR, 0); break;
    case EOI: wrmsr(X2APIC_EOI, 0); break;
    case WINDOW: open_window(); break;
    case LONG_WINDOW: asm volatile("sti; nop; nop; nop; nop; cli" : : : "memory"); break;
    case OPERATIONS: break;
    }
}

void print_operation(void)
{
    static const char *const name[] = {
        "raise", "raise", "window, TPR", "TPR", "EOI", "window", "long window",
    };

    print("%s", name[last.operation]);
    if (last.operation <= RAISE_IN_CLASS)
        print(" %x", (u64)last.vector);
}
