/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VMCB fields on their way between memory and the core, and the copies that the core keeps (APM vol. 2, 15.15).
 *
 * A copy is kept by the VMCB's physical address, of the last two VMCBs of the core. Clean bits of a VMCB of which
 * there is no copy have no effect, and a copy outlives what other cores do: software that runs the guest
 * elsewhere in between and sets the bits all the same gets the fields of the last time here. One choice for all
 * groups: a processor that keeps some of them only is none of the two values of the knob.
 */
#include "svm/internal.h"

uint64_t svm_read_field(struct core *c, uint64_t vmcb, enum vmcb_field f)
{
    const struct vmcb_field_info *info = &vmcb_field_table[f];
    assert(info->size);
    return core_hw_read(c, vmcb + info->offset, info->size);
}

void svm_write(struct core *c, enum knob drains, uint64_t address, unsigned size, uint64_t value)
{
    if (c->m->knobs.value[drains] == 0)
        core_hw_write(c, address, size, value);
    else
        core_hw_store(c, address, size, value);
}

void svm_write_field(struct core *c, enum knob drains, uint64_t vmcb, enum vmcb_field f,
                     uint64_t value)
{
    const struct vmcb_field_info *info = &vmcb_field_table[f];
    svm_write(c, drains, vmcb + info->offset, info->size, value);
}

/* The copy of this VMCB, or the oldest one, which makes room for it. */
static struct vmcb_copy *find_copy(struct svm_core *k, uint64_t vmcb)
{
    struct vmcb_copy *oldest = &k->copy[0];
    for (unsigned i = 0; i < VMCB_CACHED; i++) {
        if (k->copy[i].used && k->copy[i].address == vmcb)
            return &k->copy[i];
        if (k->copy[i].used < oldest->used)
            oldest = &k->copy[i];
    }
    *oldest = (struct vmcb_copy){.address = vmcb};
    return oldest;
}

/* Groups that need not be read, a bit each. */
static uint32_t trusted_groups(const struct svm *s, struct core *c, const struct vmcb_copy *g)
{
    if (!svm_offers(s, SVM_CLEAN_BITS))
        return 0;
    uint32_t clean = (uint32_t)core_hw_read(c, g->address + offsetof(struct vmcb, control.clean), 4);
    if (!clean || !g->used)
        return 0;
    return knob_value(&c->m->knobs, KNOB_VMCB_CLEAN_BITS) == 0 ? clean : 0;
}

static bool is_trusted(uint32_t clean, unsigned group)
{
    return group != CLEAN_NEVER && (clean >> group & 1);
}

/* 060h, whose bits 31 and 30 may belong to another group than the others. */
static uint64_t load_int_ctl(struct core *c, const struct vmcb_copy *g, uint32_t clean)
{
    const uint64_t avic = V_AVIC_ENABLE | V_X2AVIC_ENABLE;
    bool apart = clean && knob_value(&c->m->knobs, KNOB_VMCB_CLEAN_AVIC) == 1;
    bool keep_avic = is_trusted(clean, apart ? CLEAN_AVIC : CLEAN_TPR);
    bool keep_rest = is_trusted(clean, CLEAN_TPR);
    uint64_t old = vmcb_get(g, VMCB_INT_CTL);
    if (keep_avic && keep_rest)
        return old;
    uint64_t kept = (keep_avic ? avic : 0) | (keep_rest ? ~avic : 0);
    return (old & kept) | (svm_read_field(c, g->address, VMCB_INT_CTL) & ~kept);
}

struct vmcb_copy *svm_load(struct svm *s, struct core *c, uint64_t vmcb)
{
    struct svm_core *k = svm_core(s, c);
    struct vmcb_copy *g = find_copy(k, vmcb);
    uint32_t clean = trusted_groups(s, c, g);
    for (unsigned f = 0; f < VMCB_FIELDS; f++) {
        if (f == VMCB_INT_CTL)
            vmcb_set(g, VMCB_INT_CTL, load_int_ctl(c, g, clean));
        else if (!is_trusted(clean, vmcb_field_table[f].group))
            vmcb_set(g, (enum vmcb_field)f, svm_read_field(c, vmcb, (enum vmcb_field)f));
    }
    g->used = ++k->vmruns;
    return g;
}
