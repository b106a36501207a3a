/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The timer of a local APIC as an agent (SDM vol. 3, APIC: "APIC Timer"). A machine gives one of its
 * device numbers to each timer that it has; a core whose timer has none may not start it
 * (FINDING_LIMIT).
 *
 * Time is a choice: a running timer may expire at any step. What its core reads of a clock is a function of
 * the core's own instruction count, and agrees with that choice: see lapic/timer.c.
 */
#ifndef LAPIC_TIMER_H
#define LAPIC_TIMER_H

#include "lapic/lapic.h"

/* Gives core `core` a timer, device `device` of the machine. A periodic timer expires `ticks` times after
 * each start, or fewer times if it is stopped, and then rests: as a scripted device does. */
void lapic_add_timer(struct lapic *, unsigned core, unsigned device, unsigned ticks);

/* For the registers (lapic/registers.c): `index` is that of the LVT entry, the initial count or the divide
 * configuration (written), or of the current count (read). */
void timer_next_access(const struct lapic *, unsigned core, uint32_t index, bool write,
                       struct footprint *);
void timer_write_initial(struct lapic *, struct core *, uint32_t value);
void timer_write_lvt(struct lapic *, struct core *, uint32_t value);
void timer_write_divide(struct lapic *, struct core *, uint32_t value);
uint32_t timer_read_current(struct lapic *, struct core *);

/* INIT, or the APIC is disabled. The step must write timer_resource(). */
void timer_reset(struct lapic *, unsigned core);
static inline uint64_t timer_resource(unsigned core)
{
    return core_control(core, UNIT_APIC_TIMER);
}

bool timer_is_running(const struct lapic *, unsigned core);

#endif
