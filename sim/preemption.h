/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Preemptions of an execution: the scheduler lets another core step although the one that stepped
 * last could go on. Store buffers, messages and devices act beside the cores: their steps are no
 * preemptions, and do not hide one. Nor is it one to leave a core that waits or has ended.
 */
#ifndef SIM_PREEMPTION_H
#define SIM_PREEMPTION_H

#include "sim/machine.h"

struct preemptions {
    uint64_t count;
    uint64_t last; /* the core that stepped last, as a bit; 0: none has */
};

static inline uint64_t preemption_cores(const struct machine *m)
{
    return (1ull << m->cores) - 1;
}

/* The agent steps in a state in which these are enabled. */
static inline void preemptions_note(struct preemptions *p, const struct machine *m, agent_id agent,
                                    uint64_t enabled)
{
    if (agent >= m->cores)
        return;
    p->count += enabled & p->last && !(p->last >> agent & 1);
    p->last = 1ull << agent;
}

/* Those of the enabled agents that may step so that there are at most `max` preemptions. */
static inline uint64_t preemptions_allow(const struct preemptions *p, const struct machine *m,
                                         uint64_t enabled, uint64_t max)
{
    if (p->count < max || !(enabled & p->last))
        return enabled;
    return enabled & ~(preemption_cores(m) & ~p->last);
}

#endif
