/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenarios/devices.h"

#include <stdio.h>

#include "iommu/msi.h"
#include "iommu/posting.h"
#include "scenarios/states.h"

/* Requester ids: bus 0, device 3 on. */
enum { FIRST_REQUESTER = 0x18, NEXT_REQUESTER = 8 };

unsigned scenario_devices(const struct scenario_variant *v)
{
    for (unsigned i = 0; i < v->devices_count; i++)
        if (v->devices[i].msi_count)
            return v->devices_count + 1;
    return v->devices_count;
}

/* ---- Checks ---- */

enum { MSI_HANDLES = 1 << 16 };

static void check_msi(struct scenario_msi *msi, unsigned *total, char *what, size_t size)
{
    if (!msi->count)
        msi->count = 1;
    *total += msi->count;
    if (msi->handle >= MSI_HANDLES)
        snprintf(what, size, "handle %u; 0 to %d are right", msi->handle, MSI_HANDLES - 1);
    else if (msi->vector > 255 || (msi->vector && msi->vector < 16))
        snprintf(what, size, "vector %u of an MSI; 16 to 255 are right", msi->vector);
    else if (msi->count > MSI_SCRIPT_MAX || *total > MSI_SCRIPT_MAX)
        snprintf(what, size, "a device with more than %d MSIs", MSI_SCRIPT_MAX);
}

bool devices_check(const struct scenario_variant *v, char *what, size_t size)
{
    *what = 0;
    if (scenario_devices(v) > MACHINE_MAX_DEVICES)
        snprintf(what, size, "%u devices and a VT-d unit; %d devices are right", v->devices_count,
                 MACHINE_MAX_DEVICES - 1);
    for (unsigned i = 0; i < v->devices_count && !*what; i++) {
        struct scenario_device *d = &v->devices[i];
        unsigned total = 0;
        if (!d->posts_count == !d->msi_count)
            snprintf(what, size, "device %u has %s; one of the two is right", i,
                     d->msi_count ? "'posts' and 'msi'" : "neither 'posts' nor 'msi'");
        for (unsigned k = 0; k < d->msi_count && !*what; k++)
            check_msi(&d->msi[k], &total, what, size);
    }
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
    return iommu_device_new(s->m, s->cpu, s->lapic, index, script, d->posts_count);
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
            script[count].request = (struct vtd_request){
                msi_remappable_address((uint16_t)msi->handle), 0,
                (uint16_t)(FIRST_REQUESTER + NEXT_REQUESTER * index)};
            script[count].count = posted && msi->vector ? posted + 4 * msi->vector : 0;
        }
    }
    return msi_device_new(s->m, s->lapic, s->vtd, index, script, count);
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

bool devices_add(struct session *s, char *error)
{
    const struct image_state *posted = image_state(&s->image, "ledger.posted");
    uint64_t ledger = posted ? posted->address : 0, descriptor = 0;
    if (scenario_devices(s->variant) > s->variant->devices_count)
        s->vtd = vtd_new(s->m, s->cpu, s->lapic, s->variant->devices_count);
    for (unsigned i = 0; i < s->variant->devices_count; i++) {
        if (s->variant->devices[i].msi_count) {
            s->device[i] = add_msi_device(s, i, ledger);
            continue;
        }
        if (!descriptor && !find_descriptor(s, &descriptor, error))
            return false;
        s->device[i] = add_poster(s, i, descriptor, ledger);
    }
    return true;
}

void devices_free(struct session *s)
{
    for (unsigned i = 0; i < MACHINE_MAX_DEVICES; i++) {
        if (s->device[i] && s->variant->devices[i].msi_count)
            msi_device_free(s->device[i]);
        else if (s->device[i])
            iommu_device_free(s->device[i]);
        s->device[i] = NULL;
    }
    if (s->vtd)
        vtd_free(s->vtd);
    s->vtd = NULL;
}
