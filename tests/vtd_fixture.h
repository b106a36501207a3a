/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A VT-d unit with a table of 16 entries, a queue and a descriptor, and a device behind it, driven by
 * hand: registers are written as a core would, agents step when the test says so. Included once by each
 * test that needs it.
 */
#ifndef TESTS_VTD_FIXTURE_H
#define TESTS_VTD_FIXTURE_H

#include <criterion/criterion.h>

#include "cpu/mmio.h"
#include "iommu/msi.h"
#include "iommu/posting.h"
#include "iommu/vtd_internal.h"
#include "sim/message.h"
#include "sim/tso.h"

enum {
    DEVICE, UNIT, /* agents of devices */
    TABLE = 0x4000, QUEUE = 0x5000, PID = 0x6000, STATUS = 0x7000, BUFFER = 0x7100,
    REQUESTER = 0x0118, /* bus 1, device 3, function 0 */
    S_16_ENTRIES = 3,   /* IRTA.S: 2^(3 + 1) */
    XAPIC_ID = 7, X2APIC_ID = 0x10203,
};

static struct machine *m;
static struct lapic *l;
static struct vtd *v;
static struct msi_device *d;
static struct core core; /* names the core of an access in messages, nothing else */

static inline void write_register(unsigned offset, unsigned size, uint64_t value)
{
    vtd_mmio_ops.write(v, &core, VTD_BASE + offset, size, value);
}

static inline uint64_t read_register(unsigned offset, unsigned size)
{
    return vtd_mmio_ops.read(v, &core, VTD_BASE + offset, size);
}

static inline void unit_runs(void)
{
    while (agent_enabled(m, agent_of_device(m, UNIT)))
        agent_step(m, agent_of_device(m, UNIT));
}

static inline void device_steps(void)
{
    cr_assert(agent_enabled(m, agent_of_device(m, DEVICE)));
    agent_step(m, agent_of_device(m, DEVICE));
}

/* Sets or clears one bit of GCMD, as software has to: with all others as GSTS shows them. */
static inline void command(uint32_t bit, bool on)
{
    uint32_t status = (uint32_t)read_register(VTD_GSTS, 4) & (VTD_QIE | VTD_IRE | VTD_CFI);
    write_register(VTD_GCMD, 4, on ? status | bit : status & ~bit);
    unit_runs();
}

static inline void set_table(bool extended)
{
    write_register(VTD_IRTA, 8, TABLE | S_16_ENTRIES | (extended ? VTD_IRTA_EIME : 0));
    command(VTD_SIRTP, true);
}

static inline void open_unit(bool extended)
{
    m = machine_new(2, 2, 1 << 16, 1 << 16);
    l = lapic_new(m, NULL);
    v = vtd_new(m, NULL, l, UNIT);
    lapic_set_id(l, 1, extended ? X2APIC_ID : XAPIC_ID);
    if (extended)
        lapic_regs(l, 1)->base |= APIC_BASE_EXTD;
    set_table(extended);
    command(VTD_IRE, true);
    write_register(VTD_IQA, 8, QUEUE);
    command(VTD_QIE, true);
}

static inline void set_up(void)
{
    open_unit(true);
}

static inline void set_up_xapic(void)
{
    open_unit(false);
}

static inline void tear_down(void)
{
    if (d)
        msi_device_free(d);
    vtd_free(v);
    lapic_free(l);
    machine_free(m);
}

static inline void set_entry(unsigned index, uint64_t low, uint64_t high)
{
    memory_write(&m->memory, TABLE + 16 * index, 8, low);
    memory_write(&m->memory, TABLE + 16 * index + 8, 8, high);
}

/* P, fixed, edge, physical; without a source check. */
static inline uint64_t remapped(unsigned vector, uint32_t id)
{
    return 1 | vector << 16 | (uint64_t)id << 32;
}

/* P and IM; the descriptor's address goes to 63:38 and 127:96. */
static inline uint64_t posted(unsigned vector)
{
    return 1 | 1 << 15 | vector << 16 | (uint64_t)(PID >> 6) << 38;
}

/* A device that makes this request `count` times. */
static inline void add_device(uint64_t address, uint32_t data, unsigned count)
{
    struct msi_interrupt script[4] = {{.count = 0}};
    for (unsigned i = 0; i < count; i++)
        script[i].request = (struct interrupt_request){address, data, REQUESTER};
    d = msi_device_new(m, l, vtd_remapper(v), DEVICE, script, count);
}

/* Looked up, then acted upon. */
static inline void device_fires(void)
{
    device_steps();
    device_steps();
}

static inline void request(uint64_t address, uint32_t data)
{
    add_device(address, data, 1);
    device_fires();
}

static inline uint64_t memory_at(uint64_t physical)
{
    return memory_read(&m->memory, physical, 8);
}

static inline bool nothing_was_sent(void)
{
    return !m->state->queue[m->cores + DEVICE].sent;
}

/* Reason of the only fault that is recorded, 0 if there is none. */
static inline unsigned fault_reason(void)
{
    uint64_t high = read_register(VTD_FRCD + 8, 8);
    cr_assert_eq(!!(high & VTD_FRCD_F), !!(read_register(VTD_FSTS, 4) & VTD_FSTS_PPF));
    return high & VTD_FRCD_F ? high >> 32 & 0xff : 0;
}

static inline void queue_descriptor(uint64_t low, uint64_t high)
{
    uint64_t tail = read_register(VTD_IQT, 8);
    memory_write(&m->memory, QUEUE + tail, 8, low);
    memory_write(&m->memory, QUEUE + tail + 8, 8, high);
    write_register(VTD_IQT, 8, tail + 16);
}

static inline uint64_t iec_descriptor(unsigned index, unsigned mask)
{
    return 4 | 1 << 4 | (uint64_t)mask << 27 | (uint64_t)index << 32;
}

enum { IEC_GLOBAL = 4, WAIT = 5, WAIT_WRITES = 1 << 5, WAIT_INTERRUPTS = 1 << 4 };

#endif
