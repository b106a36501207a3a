/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An AMD IOMMU with a device table, a remapping table of 16 entries, a command buffer, both logs and a vAPIC
 * backing page, and a device behind it, driven by hand: registers are written as a core would, agents step
 * when the test says so. Included once by each test that needs it.
 */
#ifndef TESTS_AMDVI_FIXTURE_H
#define TESTS_AMDVI_FIXTURE_H

#include <criterion/criterion.h>

#include "cpu/mmio.h"
#include "iommu/amdvi_internal.h"
#include "iommu/msi.h"
#include "sim/message.h"
#include "sim/tso.h"

enum {
    DEVICE, UNIT, /* agents of devices */
    DEVICES_AT = 0x8000, /* two pages: 256 device table entries */
    TABLE = 0x4000, BUFFER = 0x5000, EVENTS = 0x6000, GA_LOG = 0xa000, GA_TAIL_AT = 0x7f00,
    PAGE = 0xb000, STATUS = 0x7000,
    DEVICE_ID = 0x58, /* bus 0, device 11, function 0 */
    ID_OF_1 = 7, XT_ID_OF_1 = 0x12345678,
    TAG = 0xabcd,
    EVENT_VECTOR = 0x31, GA_VECTOR = 0x32,
};

#define LENGTH_8 (8ull << 56)

static struct machine *m;
static struct lapic *l;
static struct amdvi *v;
static struct msi_device *d;
static struct core core; /* names the core of an access in messages, nothing else */

static inline void write_register(unsigned offset, unsigned size, uint64_t value)
{
    amdvi_mmio_ops.write(v, &core, AMDVI_BASE + offset, size, value);
}

static inline uint64_t read_register(unsigned offset, unsigned size)
{
    return amdvi_mmio_ops.read(v, &core, AMDVI_BASE + offset, size);
}

static inline uint64_t memory_at(uint64_t physical)
{
    return memory_read(&m->memory, physical, 8);
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

static inline void control(uint64_t bits, bool on)
{
    uint64_t value = read_register(AMDVI_CONTROL, 8);
    write_register(AMDVI_CONTROL, 8, on ? value | bits : value & ~bits);
    unit_runs();
}

static inline void set_dte(uint64_t third, uint64_t fourth)
{
    memory_write(&m->memory, DEVICES_AT + DTE_BYTES * DEVICE_ID + 16, 8, third);
    memory_write(&m->memory, DEVICES_AT + DTE_BYTES * DEVICE_ID + 24, 8, fourth);
}

/* IV, 2^4 entries, remapped. */
static inline uint64_t remapping_dte(void)
{
    return 1 | 4 << 1 | TABLE | 2ull << 60;
}

/* Everything on that `bits` name, beside the unit, its buffer and its logs. */
static inline void open_unit(uint64_t bits)
{
    m = machine_new(2, 2, 1 << 16, 1 << 16);
    l = lapic_new(m, NULL);
    v = amdvi_new(m, NULL, l, UNIT);
    lapic_set_id(l, 1, bits & AMDVI_XT_EN ? XT_ID_OF_1 : ID_OF_1);
    if (bits & AMDVI_XT_EN)
        lapic_regs(l, 1)->base |= APIC_BASE_EXTD;
    write_register(AMDVI_DEVICE_TABLE, 8, DEVICES_AT | 1);
    write_register(AMDVI_COMMAND_BUFFER, 8, BUFFER | LENGTH_8);
    write_register(AMDVI_EVENT_LOG, 8, EVENTS | LENGTH_8);
    write_register(AMDVI_GA_LOG, 8, GA_LOG | LENGTH_8);
    set_dte(remapping_dte(), 0);
    control(bits | AMDVI_IOMMU_EN | AMDVI_COMMAND_EN | AMDVI_EVENT_LOG_EN | AMDVI_GA_LOG_EN, true);
}

/* 32-bit entries; 128-bit entries; posting. */
static inline void set_up_short(void)
{
    open_unit(0);
}

static inline void set_up_long(void)
{
    open_unit(AMDVI_GA_EN);
}

static inline void set_up_guest(void)
{
    open_unit(AMDVI_GA_EN | AMDVI_GAM_EN);
}

static inline void set_up_xt(void)
{
    open_unit(AMDVI_GA_EN | AMDVI_GAM_EN | AMDVI_XT_EN);
}

static inline void tear_down(void)
{
    if (d)
        msi_device_free(d);
    d = NULL;
    amdvi_free(v);
    lapic_free(l);
    machine_free(m);
}

static inline void set_entry(unsigned index, uint64_t low, uint64_t high)
{
    memory_write(&m->memory, TABLE + 16 * index, 8, low);
    memory_write(&m->memory, TABLE + 16 * index + 8, 8, high);
}

/* RemapEn, fixed, edge, physical. */
static inline void set_remapped(unsigned index, unsigned vector, uint32_t id)
{
    set_entry(index, 1 | (uint64_t)(id & 0xffffff) << 8, vector | (uint64_t)(id >> 24) << 56);
}

/* RemapEn, GuestMode, GATag; and these bits of the lower quadword. */
static inline void set_guest(unsigned index, unsigned vector, uint64_t bits, uint32_t id)
{
    set_entry(index, 1 | 1 << 7 | bits | (uint64_t)(id & 0xffffff) << 8 | (uint64_t)TAG << 32,
              vector | PAGE | (uint64_t)(id >> 24) << 56);
}

/* A device that sends this MSI `count` times. */
static inline void add_device(uint32_t data, unsigned count)
{
    struct msi_interrupt script[4] = {{.count = 0}};
    for (unsigned i = 0; i < count; i++)
        script[i].request = (struct interrupt_request){0xfee00000, data, DEVICE_ID};
    if (d)
        msi_device_free(d);
    d = msi_device_new(m, l, amdvi_remapper(v), DEVICE, script, count);
}

static inline void device_fires(void)
{
    unsigned done = msi_device_done(d);
    while (msi_device_done(d) == done)
        device_steps();
}

static inline void request(uint32_t data)
{
    add_device(data, 1);
    device_fires();
}

static inline unsigned sent(void)
{
    return m->state->queue[m->cores + DEVICE].sent;
}

/* A doorbell on its way to this core. */
static inline bool rung(unsigned target)
{
    const struct message_queue *q = &m->state->queue[m->cores + DEVICE];
    for (unsigned i = 0; i < m->slots; i++)
        if (q->slot[i].in_flight && q->slot[i].kind == APIC_DOORBELL && q->slot[i].target == target)
            return true;
    return false;
}

static inline bool irr(unsigned vector)
{
    return memory_read(&m->memory, PAGE + 0x200 + 16 * (vector / 32), 4) >> (vector % 32) & 1;
}

/* ---- Logs ---- */

/* How many entries a log holds. */
static inline unsigned logged(unsigned head, unsigned tail, unsigned bytes)
{
    return (unsigned)(read_register(tail, 8) - read_register(head, 8)) / bytes;
}

static inline unsigned events(void)
{
    return logged(AMDVI_EVENT_HEAD, AMDVI_EVENT_TAIL, 16);
}

static inline unsigned tags(void)
{
    return logged(AMDVI_GA_HEAD, AMDVI_GA_TAIL, 8);
}

/* The only event is this one, of this device. */
static inline void event_is(unsigned code, uint64_t flags, uint64_t address)
{
    cr_assert_eq(events(), 1);
    cr_expect_eq(memory_at(EVENTS), (uint64_t)code << 60 | flags | DEVICE_ID, "%#llx",
                 (unsigned long long)memory_at(EVENTS));
    cr_expect_eq(memory_at(EVENTS + 8), address, "%#llx", (unsigned long long)memory_at(EVENTS + 8));
}

/* ---- Commands ---- */

static inline void command(uint64_t low, uint64_t high)
{
    uint64_t tail = read_register(AMDVI_COMMAND_TAIL, 8);
    memory_write(&m->memory, BUFFER + tail, 8, low);
    memory_write(&m->memory, BUFFER + tail + 8, 8, high);
    write_register(AMDVI_COMMAND_TAIL, 8, tail + 16);
}

static inline void invalidate_interrupts(unsigned device_id)
{
    command(5ull << 60 | device_id, 0);
}

static inline void invalidate_device(unsigned device_id)
{
    command(2ull << 60 | device_id, 0);
}

static inline void wait_command(uint64_t bits, uint64_t data)
{
    command(1ull << 60 | STATUS | bits, data);
}

#endif
