/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The invalidation queue. After the VT-d specification, 6.5.2 (queued invalidation, its descriptors
 * and errors), 6.5.5 (interrupt draining) and 11.4.9 (registers).
 *
 * Fetching a descriptor and executing it are two steps: IQH says what has been fetched, not what is
 * complete, and only the status of a wait descriptor does. Descriptors are executed in order, so
 * the fence flag adds nothing. Those about DMA remapping and device TLBs have nothing to invalidate
 * here and are complete at once.
 */
#include "iommu/vtd_internal.h"
#include "sim/message.h"
#include "sim/tso.h"

enum descriptor_type {
    DESCRIPTOR_CONTEXT = 1,
    DESCRIPTOR_IOTLB = 2,
    DESCRIPTOR_DEVICE_TLB = 3,
    DESCRIPTOR_IEC = 4,
    DESCRIPTOR_WAIT = 5,
};

enum { WAIT_IF = 1 << 4, WAIT_SW = 1 << 5, IEC_SELECTIVE = 1 << 4, IQA_DW = 1 << 11 };

/* 6.5.2.8 and 6.5.2.9, figures: bits that must be 0. PD, bit 7 of a wait, is one as ECAP has no PDS. */
#define IEC_RESERVED_LOW 0xffff000007ffffe0ull
#define WAIT_RESERVED_HIGH 3ull /* below the status address */
#define WAIT_RESERVED_LOW 0x00000000ffffff80ull

static uint64_t queue_bytes(const struct vtd *v)
{
    return 4096ull << (v->state->reg[REG_IQA] & 7);
}

static uint64_t head_address(const struct vtd *v)
{
    return (v->state->reg[REG_IQA] & ~0xfffull) + v->state->reg[REG_IQH];
}

static enum descriptor_type type_of(uint64_t low)
{
    return low & 15;
}

static bool is_valid(uint64_t low, uint64_t high)
{
    switch (type_of(low)) {
    case DESCRIPTOR_CONTEXT:
    case DESCRIPTOR_IOTLB:
    case DESCRIPTOR_DEVICE_TLB:
        return true;
    case DESCRIPTOR_IEC:
        return !(low & IEC_RESERVED_LOW) && (low >> 27 & 31) <= VTD_MHMV && !high;
    case DESCRIPTOR_WAIT:
        return !(low & WAIT_RESERVED_LOW) && !(high & WAIT_RESERVED_HIGH);
    default:
        return false;
    }
}

static bool head_is_in_memory(const struct vtd *v)
{
    uint64_t at = head_address(v), size = v->m->memory.size;
    return at < size && size - at >= QUEUE_ENTRY;
}

/* Not a descriptor, or none where the queue is said to be: an invalidation queue error (6.5.2.11). */
static bool read_descriptor(const struct vtd *v, uint64_t d[2])
{
    uint64_t at = head_address(v);
    if (!head_is_in_memory(v) || (v->state->reg[REG_IQA] & IQA_DW) ||
        v->state->reg[REG_IQT] >= queue_bytes(v))
        return false;
    d[0] = memory_read(&v->m->memory, at, 8);
    d[1] = memory_read(&v->m->memory, at + 8, 8);
    return is_valid(d[0], d[1]);
}

bool queue_can_fetch(const struct vtd *v)
{
    const uint64_t *reg = v->state->reg;
    return (reg[REG_GSTS] & VTD_QIE) && !(reg[REG_FSTS] & VTD_FSTS_IQE) && !v->state->holding &&
           reg[REG_IQH] != reg[REG_IQT];
}

void queue_next_fetch(const struct vtd *v, struct footprint *fp)
{
    uint64_t d[2], at = head_address(v);
    fp->events |= EVENT_VTD_FETCH;
    footprint_add(fp, vtd_resource(PART_QUEUE), ACCESS_WRITE);
    if (head_is_in_memory(v))
        footprint_add_memory(fp, at, QUEUE_ENTRY, ACCESS_READ, 0);
    if (!read_descriptor(v, d))
        footprint_add(fp, vtd_resource(PART_FAULT), ACCESS_WRITE);
}

void queue_fetch(struct vtd *v)
{
    struct vtd_state *s = v->state;
    uint64_t at = head_address(v);
    if (head_is_in_memory(v)) {
        visible_touch(&v->m->visibility, at, 8, false, vtd_context(v));
        visible_touch(&v->m->visibility, at + 8, 8, false, vtd_context(v));
    }
    if (!read_descriptor(v, s->descriptor)) {
        machine_say(v->m, STEP_DEVICE, "invalidation queue error at offset %#llx",
                    (unsigned long long)s->reg[REG_IQH]);
        fault_set_status(v, VTD_FSTS_IQE);
        return;
    }
    s->holding = 1;
    s->reg[REG_IQH] = (s->reg[REG_IQH] + QUEUE_ENTRY) & (queue_bytes(v) - 1);
    machine_say(v->m, STEP_DEVICE, "fetches descriptor %#llx",
                (unsigned long long)s->descriptor[0]);
}

/* ---- Execution ---- */

/*
 * 6.5.5: a wait drains what was looked up before the last invalidation. A request is drained when what
 * it has become is there: the descriptor is updated, and the message (the interrupt, or the notification)
 * has arrived at its APIC.
 */
static bool has_drained(const struct vtd *v, unsigned device)
{
    const struct vtd_state *s = v->state;
    return s->done[device] >= s->before[device] &&
           message_awaited_arrived(v->m, v->m->cores + device, s->sent_before[device]);
}

bool queue_can_execute(const struct vtd *v)
{
    const struct vtd_state *s = v->state;
    if (!s->holding)
        return false;
    if (type_of(s->descriptor[0]) != DESCRIPTOR_WAIT)
        return true;
    for (unsigned i = 0; i < v->m->devices; i++)
        if (!has_drained(v, i))
            return false;
    return true;
}

static bool writes_status(const struct vtd *v)
{
    uint64_t low = v->state->descriptor[0], at = v->state->descriptor[1];
    return (low & WAIT_SW) && memory_has(&v->m->memory, at, 4);
}

static void next_wait(const struct vtd *v, struct footprint *fp)
{
    const struct vtd_state *s = v->state;
    if (writes_status(v))
        footprint_add_memory(fp, s->descriptor[1], 4, ACCESS_WRITE, 0);
    if (s->descriptor[0] & WAIT_IF)
        footprint_add(fp, vtd_resource(PART_FAULT), ACCESS_WRITE);
    for (unsigned i = 0; i < v->m->devices; i++) {
        if (!s->before[i])
            continue;
        footprint_add_order(fp, vtd_request_resource(i, s->before[i]));
        message_order_awaited(v->m, v->m->cores + i, s->sent_before[i], fp);
    }
}

void queue_next_execute(const struct vtd *v, struct footprint *fp)
{
    footprint_add(fp, vtd_resource(PART_QUEUE), ACCESS_WRITE);
    if (type_of(v->state->descriptor[0]) == DESCRIPTOR_IEC)
        footprint_add(fp, vtd_resource(PART_IEC), ACCESS_WRITE);
    if (type_of(v->state->descriptor[0]) == DESCRIPTOR_WAIT)
        next_wait(v, fp);
}

static void execute_iec(struct vtd *v)
{
    uint64_t low = v->state->descriptor[0];
    bool global = !(low & IEC_SELECTIVE);
    uint32_t index = low >> 32 & 0xffff;
    iec_invalidate(v, global, index, low >> 27 & 31);
    if (global)
        machine_say(v->m, STEP_DEVICE, "all entries leave the cache");
    else
        machine_say(v->m, STEP_DEVICE, "entry %u leaves the cache", index);
}

static void execute_wait(struct vtd *v)
{
    const struct vtd_state *s = v->state;
    uint64_t at = s->descriptor[1];
    uint32_t status = (uint32_t)(s->descriptor[0] >> 32);
    if (writes_status(v)) {
        visible_touch(&v->m->visibility, at, 4, true, vtd_context(v));
        tso_write_global(v->m, at, 4, status);
    } else if (s->descriptor[0] & WAIT_SW) {
        machine_find(v->m, FINDING_BUG, "", "VT-d: the status address %#llx of a wait descriptor is "
                     "outside memory", (unsigned long long)at);
    }
    machine_say(v->m, STEP_DEVICE, "wait descriptor is complete");
    if (s->descriptor[0] & WAIT_IF)
        event_raise(v, VTD_COMPLETION_EVENT);
}

void queue_execute(struct vtd *v)
{
    switch (type_of(v->state->descriptor[0])) {
    case DESCRIPTOR_IEC:
        execute_iec(v);
        break;
    case DESCRIPTOR_WAIT:
        execute_wait(v);
        break;
    default:
        machine_say(v->m, STEP_DEVICE, "nothing of that kind is cached");
    }
    v->state->holding = 0;
}
