/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The registers of a VT-d unit. After the VT-d specification, 11.4.
 *
 * A command (GCMD) is obeyed in a step of the unit, after which GSTS says so: software that does not
 * wait for that goes on too early. Left out: DMA remapping, whose enable bit is a limit of the model,
 * and the registers of what has none here (page requests, protected memory, performance).
 */
#include "iommu/registers.h"
#include "iommu/vtd_internal.h"

enum { CONTROL = 1 << PART_CONTROL, QUEUE = 1 << PART_QUEUE, FAULT = 1 << PART_FAULT };

#define RECORD(i)                                                                                 \
    [REG_FRCD + 2 * (i)] = {VTD_FRCD + 16 * (i), 8, FAULT, 0, 0, 0},                              \
    [REG_FRCD + 2 * (i) + 1] = {VTD_FRCD + 16 * (i) + 8, 8, FAULT, 0, VTD_FRCD_F, 0}

static const struct unit_register table[REG_COUNT] = {
    [REG_VER] = {VTD_VER, 4, 0, 0, 0, 0x41},
    [REG_CAP] = {VTD_CAP, 8, 0, 0, 0, VTD_CAP_VALUE},
    [REG_ECAP] = {VTD_ECAP, 8, 0, 0, 0, VTD_ECAP_VALUE},
    [REG_GCMD] = {VTD_GCMD, 4, CONTROL, 0, 0, 0}, /* vtd_command() */
    [REG_GSTS] = {VTD_GSTS, 4, CONTROL, 0, 0, 0},
    [REG_FSTS] = {VTD_FSTS, 4, FAULT, 0, VTD_FSTS_PFO | VTD_FSTS_IQE, 0},
    [REG_FECTL] = {VTD_FECTL, 4, FAULT, VTD_EVENT_IM, 0, VTD_EVENT_IM},
    [REG_FEDATA] = {VTD_FEDATA, 4, FAULT, 0xffff, 0, 0},
    [REG_FEADDR] = {VTD_FEADDR, 4, FAULT, 0xfffffffc, 0, 0},
    [REG_FEUADDR] = {VTD_FEUADDR, 4, FAULT, 0xffffffff, 0, 0},
    [REG_IQH] = {VTD_IQH, 8, QUEUE, 0, 0, 0},
    [REG_IQT] = {VTD_IQT, 8, QUEUE, 0x7fff0, 0, 0},
    [REG_IQA] = {VTD_IQA, 8, QUEUE, ~0x7f8ull, 0, 0},
    [REG_ICS] = {VTD_ICS, 4, FAULT, 0, VTD_ICS_IWC, 0},
    [REG_IECTL] = {VTD_IECTL, 4, FAULT, VTD_EVENT_IM, 0, VTD_EVENT_IM},
    [REG_IEDATA] = {VTD_IEDATA, 4, FAULT, 0xffff, 0, 0},
    [REG_IEADDR] = {VTD_IEADDR, 4, FAULT, 0xfffffffc, 0, 0},
    [REG_IEUADDR] = {VTD_IEUADDR, 4, FAULT, 0xffffffff, 0, 0},
    [REG_IQERCD] = {VTD_IQERCD, 8, QUEUE, 0, 0, 0},
    [REG_IRTA] = {VTD_IRTA, 8, CONTROL, ~0x7f0ull, 0, 0},
    RECORD(0),
    RECORD(1),
};

_Static_assert(VTD_RECORDS == 2, "the records in the table");

static const struct unit_registers registers = {"VT-d", VTD_BASE, table, REG_COUNT};

/* What GCMD can change; DMA remapping is not modelled, its root table can be set. */
#define TOGGLES (VTD_QIE | VTD_IRE | VTD_CFI)
#define ONE_SHOT (VTD_SIRTP | VTD_SRTP)

uint64_t vtd_register(const struct vtd *v, unsigned offset)
{
    unsigned which = unit_register_find(&registers, VTD_BASE + offset);
    assert(which < REG_COUNT);
    return v->state->reg[which];
}

void vtd_reset(struct vtd *v)
{
    for (unsigned i = 0; i < REG_COUNT; i++)
        v->state->reg[i] = table[i].reset;
}

/* ---- Commands ---- */

static void bug(struct vtd *v, const char *what, uint64_t value)
{
    machine_find(v->m, FINDING_BUG, "", "VT-d: GCMD = %#llx: %s", (unsigned long long)value, what);
}

/* 11.4.4.1: one change at a time, the next one when GSTS shows this one. */
static void write_command(struct vtd *v, uint32_t value)
{
    uint32_t status = (uint32_t)v->state->reg[REG_GSTS];
    uint32_t change = ((value ^ status) & TOGGLES) | (value & ONE_SHOT);
    if (value & VTD_TE)
        machine_find(v->m, FINDING_LIMIT, "", "VT-d: DMA remapping is not modelled");
    if (v->state->command)
        bug(v, "the command before it is not complete", value);
    else if (change & (change - 1))
        bug(v, "changes several things at once", value);
    else if ((change & value & VTD_IRE) && !(status & VTD_SIRTP))
        bug(v, "enables interrupt remapping without a table (SIRTP)", value);
    else
        v->state->command = change;
}

void vtd_command(struct vtd *v)
{
    struct vtd_state *s = v->state;
    uint32_t bit = s->command;
    s->command = 0;
    if (bit == VTD_SIRTP)
        s->table = s->reg[REG_IRTA];
    if (bit == VTD_QIE && !(s->reg[REG_GSTS] & VTD_QIE))
        s->reg[REG_IQH] = 0; /* 6.5.2: hardware begins at the first descriptor */
    if (bit & ONE_SHOT)
        s->reg[REG_GSTS] |= bit;
    else
        s->reg[REG_GSTS] ^= bit;
    machine_say(v->m, STEP_DEVICE, "command done, GSTS = %#llx",
                (unsigned long long)s->reg[REG_GSTS]);
}

/* ---- Accesses by cores ---- */

static void next_access(void *owner, struct core *c, uint64_t physical, unsigned size, bool write,
                        uint64_t value, struct footprint *fp, unsigned *flags)
{
    unsigned which = unit_register_find(&registers, physical);
    (void)owner, (void)c, (void)size, (void)value, (void)flags;
    for (unsigned part = 0; which < REG_COUNT && table[which].parts >> part; part++)
        if (table[which].parts >> part & 1)
            footprint_add(fp, vtd_resource((enum vtd_part)part), write ? ACCESS_WRITE : ACCESS_READ);
}

static uint64_t read_register(void *owner, struct core *c, uint64_t physical, unsigned size)
{
    const struct vtd *v = owner;
    if (unit_register_refuse(v->m, &registers, c, physical, size))
        return 0;
    unsigned which = unit_register_find(&registers, physical);
    return unit_register_read(&table[which], v->state->reg[which], physical, size);
}

static void write_register(void *owner, struct core *c, uint64_t physical, unsigned size,
                           uint64_t value)
{
    struct vtd *v = owner;
    uint64_t *reg = v->state->reg;
    if (unit_register_refuse(v->m, &registers, c, physical, size))
        return;
    unsigned which = unit_register_find(&registers, physical);
    if (which == REG_GCMD)
        write_command(v, (uint32_t)value);
    else
        reg[which] = unit_register_written(&table[which], reg[which], physical, size, value);
    if (which == REG_IQA)
        reg[REG_IQT] = 0; /* 11.4.9.3 does not say so; software writes both */
    fault_update_status(v);
    vtd_settle(v);
}

const struct mmio_ops vtd_mmio_ops = {
    .first = VTD_BASE,
    .last = VTD_BASE + 0xfff,
    .next = next_access,
    .read = read_register,
    .write = write_register,
};
