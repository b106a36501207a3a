/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interrupts of an AMD IOMMU itself: through its MSI capability, or through the XT interrupt control
 * registers. After the AMD IOMMU specification, "IOMMU Interrupt Support", "IOMMU x2APIC Control" (layout of
 * the latter as in Linux, drivers/iommu/amd/init.c).
 *
 * They are not remapped by the unit itself. An interrupt that is raised while it is not enabled is lost.
 */
#include "iommu/amdvi_internal.h"
#include "iommu/send.h"

enum { MSI_ENABLE = 1 << 16 };

/* Destination mode 2, destination 31:8 and 63:56, vector 39:32. */
static struct msi_request xt_message(uint64_t control)
{
    return (struct msi_request){
        .delivery = APIC_FIXED,
        .vector = (uint8_t)(control >> 32),
        .to = {.address = (uint32_t)(control >> 8 & 0xffffff) | (uint32_t)(control >> 56) << 24,
               .logical = control >> 2 & 1},
    };
}

/* False: nowhere, as nothing is enabled. */
static bool message_of(const struct amdvi *v, enum amdvi_cause cause, struct msi_request *msg)
{
    const uint64_t *reg = v->state->reg;
    if (amdvi_controls(v, AMDVI_INT_CAP_XT_EN))
        *msg = xt_message(reg[cause == CAUSE_GA ? REG_XT_GA : REG_XT_GENERAL]);
    else
        *msg = iommu_decode_compatibility(reg[REG_MSI_ADDRESS], (uint32_t)reg[REG_MSI_DATA], 0, false);
    return amdvi_controls(v, AMDVI_INT_CAP_XT_EN) || (reg[REG_MSI_HEADER] & MSI_ENABLE);
}

bool interrupt_can_send(const struct amdvi *v, enum amdvi_cause cause, unsigned source)
{
    struct msi_request msg;
    return !message_of(v, cause, &msg) || request_can_send(v->lapic, source, &msg);
}

void interrupt_next(const struct amdvi *v, enum amdvi_cause cause, unsigned source,
                    struct footprint *fp)
{
    struct msi_request msg;
    footprint_add(fp, amdvi_resource(PART_CONTROL), ACCESS_READ);
    if (message_of(v, cause, &msg))
        request_next(v->lapic, source, &msg, fp);
}

void interrupt_send(struct amdvi *v, enum amdvi_cause cause, unsigned source)
{
    struct msi_request msg;
    if (message_of(v, cause, &msg))
        request_send(v->lapic, source, &msg);
    else
        machine_say(v->m, STEP_DEVICE, "its interrupt is not enabled");
}
