/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenarios/devices.h"

#include <stdio.h>

#include "iommu/posting.h"
#include "scenarios/states.h"

static struct iommu_device *add_device(struct session *s, unsigned index, uint64_t descriptor,
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

bool devices_add(struct session *s, char *error)
{
    const struct image_state *pid, *posted = image_state(&s->image, "ledger.posted");
    if (!s->variant->devices_count)
        return true;
    if (!state_find(s, "pid0", sizeof(struct posted_descriptor), &pid, error))
        return false;
    if (pid->address & (sizeof(struct posted_descriptor) - 1)) {
        snprintf(error, SCENARIO_ERROR, "%.200s: state 'pid0' is at %#llx, not 64-byte aligned",
                 s->image.path, (unsigned long long)pid->address);
        return false;
    }
    for (unsigned i = 0; i < s->variant->devices_count; i++)
        s->device[i] = add_device(s, i, pid->address, posted ? posted->address : 0);
    return true;
}

void devices_free(struct session *s)
{
    for (unsigned i = 0; i < MACHINE_MAX_DEVICES; i++) {
        if (s->device[i])
            iommu_device_free(s->device[i]);
        s->device[i] = NULL;
    }
}
