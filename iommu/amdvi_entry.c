/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What entries of the device table and of an interrupt remapping table say. Pure rules. After the AMD IOMMU
 * specification: "Device Table Entry Format", "Interrupt Remapping Tables, Guest Virtual APIC Not Enabled",
 * "... Enabled", "IO_PAGE_FAULT Event", "ILLEGAL_DEV_TABLE_ENTRY Event".
 */
#include "iommu/amdvi.h"

/* Bits 191:128 and 255:192 of a device table entry that must be 0. */
#define DTE_RESERVED_LOW 0x0030000000000000ull
#define DTE_RESERVED_HIGH 0x001f000000007fffull

/* Of remapping entries of 128 bits, lower and upper quadword; and of 32 bits. */
#define REMAPPED_RESERVED_LOW 0xffffffff00000000ull
#define REMAPPED_RESERVED_HIGH 0x00ffffffffffff00ull
#define GUEST_RESERVED_LOW 0x18ull
#define GUEST_RESERVED_HIGH 0x00f0000000000f00ull
#define SHORT_RESERVED 0xff000000ull

/* What a destination of 8 bits does not fill. */
#define XT_ONLY_LOW 0xffff0000ull
#define XT_ONLY_HIGH 0xff00000000000000ull

static struct amdvi_outcome blocked(enum amdvi_event event, uint64_t flags)
{
    return (struct amdvi_outcome){.form = AMDVI_BLOCKED, .event = event,
                                  .flags = event ? flags | AMDVI_EVENT_I : 0};
}

static struct amdvi_outcome forwarded(bool passes, bool silently)
{
    if (passes)
        return (struct amdvi_outcome){.form = AMDVI_UNMAPPED};
    return blocked(silently ? AMDVI_NO_EVENT : AMDVI_IO_PAGE_FAULT, 0);
}

/* By the kind of the request (data 10:8): those for which there are no entries. */
static struct amdvi_outcome judge_other_kind(uint64_t dte, unsigned kind, bool silently)
{
    switch (kind) {
    case APIC_SMI:
        return forwarded(true, silently);
    case APIC_NMI:
        return forwarded(dte & DTE_NMI_PASS, silently);
    case APIC_INIT:
        return forwarded(dte & DTE_INIT_PASS, silently);
    case APIC_EXTINT:
        return forwarded(dte & DTE_EINT_PASS, silently);
    default:
        return forwarded(false, silently);
    }
}

static struct amdvi_outcome judge_table(uint64_t dte, uint32_t data, bool silently)
{
    switch (dte_int_ctl(dte)) {
    case INT_CTL_ABORT:
        return forwarded(false, silently);
    case INT_CTL_FORWARD:
        return forwarded(true, silently);
    case INT_CTL_REMAP:
        break;
    default:
        return blocked(AMDVI_ILLEGAL_DEV_TABLE_ENTRY, AMDVI_EVENT_RZ);
    }
    if (dte_int_tab_len(dte) > INT_TAB_LEN_MAX)
        return blocked(AMDVI_ILLEGAL_DEV_TABLE_ENTRY, 0);
    if (amdvi_index(data) >> dte_int_tab_len(dte))
        return forwarded(false, silently);
    return (struct amdvi_outcome){.form = AMDVI_REMAPPED};
}

struct amdvi_outcome amdvi_judge_device(const struct table_entry *e, uint32_t data, bool all_kinds,
                                        bool iv_0_aborts, bool aborts_silently)
{
    unsigned kind = data >> 8 & 7;
    struct amdvi_outcome o;
    if (!(e->low & DTE_IV))
        return iv_0_aborts ? blocked(AMDVI_ILLEGAL_DEV_TABLE_ENTRY, 0) : forwarded(true, true);
    if ((e->low & DTE_RESERVED_LOW) || (e->high & DTE_RESERVED_HIGH))
        return blocked(AMDVI_ILLEGAL_DEV_TABLE_ENTRY, AMDVI_EVENT_RZ);
    if (all_kinds || kind == APIC_FIXED || kind == APIC_LOWEST)
        o = judge_table(e->low, data, aborts_silently);
    else
        o = judge_other_kind(e->low, kind, aborts_silently);
    if (o.event == AMDVI_IO_PAGE_FAULT && (e->low & DTE_IG))
        return blocked(AMDVI_NO_EVENT, 0);
    return o;
}

/* ---- Remapping entries ---- */

/* IntType: the encodings of delivery modes in MSI data; start-up is none. */
static bool is_int_type(unsigned type)
{
    return type != 3 && type != APIC_STARTUP;
}

static bool reserved(const struct table_entry *e, struct amdvi_mode mode)
{
    uint64_t xt_low = mode.xt ? 0 : XT_ONLY_LOW, xt_high = mode.xt ? 0 : XT_ONLY_HIGH;
    bool guest = e->low & IRTE_GUEST_MODE;
    if (!mode.ga)
        return guest || (e->low & SHORT_RESERVED) || !is_int_type(e->low >> 2 & 7);
    if (guest)
        return !mode.guest || (e->low & (GUEST_RESERVED_LOW | xt_low)) ||
               (e->high & (GUEST_RESERVED_HIGH | xt_high));
    return (e->low & (REMAPPED_RESERVED_LOW | xt_low)) ||
           (e->high & (REMAPPED_RESERVED_HIGH | xt_high)) || !is_int_type(e->low >> 2 & 7);
}

static uint32_t destination(const struct table_entry *e, struct amdvi_mode mode)
{
    if (mode.xt)
        return (uint32_t)(e->low >> 8 & 0xffffff) | (uint32_t)(e->high >> 56) << 24;
    return e->low >> 8 & 0xff;
}

static struct amdvi_outcome remapped(const struct table_entry *e, struct amdvi_mode mode)
{
    return (struct amdvi_outcome){
        .form = AMDVI_REMAPPED,
        .vector = (uint8_t)(mode.ga ? e->high : e->low >> 16),
        .delivery = e->low >> 2 & 7,
        .logical = !!(e->low & IRTE_DM),
        .level = !!(e->low & IRTE_RQ_EOI),
        .destination = destination(e, mode),
    };
}

static struct amdvi_outcome judge(const struct table_entry *e, struct amdvi_mode mode)
{
    if (!(e->low & IRTE_REMAP_EN))
        return blocked(AMDVI_IO_PAGE_FAULT, 0);
    if (reserved(e, mode))
        return blocked(AMDVI_IO_PAGE_FAULT, AMDVI_EVENT_PR | AMDVI_EVENT_RZ);
    if (!(e->low & IRTE_GUEST_MODE))
        return remapped(e, mode);
    return (struct amdvi_outcome){.form = AMDVI_GUEST, .vector = (uint8_t)e->high,
                                  .page = e->high & 0x000ffffffffff000ull};
}

struct amdvi_outcome amdvi_judge_entry(const struct table_entry *e, struct amdvi_mode mode)
{
    struct amdvi_outcome o = judge(e, mode);
    if (o.form == AMDVI_BLOCKED && (e->low & IRTE_SUP_IOPF))
        return blocked(AMDVI_NO_EVENT, 0);
    return o;
}

struct amdvi_live amdvi_live_fields(const struct table_entry *e, struct amdvi_mode mode)
{
    return (struct amdvi_live){
        .is_run = e->low & IRTE_IS_RUN,
        .ga_log_intr = e->low & IRTE_GA_LOG_INTR,
        .gappi_dis = e->low & IRTE_GAPPI_DIS,
        .destination = destination(e, mode),
        .tag = (uint32_t)(e->low >> 32),
    };
}
