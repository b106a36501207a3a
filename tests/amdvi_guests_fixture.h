/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AVIC guests (tests/support/avic_guests.h), an AMD IOMMU and a device whose interrupts one guest mode entry posts to
 * the guest of CPU0. The GA log's interrupt goes to CPU1. Included once by each test that needs it.
 */
#ifndef TESTS_AMDVI_GUESTS_FIXTURE_H
#define TESTS_AMDVI_GUESTS_FIXTURE_H

#include <criterion/criterion.h>

#include "iommu/amdvi_internal.h"
#include "iommu/msi.h"
#include "svm/errata.h"
#include "tests/support/agree.h"
#include "tests/support/avic_guests.h"

enum {
    DEVICE, UNIT,
    VECTOR = INTERRUPT_LOW, COUNT = 0,
    TABLE = 0x820000, DEVICES_AT = 0x821000, BUFFER = 0x822000, EVENTS = 0x823000, GA_LOG = 0x824000,
    DEVICE_ID = 0x18, ENTRY = 3, ENTRY_AT = TABLE + 16 * ENTRY,
    IS_RUN = 1 << 6, GA_LOG_INTR = 1 << 2, TAG = 0x77,
};
#define IRR_BIT (1u << (VECTOR & 31))

static struct avic_program a;
static struct state_set states;
static uint32_t entry;     /* lower half of the entry's lower quadword, when all begins */
static unsigned interrupts; /* of the device */

static inline void set_register(struct program *p, struct amdvi *v, unsigned offset, uint64_t value)
{
    amdvi_mmio_ops.write(v, &p->cpu->core[0], AMDVI_BASE + offset, 8, value);
    while (agent_enabled(p->m, agent_of_device(p->m, UNIT)))
        agent_step(p->m, agent_of_device(p->m, UNIT));
}

static void attach(struct program *p, struct lapic *l)
{
    struct memory *mem = &p->m->memory;
    struct amdvi *v = amdvi_new(p->m, p->cpu, l, UNIT);
    struct msi_interrupt script[2] = {{.count = 0}};
    memory_write(mem, DEVICES_AT + 32 * DEVICE_ID + 16, 8, 1 | 4 << 1 | TABLE | 2ull << 60);
    memory_write(mem, ENTRY_AT, 8, entry | (uint64_t)TAG << 32);
    memory_write(mem, ENTRY_AT + 8, 8, AVIC_PAGE | VECTOR);
    set_register(p, v, AMDVI_DEVICE_TABLE, DEVICES_AT);
    set_register(p, v, AMDVI_COMMAND_BUFFER, BUFFER | 8ull << 56);
    set_register(p, v, AMDVI_EVENT_LOG, EVENTS | 8ull << 56);
    set_register(p, v, AMDVI_GA_LOG, GA_LOG | 8ull << 56);
    set_register(p, v, AMDVI_XT_GA, (uint64_t)INTERRUPT_HIGH << 32 | 1 << 8); /* to CPU1 */
    set_register(p, v, AMDVI_CONTROL,
                 AMDVI_IOMMU_EN | AMDVI_EVENT_LOG_EN | AMDVI_GA_EN | AMDVI_GAM_EN | AMDVI_GA_LOG_EN |
                     AMDVI_GA_INT_EN | AMDVI_XT_EN | AMDVI_INT_CAP_XT_EN);
    for (unsigned i = 0; i < interrupts; i++)
        script[i].request = (struct interrupt_request){0xfee00000, ENTRY, DEVICE_ID};
    msi_device_new(p->m, l, amdvi_remapper(v), DEVICE, script, interrupts);
}

/* The vCPU is that of CPU0; its handler counts. */
static inline void begin(unsigned cores, uint32_t bits)
{
    avic_program_init(&a, cores);
    code_add(&a.low, COUNT, 1);
    a.devices = 2;
    a.attach = attach;
    entry = 1 | 1 << 7 | bits;
    interrupts = 1;
}

#endif
