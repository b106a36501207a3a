/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MSRs of SVM: VM_CR, VM_HSAVE_PA, and what EFER.SVME depends on (APM vol. 2, 15.4, 15.30).
 *
 * Left out: SMM_CTL, SVM_KEY; DPD and DIS_A20M have no effect.
 */
#include "svm/internal.h"

/* 15.30.1: LOCK and SVMDIS cannot be written once LOCK is 1. */
static uint64_t written_vm_cr(uint64_t old, uint64_t value)
{
    const uint64_t locked = VM_CR_LOCK | VM_CR_SVMDIS;
    return old & VM_CR_LOCK ? (value & ~locked) | (old & locked) : value;
}

static bool allowed(const struct core *c, uint32_t msr, uint64_t value)
{
    switch (msr) {
    case MSR_VM_HSAVE_PA: return !(value & 0xfff) && value >> SVM_PHYSICAL_BITS == 0;
    case MSR_VM_CR: /* 15.4: SVM cannot be disabled while SVME is 1 */
        return !(value >> 5) && !((value & VM_CR_SVMDIS) && (c->state->efer & EFER_SVME));
    default: return false;
    }
}

static bool msr_next(void *owner, struct core *c, uint32_t msr, bool write, uint64_t value,
                     struct footprint *fp, unsigned *flags)
{
    (void)owner, (void)fp;
    if (msr != MSR_VM_CR && msr != MSR_VM_HSAVE_PA)
        return false;
    if (!write)
        return true;
    *flags |= POINT_DRAINED; /* WRMSR is serializing */
    return allowed(c, msr, value);
}

static bool msr_access(void *owner, struct core *c, uint32_t msr, bool write, uint64_t *value)
{
    struct svm_core *k = svm_core(owner, c);
    uint64_t *own = msr == MSR_VM_CR ? &k->vm_cr : &k->hsave;
    if (!write)
        *value = *own;
    else
        *own = msr == MSR_VM_CR ? written_vm_cr(k->vm_cr, *value) : *value;
    return true;
}

const struct msr_ops svm_msr_ops = {
    .first = MSR_VM_CR,
    .last = MSR_VM_HSAVE_PA,
    .next = msr_next,
    .access = msr_access,
};

/* 15.4: SVME cannot be set while VM_CR disables SVM. */
bool svm_efer_allowed(void *virt, struct core *c, uint64_t value)
{
    return !(value & EFER_SVME) || !(svm_core(virt, c)->vm_cr & VM_CR_SVMDIS);
}
