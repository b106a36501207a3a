/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The registers of a VT-d unit. After the VT-d specification, 11.4.
 *
 * A command (GCMD) is obeyed in a step of the unit, after which GSTS says so: software that does not
 * wait for that goes on too early. Left out: DMA remapping, whose enable bit is a limit of the model,
 * and the registers of what has none here (page requests, protected memory, performance).
 */
#include "iommu/vtd_internal.h"

/* Size in bytes; writable bits; bits that a 1 clears; bits at reset. */
static const struct vtd_register {
    uint16_t offset;
    uint8_t size;
    uint8_t part; /* enum vtd_part that it belongs to */
    uint64_t writable, clears, reset;
} table[REG_FRCD] = {
    [REG_VER] = {VTD_VER, 4, PART_CONTROL, 0, 0, 0x41},
    [REG_CAP] = {VTD_CAP, 8, PART_CONTROL, 0, 0, VTD_CAP_VALUE},
    [REG_ECAP] = {VTD_ECAP, 8, PART_CONTROL, 0, 0, VTD_ECAP_VALUE},
    [REG_GCMD] = {VTD_GCMD, 4, PART_CONTROL, 0, 0, 0}, /* vtd_command() */
    [REG_GSTS] = {VTD_GSTS, 4, PART_CONTROL, 0, 0, 0},
    [REG_FSTS] = {VTD_FSTS, 4, PART_FAULT, 0, VTD_FSTS_PFO | VTD_FSTS_IQE, 0},
    [REG_FECTL] = {VTD_FECTL, 4, PART_FAULT, VTD_EVENT_IM, 0, VTD_EVENT_IM},
    [REG_FEDATA] = {VTD_FEDATA, 4, PART_FAULT, 0xffff, 0, 0},
    [REG_FEADDR] = {VTD_FEADDR, 4, PART_FAULT, 0xfffffffc, 0, 0},
    [REG_FEUADDR] = {VTD_FEUADDR, 4, PART_FAULT, 0xffffffff, 0, 0},
    [REG_IQH] = {VTD_IQH, 8, PART_QUEUE, 0, 0, 0},
    [REG_IQT] = {VTD_IQT, 8, PART_QUEUE, 0x7fff0, 0, 0},
    [REG_IQA] = {VTD_IQA, 8, PART_QUEUE, ~0x7f8ull, 0, 0},
    [REG_ICS] = {VTD_ICS, 4, PART_FAULT, 0, VTD_ICS_IWC, 0},
    [REG_IECTL] = {VTD_IECTL, 4, PART_FAULT, VTD_EVENT_IM, 0, VTD_EVENT_IM},
    [REG_IEDATA] = {VTD_IEDATA, 4, PART_FAULT, 0xffff, 0, 0},
    [REG_IEADDR] = {VTD_IEADDR, 4, PART_FAULT, 0xfffffffc, 0, 0},
    [REG_IEUADDR] = {VTD_IEUADDR, 4, PART_FAULT, 0xffffffff, 0, 0},
    [REG_IQERCD] = {VTD_IQERCD, 8, PART_QUEUE, 0, 0, 0},
    [REG_IRTA] = {VTD_IRTA, 8, PART_CONTROL, ~0x7f0ull, 0, 0},
};

/* What GCMD can change; DMA remapping is not modelled, its root table can be set. */
#define TOGGLES (VTD_QIE | VTD_IRE | VTD_CFI)
#define ONE_SHOT (VTD_SIRTP | VTD_SRTP)

static const struct vtd_register record_half[2] = {
    {VTD_FRCD, 8, PART_FAULT, 0, 0, 0},
    {VTD_FRCD + 8, 8, PART_FAULT, 0, VTD_FRCD_F, 0},
};

/* The register that these bytes belong to, or REG_COUNT. */
static unsigned find(unsigned offset, const struct vtd_register **r)
{
    for (unsigned i = 0; i < REG_FRCD; i++)
        if (offset >= table[i].offset && offset < table[i].offset + (unsigned)table[i].size) {
            *r = &table[i];
            return i;
        }
    if (offset < VTD_FRCD || offset >= VTD_FRCD + 16 * VTD_RECORDS)
        return REG_COUNT;
    *r = &record_half[offset >> 3 & 1];
    return REG_FRCD + (offset - VTD_FRCD) / 8;
}

/* 11.2: registers are accessed as a whole, those of 64 bits also by halves. */
static bool is_good(unsigned offset, unsigned size, const struct vtd_register *r)
{
    return (size == 4 || size == r->size) && !(offset & (size - 1));
}

uint64_t vtd_register(const struct vtd *v, unsigned offset)
{
    const struct vtd_register *r;
    unsigned which = find(offset, &r);
    assert(which < REG_COUNT);
    return v->state->reg[which];
}

void vtd_reset(struct vtd *v)
{
    for (unsigned i = 0; i < REG_FRCD; i++)
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
    const struct vtd_register *r;
    (void)owner, (void)c, (void)size, (void)value, (void)flags;
    if (find((unsigned)(physical - VTD_BASE), &r) == REG_COUNT)
        return;
    bool constant = r->offset <= VTD_ECAP;
    if (!constant)
        footprint_add(fp, vtd_resource((enum vtd_part)r->part),
                      write ? ACCESS_WRITE : ACCESS_READ);
}

/* The model knows what it has; an access beside that is the software's mistake or our gap. */
static bool refuse(struct vtd *v, struct core *c, unsigned offset, unsigned size)
{
    const struct vtd_register *r;
    if (find(offset, &r) == REG_COUNT)
        machine_find(v->m, FINDING_LIMIT, "", "CPU%u: VT-d register %#x is not modelled", c->id,
                     offset);
    else if (!is_good(offset, size, r))
        machine_find(v->m, FINDING_BUG, "", "CPU%u: %u bytes at VT-d register %#x; %u are right",
                     c->id, size, offset, r->size);
    else
        return false;
    return true;
}

/* How far up in a 64-bit register these bytes lie. */
static unsigned upper_half(const struct vtd_register *r, unsigned offset)
{
    return r->size == 8 && (offset & 4) ? 32 : 0;
}

static uint64_t read_register(void *owner, struct core *c, uint64_t physical, unsigned size)
{
    struct vtd *v = owner;
    unsigned offset = (unsigned)(physical - VTD_BASE);
    const struct vtd_register *r = NULL;
    if (refuse(v, c, offset, size))
        return 0;
    unsigned which = find(offset, &r);
    uint64_t value = v->state->reg[which] >> upper_half(r, offset);
    return size == 4 ? (uint32_t)value : value;
}

static void store(struct vtd *v, unsigned which, const struct vtd_register *r, uint64_t value,
                  uint64_t mask)
{
    uint64_t *reg = &v->state->reg[which];
    *reg = (*reg & ~(r->writable & mask)) | (value & r->writable & mask);
    *reg &= ~(value & r->clears & mask);
}

static void write_register(void *owner, struct core *c, uint64_t physical, unsigned size,
                           uint64_t value)
{
    struct vtd *v = owner;
    unsigned offset = (unsigned)(physical - VTD_BASE);
    const struct vtd_register *r;
    if (refuse(v, c, offset, size))
        return;
    unsigned which = find(offset, &r);
    unsigned shift = upper_half(r, offset);
    uint64_t mask = (size == 8 ? ~0ull : 0xffffffffull) << shift;
    if (which == REG_GCMD)
        write_command(v, (uint32_t)value);
    else
        store(v, which, r, value << shift, mask);
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
