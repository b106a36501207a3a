/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenarios/devices.h"

#include <stdio.h>
#include <string.h>

#include "iommu/amdvi.h"
#include "iommu/ioapic_remap.h"
#include "iommu/msi.h"
#include "iommu/posting.h"
#include "iommu/vtd.h"
#include "lapic/ioapic.h"
#include "lapic/line.h"
#include "lapic/timer.h"
#include "scenarios/features.h"
#include "scenarios/states.h"

/* Requester ids: bus 0, device 3 on. */
enum { FIRST_REQUESTER = 0x18, NEXT_REQUESTER = 8 };

static bool has_unit(const struct scenario_variant *v)
{
    for (unsigned i = 0; i < v->devices_count; i++)
        if (v->devices[i].msi_count)
            return true;
    return false;
}

static bool has_ioapic(const struct scenario_variant *v)
{
    for (unsigned i = 0; i < v->devices_count; i++)
        if (v->devices[i].line)
            return true;
    return false;
}

unsigned scenario_devices(const struct scenario_variant *v)
{
    return v->devices_count + has_unit(v) + has_ioapic(v);
}

/* ---- Checks ---- */

/* A handle of VT-d has 16 bits; the index of an AMD IOMMU has 11. */
static unsigned handles(const struct scenario_variant *v)
{
    return features_vendor(v) == VENDOR_AMD ? 1 << 11 : 1 << 16;
}

static void check_msi(const struct scenario_variant *v, struct scenario_msi *msi, unsigned *total,
                      char *what, size_t size)
{
    if (!msi->count)
        msi->count = 1;
    *total += msi->count;
    if (msi->handle >= handles(v))
        snprintf(what, size, "handle %u; 0 to %u are right", msi->handle, handles(v) - 1);
    else if (msi->vector > 255 || (msi->vector && msi->vector < 16))
        snprintf(what, size, "vector %u of an MSI; 16 to 255 are right", msi->vector);
    else if (msi->count > MSI_SCRIPT_MAX || *total > MSI_SCRIPT_MAX)
        snprintf(what, size, "a device with more than %d MSIs", MSI_SCRIPT_MAX);
}

static void check_timer(const struct scenario_variant *v, unsigned index, char *what, size_t size)
{
    const struct scenario_device *d = &v->devices[index];
    struct scenario_timer *t = d->apic_timer ? d->apic_timer : d->vmx_timer;
    if (t->cpu >= v->cores)
        snprintf(what, size, "a timer of cpu %u; 0 to %u are right", t->cpu, v->cores - 1);
    else if (d->vmx_timer && t->ticks)
        snprintf(what, size, "'ticks' of a VMX-preemption timer; only APIC timers have them");
    if (!t->ticks)
        t->ticks = 1;
    for (unsigned i = 0; i < index; i++) {
        const struct scenario_device *e = &v->devices[i];
        const struct scenario_timer *other = d->apic_timer ? e->apic_timer : e->vmx_timer;
        if (other && other->cpu == t->cpu)
            snprintf(what, size, "two such timers of cpu %u; one is right", t->cpu);
    }
}

static void check_local(const struct scenario_variant *v, const struct scenario_local *local, char *what,
                        size_t size)
{
    if (local->cpu >= v->cores)
        snprintf(what, size, "an entry of cpu %u; 0 to %u are right", local->cpu, v->cores - 1);
    for (unsigned i = 0; i < local->script_count && !*what; i++)
        if (!pins_have_level(local->entry) && local->script[i] != LINE_PULSE)
            snprintf(what, size, "an action of a source that has no level; only 'pulse' is right");
}

static void check_device(const struct scenario_variant *v, unsigned index, char *what, size_t size)
{
    struct scenario_device *d = &v->devices[index];
    unsigned total = 0, kinds = !!d->posts_count + !!d->msi_count + !!d->line + !!d->local +
                                !!d->apic_timer + !!d->vmx_timer;
    if (kinds != 1)
        snprintf(what, size, "device %u is %s; one of 'posts', 'msi', 'line', 'local', 'apic_timer', 'vmx_timer' "
                 "is right", index, kinds ? "more than one thing" : "nothing");
    for (unsigned k = 0; k < d->msi_count && !*what; k++)
        check_msi(v, &d->msi[k], &total, what, size);
    if (*what)
        return;
    for (unsigned k = 0; k < d->posts_count && !*what; k++)
        if (d->posts[k] < 16)
            snprintf(what, size, "vector %u of a post; 16 to 255 are right", d->posts[k]);
    if (d->line && d->line->pin >= IOAPIC_PINS)
        snprintf(what, size, "pin %u; 0 to %d are right", d->line->pin, IOAPIC_PINS - 1);
    if (d->local)
        check_local(v, d->local, what, size);
    if (d->apic_timer || d->vmx_timer)
        check_timer(v, index, what, size);
}

static unsigned add_name(char *what, size_t size, bool there, const char *name)
{
    if (there)
        snprintf(what + strlen(what), size - strlen(what), " and %s", name);
    return there;
}

static const char *unit_name(const struct scenario_variant *v)
{
    return features_vendor(v) == VENDOR_AMD ? "an AMD IOMMU" : "a VT-d unit";
}

bool devices_check(const struct scenario_variant *v, char *what, size_t size)
{
    *what = 0;
    if (scenario_devices(v) > MACHINE_MAX_DEVICES) {
        snprintf(what, size, "%u devices", v->devices_count);
        unsigned others = add_name(what, size, has_unit(v), unit_name(v)) +
                          add_name(what, size, has_ioapic(v), "an I/O APIC");
        snprintf(what + strlen(what), size - strlen(what), "; %d devices are right",
                 MACHINE_MAX_DEVICES - (int)others);
    }
    for (unsigned i = 0; i < v->devices_count && !*what; i++)
        check_device(v, i, what, size);
    return !*what;
}

/* ---- Building ---- */

static struct iommu_device *add_poster(struct session *s, unsigned index, uint64_t descriptor,
                                       uint64_t posted)
{
    const struct scenario_device *d = &s->variant->devices[index];
    struct iommu_post script[IOMMU_SCRIPT_MAX] = {{0}};
    assert(d->posts_count <= IOMMU_SCRIPT_MAX);
    for (unsigned i = 0; i < d->posts_count; i++)
        script[i] = (struct iommu_post){.vector = d->posts[i],
                                        .descriptor = descriptor,
                                        .count = posted ? posted + 4 * d->posts[i] : 0};
    return iommu_device_new(s->m, s->lapic, index, script, d->posts_count);
}

/* VT-d finds the entry by the address, an AMD IOMMU by the data, in a table of the device. */
static struct interrupt_request request_for(const struct session *s, unsigned handle, unsigned index)
{
    uint16_t requester = (uint16_t)(FIRST_REQUESTER + NEXT_REQUESTER * index);
    if (s->amdvi)
        return (struct interrupt_request){MSI_ADDRESS, handle, requester};
    return (struct interrupt_request){msi_remappable_address((uint16_t)handle), 0, requester};
}

static struct msi_device *add_msi_device(struct session *s, unsigned index, uint64_t posted)
{
    const struct scenario_device *d = &s->variant->devices[index];
    struct msi_interrupt script[MSI_SCRIPT_MAX] = {{.count = 0}};
    unsigned count = 0;
    for (unsigned i = 0; i < d->msi_count; i++) {
        const struct scenario_msi *msi = &d->msi[i];
        for (unsigned k = 0; k < msi->count; k++, count++) {
            assert(count < MSI_SCRIPT_MAX);
            script[count].request = request_for(s, msi->handle, index);
            script[count].count = posted && msi->vector ? posted + 4 * msi->vector : 0;
        }
    }
    return msi_device_new(s->m, s->lapic, s->amdvi ? amdvi_remapper(s->amdvi) : vtd_remapper(s->vtd),
                          index, script, count);
}

/* What posts go to, for devices that do not look into the remapping table. */
static bool find_descriptor(struct session *s, uint64_t *descriptor, char *error)
{
    const struct image_state *pid;
    if (!state_find(s, "pid0", sizeof(struct posted_descriptor), &pid, error))
        return false;
    *descriptor = pid->address;
    if (!(pid->address & (sizeof(struct posted_descriptor) - 1)))
        return true;
    snprintf(error, SCENARIO_ERROR, "%.200s: state 'pid0' is at %#llx, not 64-byte aligned",
             s->image.path, (unsigned long long)pid->address);
    return false;
}

static struct line_device *add_line(const struct session *s, unsigned index)
{
    const struct scenario_line *line = s->variant->devices[index].line;
    const struct scenario_local *local = s->variant->devices[index].local;
    if (local)
        return line_device_new_local(s->lapic, index, local->cpu, local->entry, local->script,
                                     local->script_count);
    return line_device_new(s->ioapic, index, line->pin, line->script, line->script_count);
}

/* True if it is a timer, which belongs to its core. */
static bool add_timer(const struct session *s, unsigned index)
{
    const struct scenario_device *d = &s->variant->devices[index];
    if (d->apic_timer)
        lapic_add_timer(s->lapic, d->apic_timer->cpu, index, d->apic_timer->ticks);
    else if (d->vmx_timer)
        vmx_add_timer(s->vmx, d->vmx_timer->cpu, index);
    return d->apic_timer || d->vmx_timer;
}

bool devices_add(struct session *s, char *error)
{
    const struct image_state *posted = image_state(&s->image, "ledger.posted");
    uint64_t ledger = posted ? posted->address : 0, descriptor = 0;
    unsigned others = s->variant->devices_count;
    if (has_unit(s->variant) && features_vendor(s->variant) == VENDOR_AMD)
        s->amdvi = amdvi_new(s->m, s->cpu, s->lapic, others++);
    else if (has_unit(s->variant))
        s->vtd = vtd_new(s->m, s->cpu, s->lapic, others++);
    if (has_ioapic(s->variant))
        s->ioapic = ioapic_new(s->lapic, others);
    if (s->vtd && s->ioapic)
        s->remap = ioapic_remap_new(s->m, s->lapic, s->vtd, s->ioapic, others);
    for (unsigned i = 0; i < s->variant->devices_count; i++) {
        const struct scenario_device *d = &s->variant->devices[i];
        if (add_timer(s, i))
            continue;
        bool posts = !d->msi_count && !d->line && !d->local;
        if (posts && !descriptor && !find_descriptor(s, &descriptor, error))
            return false;
        if (d->msi_count)
            s->device[i] = add_msi_device(s, i, ledger);
        else if (!posts)
            s->device[i] = add_line(s, i);
        else
            s->device[i] = add_poster(s, i, descriptor, ledger);
    }
    return true;
}

void devices_free(struct session *s)
{
    for (unsigned i = 0; i < MACHINE_MAX_DEVICES; i++) {
        if (s->device[i] && s->variant->devices[i].msi_count)
            msi_device_free(s->device[i]);
        else if (s->device[i] && (s->variant->devices[i].line || s->variant->devices[i].local))
            line_device_free(s->device[i]);
        else if (s->device[i])
            iommu_device_free(s->device[i]);
        s->device[i] = NULL;
    }
    if (s->remap)
        ioapic_remap_free(s->remap);
    s->remap = NULL;
    if (s->vtd)
        vtd_free(s->vtd);
    if (s->amdvi)
        amdvi_free(s->amdvi);
    s->vtd = NULL;
    s->amdvi = NULL;
}
