/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A core with a local APIC timer, and one without. Programs are explored with each reduction and with
 * plain DFS, which must reach the same states: a timer expires at any moment at which it could.
 * Included once by each test of timers.
 */
#ifndef TESTS_TIMER_FIXTURE_H
#define TESTS_TIMER_FIXTURE_H

#include "lapic/timer.h"
#include "tests/pair_fixture.h"
#include "tests/support/snippets.h"

enum {
    R8 = 8, R9 = 9,
    LVT = APIC_LVT_TIMER, INITIAL = APIC_INITIAL_COUNT, CURRENT = APIC_CURRENT_COUNT,
    DEADLINE_MSR = 0x6e0,
    PERIODIC = 1 << 17, DEADLINE = 2 << 17, MASKED = 1 << 16,
    COUNT = 1000,
    PENDING = 1 << (INTERRUPT_LOW & 31), /* in the word of IRR at 822h */
    IRR_WORD = 0x822,
};

static struct code code[2];
static unsigned ticks;

/* Core 0 begins with its LVT entry; what follows is the test's. Divisor 1. */
static inline void begin(uint32_t lvt)
{
    ticks = 2;
    for (unsigned i = 0; i < 2; i++)
        code_begin(&code[i], 2);
    code_write_msr(&code[0], APIC_DIVIDE, 0xb);
    code_write_msr(&code[0], LVT, INTERRUPT_LOW | lvt);
}

static inline void start(uint32_t count)
{
    code_write_msr(&code[0], INITIAL, count);
}

static inline void read_to_r9(uint32_t msr)
{
    code_mov(&code[0], 1, msr);
    code_bytes(&code[0], "\x0f\x32\x41\x89\xc1", 5); /* rdmsr; mov r9d, eax */
}

/* An interrupt that is pending here is taken. */
static inline void window(void)
{
    code_sti(&code[0]);
    code_bytes(&code[0], "\x90", 1);
    code_cli(&code[0]);
}

static inline void explore_all(void)
{
    struct code handler = {.size = 0};
    code_handler(&handler, NULL);
    struct program *p = program_open(2, 1, MEMORY_TSO);
    struct lapic *l = interrupts_enable(p, &handler, &handler);
    lapic_add_timer(l, 0, 0, ticks);
    code_end(&code[1]);
    program_start(p, code);
    states_of(p);
    cr_assert_eq(states.findings, 0);
    cr_assert_gt(states.count, 0);
}

/* ... with interrupts on at the end: none stays pending. */
static inline void explore_to_idle(void)
{
    code_idle(&code[0]);
    explore_all();
}

static inline uint32_t r8(unsigned i)
{
    return states.state[i].word[state_word(0, R8)];
}

static inline uint32_t r9(unsigned i)
{
    return states.state[i].word[state_word(0, R9)];
}

static inline uint32_t taken(unsigned i)
{
    return states.state[i].word[INTERRUPT_COUNTER];
}

#endif
