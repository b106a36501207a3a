/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VT-d interrupt posting by a scripted device.
 * After the VT-d specification, 5.2.3 to 5.2.5: PIR and the control word change in one
 * atomic update of the descriptor's line, and the notification leaves with the NV and NDST that
 * this update has read.
 *
 * Update and send are one step here: the message may arrive arbitrarily late, so nobody can tell
 * that from two steps. Left out: the remapping table and its cache, source checks, faults of the
 * IOMMU (a reserved bit that is set is a finding).
 */
#include "iommu/posting.h"

#include <stdio.h>
#include <stdlib.h>

#include "sim/message.h"
#include "sim/tso.h"

struct iommu_state {
    uint32_t next; /* entry of the script */
};

struct iommu_device {
    struct machine *m;
    struct lapic *lapic;
    unsigned index;
    unsigned count;
    struct iommu_post script[IOMMU_SCRIPT_MAX];
    struct iommu_state *state; /* in the arena */
};

struct iommu_update iommu_judge_post(uint64_t pir, uint64_t control, unsigned vector, bool urgent)
{
    assert(vector < 256);
    struct iommu_update u = {.pir = pir | 1ull << (vector & 63), .control = control};
    u.notify = !(control & PID_ON) && (urgent || !(control & PID_SN));
    u.nv = (uint8_t)pid_nv(control);
    u.ndst = pid_ndst(control);
    if (u.notify)
        u.control |= PID_ON;
    return u;
}

static unsigned source(const struct iommu_device *d)
{
    return d->m->cores + d->index;
}

static const struct iommu_post *current(const struct iommu_device *d)
{
    return d->state->next < d->count ? &d->script[d->state->next] : NULL;
}

static uint64_t pir_address(const struct iommu_post *p)
{
    return p->descriptor + 8 * (p->vector / 64);
}

static uint64_t control_address(const struct iommu_post *p)
{
    return p->descriptor + PID_CONTROL;
}

static struct iommu_update judge(const struct iommu_device *d, const struct iommu_post *p)
{
    const struct memory *mem = &d->m->memory;
    uint64_t pir = memory_read(mem, pir_address(p), 8);
    uint64_t control = memory_read(mem, control_address(p), 8);
    return iommu_judge_post(pir, control, p->vector, p->urgent);
}

static bool enabled(void *device)
{
    struct iommu_device *d = device;
    const struct iommu_post *p = current(d);
    if (!p)
        return false;
    struct iommu_update u = judge(d, p);
    return !u.notify || message_can_send(d->m, source(d));
}

static void next(void *device, struct footprint *fp)
{
    struct iommu_device *d = device;
    const struct iommu_post *p = current(d);
    if (!p)
        return;
    struct iommu_update u = judge(d, p);
    int target = lapic_core_of_id(d->lapic, u.ndst);
    fp->events |= EVENT_DEVICE_POST;
    footprint_add_memory(fp, pir_address(p), 8, ACCESS_WRITE, 0);
    footprint_add_memory(fp, control_address(p), 8, ACCESS_WRITE, 0);
    if (p->count)
        footprint_add_memory(fp, p->count, 4, ACCESS_WRITE, 0);
    if (u.notify && target >= 0)
        message_order_send(d->m, source(d), (unsigned)target, fp);
}

static void touch(struct iommu_device *d, uint64_t address, unsigned size)
{
    visible_touch(&d->m->visibility, address, size, true, context_of_device(d->index));
}

static void count(struct iommu_device *d, uint64_t address)
{
    if (!address)
        return;
    touch(d, address, 4);
    tso_write_global(d->m, address, 4, memory_read(&d->m->memory, address, 4) + 1);
}

static void notify(struct iommu_device *d, const struct iommu_update *u)
{
    int target = lapic_core_of_id(d->lapic, u->ndst);
    if (target < 0) {
        machine_find(d->m, FINDING_BUG, "", "IOMMU%u: NDST %#x is no CPU", d->index, u->ndst);
        return;
    }
    message_send(d->m, source(d), APIC_FIXED, u->nv, (unsigned)target);
    machine_say(d->m, STEP_DEVICE, "ON = 1, sends %#x to CPU%d", u->nv, target);
}

static void record(struct machine *m, uint64_t address, uint64_t old, uint64_t value)
{
    if (!m->record)
        return;
    m->record->address = address;
    m->record->size = 8;
    m->record->old = old;
    m->record->value = value;
}

static void step(void *device)
{
    struct iommu_device *d = device;
    const struct iommu_post *p = current(d);
    assert(p);
    uint64_t pir = memory_read(&d->m->memory, pir_address(p), 8);
    uint64_t control = memory_read(&d->m->memory, control_address(p), 8);
    struct iommu_update u = judge(d, p);
    touch(d, pir_address(p), 8);
    touch(d, control_address(p), 8);
    d->state->next++;
    if (control & PID_RESERVED) { /* VT-d 5.2.3: released, fault recorded */
        machine_find(d->m, FINDING_BUG, "", "IOMMU%u: reserved bits of the descriptor: %#llx",
                     d->index, (unsigned long long)control);
        return;
    }
    tso_write_global(d->m, pir_address(p), 8, u.pir);
    tso_write_global(d->m, control_address(p), 8, u.control);
    count(d, p->count);
    record(d->m, pir_address(p), pir, u.pir);
    machine_say(d->m, STEP_DEVICE, "posts %#x", p->vector);
    if (u.notify)
        notify(d, &u);
    else
        machine_say(d->m, STEP_DEVICE, control & PID_ON ? "ON was 1" : "SN is 1");
}

static void describe(void *device, char *text, size_t size)
{
    struct iommu_device *d = device;
    const struct iommu_post *p = current(d);
    if (p)
        snprintf(text, size, "post %#x%s", p->vector, p->urgent ? ", urgent" : "");
    else
        snprintf(text, size, "done");
}

static const struct device_ops operations = {
    .enabled = enabled,
    .next = next,
    .step = step,
    .describe = describe,
};

struct iommu_device *iommu_device_new(struct machine *m, struct lapic *lapic, unsigned index,
                                      const struct iommu_post *script, unsigned count)
{
    struct iommu_device *d = calloc(1, sizeof *d);
    assert(d);
    assert(count <= IOMMU_SCRIPT_MAX);
    d->m = m;
    d->lapic = lapic;
    d->index = index;
    d->count = count;
    for (unsigned i = 0; i < count; i++) {
        assert(!(script[i].descriptor & 63));
        assert(memory_has(&m->memory, script[i].descriptor, sizeof(struct posted_descriptor)));
        assert(!(script[i].count & 3) && memory_has(&m->memory, script[i].count, 4));
        d->script[i] = script[i];
    }
    d->state = machine_reserve(m, sizeof *d->state);
    machine_set_device(m, index, &operations, d);
    return d;
}

void iommu_device_free(struct iommu_device *d)
{
    free(d);
}

unsigned iommu_device_posted(const struct iommu_device *d)
{
    return d->state->next;
}
