/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The registers of an AMD IOMMU. After the AMD IOMMU specification, "MMIO Registers".
 *
 * What is enabled in the control register begins to run in a step of the unit, and the status register
 * says so then: software that does not wait for that goes on too early. Logs that are disabled stop at
 * once, the command buffer behind the command that it is at.
 * Left out: what belongs to DMA remapping and page requests, which software may set and which has no
 * effect (bits of the control register), or which is not there.
 */
#include "iommu/amdvi_internal.h"
#include "iommu/registers.h"

enum {
    CONTROL = 1 << PART_CONTROL, COMMAND = 1 << PART_COMMAND, EVENT = 1 << PART_EVENT, GA = 1 << PART_GA,
    EVENT_HEAD = 1 << PART_EVENT_HEAD, GA_HEAD = 1 << PART_GA_HEAD,
    ALL = CONTROL | COMMAND | EVENT | GA,
};

/* Those that mean something here, and those that drivers set besides: HtTunEn, InvTimeOut, PassPW, ResPassPW,
 * Coherent, Isoc. */
#define CONTROL_BITS                                                                              \
    (AMDVI_IOMMU_EN | AMDVI_EVENT_LOG_EN | AMDVI_EVENT_INT_EN | AMDVI_WAIT_INT_EN |              \
     AMDVI_COMMAND_EN | AMDVI_GA_EN | AMDVI_GAM_MASK | AMDVI_GA_LOG_EN | AMDVI_GA_INT_EN |       \
     AMDVI_REMAP_MASK | AMDVI_XT_EN | AMDVI_INT_CAP_XT_EN | AMDVI_GAPPI_EN | AMDVI_IRT_CACHE_DIS | \
     0xfe2ull)

#define RING_BASE 0x0f0ffffffffff000ull
#define XT_BITS 0xff0000ffffffff04ull
#define STATUS_CLEARS                                                                             \
    (AMDVI_EVENT_OVERFLOW | AMDVI_EVENT_INT | AMDVI_WAIT_INT | AMDVI_GA_OVERFLOW | AMDVI_GA_INT)

static const struct unit_register table[REG_COUNT] = {
    [REG_DEVICE_TABLE] = {AMDVI_DEVICE_TABLE, 8, CONTROL, 0x000ffffffffff1ffull, 0, 0},
    [REG_COMMAND_BUFFER] = {AMDVI_COMMAND_BUFFER, 8, COMMAND, RING_BASE, 0, 0x8ull << 56},
    [REG_EVENT_LOG] = {AMDVI_EVENT_LOG, 8, EVENT | EVENT_HEAD, RING_BASE, 0, 0x8ull << 56},
    [REG_CONTROL] = {AMDVI_CONTROL, 8, ALL, CONTROL_BITS, 0, 0},
    [REG_EFR] = {AMDVI_EFR, 8, 0, 0, 0, AMDVI_EFR_VALUE},
    [REG_GA_LOG] = {AMDVI_GA_LOG, 8, GA | GA_HEAD, RING_BASE, 0, 0x8ull << 56},
    [REG_GA_TAIL_ADDRESS] = {AMDVI_GA_TAIL_ADDRESS, 8, GA, 0x000ffffffffffff8ull, 0, 0},
    [REG_MSI_HEADER] = {AMDVI_MSI_HEADER, 4, CONTROL, 1 << 16, 0, 0x5},
    [REG_MSI_ADDRESS] = {AMDVI_MSI_ADDRESS, 4, CONTROL, 0xfffffffc, 0, 0},
    [REG_MSI_UPPER] = {AMDVI_MSI_UPPER, 4, CONTROL, 0xffffffff, 0, 0},
    [REG_MSI_DATA] = {AMDVI_MSI_DATA, 4, CONTROL, 0xffff, 0, 0},
    [REG_XT_GENERAL] = {AMDVI_XT_GENERAL, 8, CONTROL, XT_BITS, 0, 0},
    [REG_XT_GA] = {AMDVI_XT_GA, 8, CONTROL, XT_BITS, 0, 0},
    [REG_EFR2] = {AMDVI_EFR2, 8, 0, 0, 0, AMDVI_EFR2_VALUE},
    [REG_COMMAND_HEAD] = {AMDVI_COMMAND_HEAD, 8, COMMAND, 0x7fff0, 0, 0},
    [REG_COMMAND_TAIL] = {AMDVI_COMMAND_TAIL, 8, COMMAND, 0x7fff0, 0, 0},
    [REG_EVENT_HEAD] = {AMDVI_EVENT_HEAD, 8, EVENT_HEAD, 0x7fff0, 0, 0},
    [REG_EVENT_TAIL] = {AMDVI_EVENT_TAIL, 8, EVENT, 0x7fff0, 0, 0},
    [REG_STATUS] = {AMDVI_STATUS, 8, COMMAND | EVENT | GA, 0, STATUS_CLEARS, 0},
    [REG_GA_HEAD] = {AMDVI_GA_HEAD, 8, GA_HEAD, 0x7fff8, 0, 0},
    [REG_GA_TAIL] = {AMDVI_GA_TAIL, 8, GA, 0x7fff8, 0, 0},
};

static const struct unit_registers registers = {"AMD-Vi", AMDVI_BASE, table, REG_COUNT};

uint64_t amdvi_register(const struct amdvi *v, unsigned offset)
{
    unsigned which = unit_register_find(&registers, AMDVI_BASE + offset);
    assert(which < REG_COUNT);
    return v->state->reg[which];
}

void amdvi_reset(struct amdvi *v)
{
    for (unsigned i = 0; i < REG_COUNT; i++)
        v->state->reg[i] = table[i].reset;
}

/* ---- What is enabled ---- */

static const struct engine {
    const char *name;
    uint64_t enable; /* of the control register, with IommuEn */
    uint32_t run;    /* of the status register */
    uint8_t base;
} engines[] = {
    {"command buffer", AMDVI_COMMAND_EN, AMDVI_COMMAND_RUN, REG_COMMAND_BUFFER},
    {"event log", AMDVI_EVENT_LOG_EN, AMDVI_EVENT_RUN, REG_EVENT_LOG},
    {"GA log", AMDVI_GA_LOG_EN, AMDVI_GA_RUN, REG_GA_LOG},
};

static bool is_on(uint64_t control, const struct engine *e)
{
    return (control & AMDVI_IOMMU_EN) && (control & e->enable);
}

/* A command that has been fetched is executed, and the buffer stops behind it (amdvi_command.c). */
static void switch_engine(struct amdvi *v, const struct engine *e, uint64_t before)
{
    struct amdvi_state *s = v->state;
    bool on = is_on(s->reg[REG_CONTROL], e);
    unsigned length = s->reg[e->base] >> 56 & 15;
    if (!on) {
        if (e->run != AMDVI_COMMAND_RUN || !s->holding)
            s->reg[REG_STATUS] &= ~(uint64_t)e->run;
        s->armed &= ~e->run;
    } else if (!is_on(before, e)) {
        s->armed |= e->run;
        if (length < 8)
            machine_find(v->m, FINDING_BUG, "", "AMD-Vi: the %s is enabled with length code %u; 8 to 15 "
                         "are right", e->name, length);
    }
}

/* IntCapXTEn and the like need nothing else. */
static void control_changed(struct amdvi *v, uint64_t before)
{
    for (unsigned i = 0; i < sizeof engines / sizeof *engines; i++)
        switch_engine(v, &engines[i], before);
    if ((v->state->reg[REG_CONTROL] & AMDVI_XT_EN) && !(v->state->reg[REG_CONTROL] & AMDVI_GA_EN))
        machine_find(v->m, FINDING_BUG, "", "AMD-Vi: XTEn = 1 without GAEn: entries have no room for "
                     "32-bit destinations");
}

/* ---- Accesses by cores ---- */

/* A write to the status register touches the parts whose bits it clears. */
static unsigned status_parts(uint64_t bits)
{
    return (bits & (AMDVI_EVENT_OVERFLOW | AMDVI_EVENT_INT) ? EVENT : 0) |
           (bits & AMDVI_WAIT_INT ? COMMAND : 0) |
           (bits & (AMDVI_GA_OVERFLOW | AMDVI_GA_INT) ? GA : 0);
}

static void next_access(void *owner, struct core *c, uint64_t physical, unsigned size, bool write,
                        uint64_t value, struct footprint *fp, unsigned *flags)
{
    const struct amdvi *v = owner;
    unsigned which = unit_register_find(&registers, physical);
    (void)c, (void)flags;
    if (which == REG_COUNT)
        return;
    unsigned parts = table[which].parts;
    uint64_t mask;
    if (which == REG_STATUS && write)
        parts = status_parts(unit_register_bits(&table[which], physical, size, value, &mask));
    if (which == REG_CONTROL && !write)
        parts = CONTROL;
    for (unsigned part = 0; parts >> part; part++)
        if (parts >> part & 1)
            footprint_add(fp, amdvi_resource((enum amdvi_part)part), write ? ACCESS_WRITE : ACCESS_READ);
    if (write && (which == REG_EVENT_HEAD || which == REG_GA_HEAD))
        log_next_head(v, which == REG_GA_HEAD ? LOG_GA : LOG_EVENT,
                      unit_register_written(&table[which], v->state->reg[which], physical, size, value), fp);
}

static uint64_t read_register(void *owner, struct core *c, uint64_t physical, unsigned size)
{
    const struct amdvi *v = owner;
    if (unit_register_refuse(v->m, &registers, c, physical, size))
        return 0;
    unsigned which = unit_register_find(&registers, physical);
    return unit_register_read(&table[which], v->state->reg[which], physical, size);
}

/* No register changes when it is read. */
static bool is_steady(const void *owner, uint64_t physical)
{
    (void)owner;
    return unit_register_find(&registers, physical) != REG_COUNT;
}

/* "Command Buffer Base Address Register" and those of the logs: head and tail begin again. */
static void base_changed(uint64_t *reg, unsigned which)
{
    if (which == REG_COMMAND_BUFFER)
        reg[REG_COMMAND_HEAD] = reg[REG_COMMAND_TAIL] = 0;
    if (which == REG_EVENT_LOG)
        reg[REG_EVENT_HEAD] = reg[REG_EVENT_TAIL] = 0;
    if (which == REG_GA_LOG)
        reg[REG_GA_HEAD] = reg[REG_GA_TAIL] = 0;
}

static void write_register(void *owner, struct core *c, uint64_t physical, unsigned size,
                           uint64_t value)
{
    struct amdvi *v = owner;
    uint64_t *reg = v->state->reg;
    if (unit_register_refuse(v->m, &registers, c, physical, size))
        return;
    unsigned which = unit_register_find(&registers, physical);
    uint64_t before = reg[which];
    reg[which] = unit_register_written(&table[which], before, physical, size, value);
    base_changed(reg, which);
    if (which == REG_CONTROL)
        control_changed(v, before);
    amdvi_settle(v);
}

const struct mmio_ops amdvi_mmio_ops = {
    .first = AMDVI_BASE,
    .last = AMDVI_BASE + 0x3fff,
    .next = next_access,
    .read = read_register,
    .write = write_register,
    .is_steady = is_steady,
};
