/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VMX of a machine: construction, what invariants ask, and the MSRs of VMX capability
 * (SDM vol. 3, appendix A) and IA32_FEATURE_CONTROL (23.7).
 */
#include "vmx/vmx.h"

#include <stdlib.h>

#include "sim/tso.h"
#include "vmx/internal.h"

struct vmx *vmx_new(struct machine *m, struct cpu *cpu, struct lapic *lapic)
{
    struct vmx *x = calloc(1, sizeof *x);
    assert(x);
    assert(lapic);
    x->m = m;
    x->cpu = cpu;
    x->lapic = lapic;
    x->vmcs_count = 2 * m->cores < VMCS_MAX ? 2 * m->cores : VMCS_MAX;
    x->cores = machine_reserve(m, m->cores * sizeof *x->cores);
    x->vmcs = machine_reserve(m, x->vmcs_count * sizeof *x->vmcs);
    for (unsigned i = 0; i < m->cores; i++)
        x->cores[i].feature_control = FEATURE_LOCKED | FEATURE_VMXON;
    if (cpu) {
        cpu_set_virt(cpu, &vmx_operations, x);
        cpu_add_msrs(cpu, &vmx_capability_ops, x);
        cpu_add_msrs(cpu, &vmx_feature_ops, x);
    }
    return x;
}

void vmx_free(struct vmx *x)
{
    for (unsigned i = 0; i < x->m->cores; i++)
        free(x->timer[i]);
    free(x);
}

/* ---- For invariants ---- */

struct vmcs *vmx_current(const struct vmx *x, unsigned core)
{
    assert(core < x->m->cores);
    unsigned current = x->cores[core].current;
    assert(current <= x->vmcs_count);
    return current ? &x->vmcs[current - 1] : NULL;
}

const struct vmcs *vmx_vmcs_of_page(const struct vmx *x, uint64_t virtual_apic)
{
    for (unsigned i = 0; i < x->vmcs_count; i++)
        if (x->vmcs[i].used && vmcs_get(&x->vmcs[i], VMCS_VIRTUAL_APIC) == virtual_apic)
            return &x->vmcs[i];
    return NULL;
}

bool vmx_non_root(const struct vmx *x, unsigned core)
{
    return x->cpu->core[core].state->non_root;
}

bool vmx_processing(const struct vmx *x, unsigned core)
{
    assert(core < x->m->cores);
    return x->cores[core].posted_processing;
}

uint64_t vmx_posted_descriptor(const struct vmx *x, unsigned core)
{
    const struct vmcs *v = vmx_current(x, core);
    return v && vmx_pin(v, PIN_POSTED_INTERRUPTS) ? vmcs_get(v, VMCS_POSTED_INTR_DESC) : 0;
}

uint64_t vmx_virtual_apic(const struct vmx *x, unsigned core)
{
    const struct vmcs *v = vmx_current(x, core);
    return v && vmx_proc(v, PROC_TPR_SHADOW) ? vmcs_get(v, VMCS_VIRTUAL_APIC) : 0;
}

const struct vid *vmx_vid(const struct vmx *x, unsigned core)
{
    assert(core < x->m->cores);
    return &x->cores[core].vid;
}

/* ---- For the files of vmx/ ---- */

/* Many of these steps leave the guest, which stops its timer. */
void vmx_footprint(const struct core *c, struct footprint *fp)
{
    const struct vmx *x = c->cpu->virt;
    footprint_add(fp, core_control(c->id, UNIT_VIRT), ACCESS_WRITE);
    if (vmx_core(x, c)->timer_runs)
        vmx_timer_footprint(c, fp);
}

void vmx_micro_point(struct core *c)
{
    struct footprint fp;
    footprint_clear(&fp);
    vmx_footprint(c, &fp);
    core_point(c, &fp, 0);
}

/* ---- MSRs ---- */

static bool has_timers(const struct vmx *x)
{
    for (unsigned i = 0; i < x->m->cores; i++)
        if (!x->timer[i])
            return false;
    return true;
}

void vmx_withhold(struct vmx *x, const struct vmx_controls *c)
{
    x->withheld.pin |= c->pin;
    x->withheld.proc |= c->proc;
    x->withheld.secondary |= c->secondary;
    x->withheld.tertiary |= c->tertiary;
}

/* Tertiary controls are all allowed-1 settings; of the others these are in the upper half. */
static uint64_t withheld(const struct vmx *x, uint32_t msr)
{
    switch (msr) {
    case MSR_VMX_PIN: case MSR_VMX_TRUE_PIN:
        return (uint64_t)(x->withheld.pin | (has_timers(x) ? 0 : PIN_PREEMPTION_TIMER)) << 32;
    case MSR_VMX_EXIT: case MSR_VMX_TRUE_EXIT:
        return has_timers(x) ? 0 : (uint64_t)EXIT_SAVE_PREEMPTION_TIMER << 32;
    case MSR_VMX_PROC: case MSR_VMX_TRUE_PROC:
        return (uint64_t)x->withheld.proc << 32;
    case MSR_VMX_PROC2:
        return (uint64_t)x->withheld.secondary << 32;
    case MSR_VMX_PROC3:
        return x->withheld.tertiary;
    default:
        return 0;
    }
}

uint64_t vmx_offers(const struct vmx *x, uint32_t msr)
{
    return vmx_capability(msr) & ~withheld(x, msr);
}

static bool capability_next(void *owner, struct core *c, uint32_t msr, bool write, uint64_t value,
                            struct footprint *fp, unsigned *flags)
{
    (void)owner, (void)c, (void)msr, (void)value, (void)fp, (void)flags;
    return !write; /* read-only: #GP */
}

static bool capability_access(void *owner, struct core *c, uint32_t msr, bool write,
                              uint64_t *value)
{
    (void)c;
    assert(!write);
    *value = vmx_offers(owner, msr);
    return true;
}

static bool feature_next(void *owner, struct core *c, uint32_t msr, bool write, uint64_t value,
                         struct footprint *fp, unsigned *flags)
{
    struct vmx *x = owner;
    (void)msr, (void)value, (void)fp;
    if (write && (vmx_core(x, c)->feature_control & FEATURE_LOCKED))
        return false; /* SDM vol. 3, 23.7: WRMSR faults once the lock bit is set */
    if (write)
        *flags |= POINT_DRAINED;
    return true;
}

static bool feature_access(void *owner, struct core *c, uint32_t msr, bool write, uint64_t *value)
{
    struct vmx *x = owner;
    (void)msr;
    if (write)
        vmx_core(x, c)->feature_control = *value;
    else
        *value = vmx_core(x, c)->feature_control;
    return true;
}

const struct msr_ops vmx_capability_ops = {
    .first = MSR_VMX_BASIC,
    .last = MSR_VMX_LAST,
    .next = capability_next,
    .access = capability_access,
};

const struct msr_ops vmx_feature_ops = {
    .first = MSR_FEATURE_CONTROL,
    .last = MSR_FEATURE_CONTROL,
    .next = feature_next,
    .access = feature_access,
};
