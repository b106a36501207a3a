/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VM entry: VMLAUNCH and VMRESUME.
 * After the SDM vol. 3, 26.1 to 26.6.
 *
 * The commit is one step (EVENT_VM_ENTRY): from then on the core is in guest mode. Loading of RVI
 * and SVI and PPR virtualization follow as micro-steps, then event injection (inject.c), then the
 * boundary before the first guest instruction, where whatever is already pending is taken in its
 * order (events.c). An entry that fails its checks changes nothing of the guest.
 *
 * Left out: MSR lists, debug registers, segment caches, EPT, guests outside 64-bit mode, pending
 * debug exceptions, monitor trap flag.
 */
#include <stddef.h>

#include "vmx/checks.h"
#include "vmx/internal.h"

static const struct footprint nothing;

struct verdict {
    unsigned error; /* enum vm_error of VMfailValid; 0: goes on */
    const struct entry_row *row; /* the check that fails */
};

static bool in_memory(const struct core *c, uint64_t address)
{
    return memory_has(&c->m->memory, address, 4096);
}

static unsigned read_vtpr(struct core *c, const struct vmcs *v)
{
    uint64_t page = vmcs_get(v, VMCS_VIRTUAL_APIC);
    if (!vmx_check_reads_vtpr(v) || !in_memory(c, page))
        return 0;
    return core_hw_read(c, page + VAPIC_VTPR, 4) & 0xff;
}

/* Controls that the model has and this machine's processor does not offer (26.2.1.1: reserved bits). */
static const struct entry_row *not_offered(const struct vmx *x, const struct vmcs *v)
{
    static const struct entry_row
        timer = {ENTRY_FAILS_CONTROLS, "the processor offers the VMX-preemption timer that is used",
                 NULL},
        other = {ENTRY_FAILS_CONTROLS, "the processor offers the controls that are used", NULL};
    uint64_t pin = vmcs_get(v, VMCS_PIN_CONTROLS);
    if ((pin & PIN_PREEMPTION_TIMER) && pin & ~(vmx_offers(x, MSR_VMX_TRUE_PIN) >> 32))
        return &timer;
    bool lacks = (pin & x->withheld.pin) ||
                 (vmcs_get(v, VMCS_PROC_CONTROLS) & x->withheld.proc) ||
                 (vmx_secondary(v) & x->withheld.secondary) ||
                 (vmx_tertiary(v) & x->withheld.tertiary);
    return lacks ? &other : NULL;
}

/* In the order of the SDM vol. 3, 26.1 and 30.3 (VMLAUNCH/VMRESUME); STI blocking does not matter. */
static struct verdict decide(struct vmx *x, const struct core *c, const struct vmcs *v,
                             unsigned vtpr, bool launch)
{
    if (c->state->shadow & SHADOW_MOV_SS)
        return (struct verdict){VM_ERROR_MOV_SS, NULL};
    if (launch && v->launch != VMCS_CLEAR)
        return (struct verdict){VM_ERROR_VMLAUNCH_NOT_CLEAR, NULL};
    if (!launch && v->launch != VMCS_LAUNCHED)
        return (struct verdict){VM_ERROR_VMRESUME_NOT_LAUNCHED, NULL};
    const struct entry_row *row = not_offered(x, v);
    if (!row)
        row = ipiv_check_entry(x, v);
    if (!row)
        row = vmx_check_entry(v, vtpr);
    return (struct verdict){row ? (unsigned)row->failure : 0, row};
}

/* What the model cannot do although the checks pass. */
static void require_modelled(struct core *c, const struct vmcs *v)
{
    if (vmcs_get(v, VMCS_EXIT_MSR_STORE_COUNT) || vmcs_get(v, VMCS_EXIT_MSR_LOAD_COUNT) ||
        vmcs_get(v, VMCS_ENTRY_MSR_LOAD_COUNT))
        core_not_modelled(c, "VM entry with MSR lists");
    if (!(vmcs_get(v, VMCS_ENTRY_CONTROLS) & ENTRY_GUEST_64))
        core_not_modelled(c, "VM entry to a guest outside IA-32e mode");
    if (vmcs_get(v, VMCS_GUEST_PENDING_DEBUG))
        core_not_modelled(c, "VM entry with pending debug exceptions");
    bool there = (!vmx_proc(v, PROC_TPR_SHADOW) || in_memory(c, vmcs_get(v, VMCS_VIRTUAL_APIC))) &&
                 (!vmx_proc(v, PROC_MSR_BITMAPS) || in_memory(c, vmcs_get(v, VMCS_MSR_BITMAP))) &&
                 (!vmx_pin(v, PIN_POSTED_INTERRUPTS) ||
                  memory_has(&c->m->memory, vmcs_get(v, VMCS_POSTED_INTR_DESC), 64));
    if (!there)
        core_not_modelled(c, "VM entry with a page outside the machine's memory");
}

static void load_tables(struct core_state *s, const struct vmcs *v)
{
    s->cs = (uint16_t)vmcs_get(v, VMCS_GUEST_CS);
    s->ss = (uint16_t)vmcs_get(v, VMCS_GUEST_SS);
    s->tr = (uint16_t)vmcs_get(v, VMCS_GUEST_TR);
    s->tr_base = vmcs_get(v, VMCS_GUEST_TR_BASE);
    s->tr_limit = (uint32_t)vmcs_get(v, VMCS_GUEST_TR_LIMIT);
    s->gdt_base = vmcs_get(v, VMCS_GUEST_GDTR_BASE);
    s->gdt_limit = (uint32_t)vmcs_get(v, VMCS_GUEST_GDTR_LIMIT);
    s->idt_base = vmcs_get(v, VMCS_GUEST_IDTR_BASE);
    s->idt_limit = (uint32_t)vmcs_get(v, VMCS_GUEST_IDTR_LIMIT);
}

/* SDM vol. 3, 26.6.1 */
static void load_blocking(struct core *c, uint64_t interruptibility)
{
    unsigned shadow = interruptibility & BLOCKING_STI ? SHADOW_STI : 0;
    if (interruptibility & BLOCKING_MOV_SS)
        shadow |= SHADOW_MOV_SS;
    core_set_shadow(c, shadow);
}

static void load_guest(struct core *c, const struct vmcs *v)
{
    struct core_state *s = c->state;
    uint64_t flags = vmcs_get(v, VMCS_GUEST_RFLAGS);
    load_tables(s, v);
    s->cr0 = vmcs_get(v, VMCS_GUEST_CR0);
    s->cr3 = vmcs_get(v, VMCS_GUEST_CR3);
    s->cr4 = vmcs_get(v, VMCS_GUEST_CR4);
    if (vmcs_get(v, VMCS_ENTRY_CONTROLS) & ENTRY_LOAD_EFER)
        s->efer = vmcs_get(v, VMCS_GUEST_EFER);
    s->interrupt_flag = flags >> 9 & 1;
    load_blocking(c, vmcs_get(v, VMCS_GUEST_INTERRUPTIBILITY));
    s->activity = (uint8_t)vmcs_get(v, VMCS_GUEST_ACTIVITY);
    core_set_reg(c, UC_X86_REG_EFLAGS, flags);
    core_set_reg(c, UC_X86_REG_RSP, vmcs_get(v, VMCS_GUEST_RSP));
    core_set_reg(c, UC_X86_REG_FS_BASE, vmcs_get(v, VMCS_GUEST_FS_BASE));
    core_set_reg(c, UC_X86_REG_GS_BASE, vmcs_get(v, VMCS_GUEST_GS_BASE));
    core_jump(c, vmcs_get(v, VMCS_GUEST_RIP));
}

static void commit(struct vmx *x, struct core *c, struct vmcs *v)
{
    require_modelled(c, v);
    v->launch = VMCS_LAUNCHED;
    core_enter_guest(c, &v->contexts);
    load_guest(c, v);
    vmx_load_nmi_blocking(x, c, v);
    vmx_timer_arm(x, c, v);
    c->state->non_root = 1;
    if (vmx_sec(v, SEC_APIC_ACCESSES))
        c->state->access_page = vmcs_get(v, VMCS_APIC_ACCESS) | 1;
    c->exec.spin_broken = 1;
    c->state->cycles += VMX_ENTRY_CYCLES;
    vmx_core(x, c)->threshold_due = 0;
    vmx_core(x, c)->vid = (struct vid){0};
    machine_say(x->m, STEP_VMX, "VM entry");
}

static void fail(struct vmx *x, struct core *c, const struct insn *in, const struct verdict *w)
{
    if (w->row && !x->failure_is_result) {
        machine_find(x->m, FINDING_ENTRY, "", "CPU%u: VM entry fails: must hold: %s",
                     c->id, w->row->must);
        core_end(c);
    }
    if (w->row)
        machine_say(x->m, STEP_VMX, "VM entry fails: must hold: %s", w->row->must);
    if (w->row && w->row->failure == ENTRY_FAILS_GUEST) {
        vmx_exit_entry_failure(x, c, vmx_check_qualification(w->row));
        return;
    }
    vmx_fail(x, c, (enum vm_error)w->error);
    core_skip(c, in);
}

/* SDM vol. 3, 26.6: what is already pending comes before the first guest instruction. */
static void first_boundary(struct core *c)
{
    bool active = c->state->activity == ACTIVITY_ACTIVE;
    core_point(c, &nothing, POINT_BOUNDARY | (active ? 0 : POINT_WAIT_EVENT));
}

void vmx_enter(struct vmx *x, struct core *c, const struct insn *in, bool launch)
{
    struct vmcs *v = vmx_current(x, c->id);
    if (!v) {
        vmx_fail(x, c, VM_ERROR_CONTROLS); /* VMfailInvalid: the number has nowhere to go */
        core_skip(c, in);
        return;
    }
    struct verdict w = decide(x, c, v, read_vtpr(c, v), launch);
    struct footprint fp;
    footprint_clear(&fp);
    vmx_footprint(c, &fp);
    if (vmx_pin(v, PIN_PREEMPTION_TIMER))
        vmx_timer_footprint(c, &fp);
    fp.events = w.error ? 0 : EVENT_VM_ENTRY;
    if (!core_point(c, &fp, POINT_BOUNDARY | core_drain_flag(c, KNOB_VM_ENTRY_DRAINS)))
        return;
    if (w.error) {
        fail(x, c, in, &w);
        return;
    }
    commit(x, c, v);
    if (vid_enabled(v))
        vid_enter(x, c);
    vmx_inject(x, c, v);
    bool inside = c->state->non_root; /* else the delivery has led to a VM exit */
    if (inside && !vmx_entry_below_threshold(x, c))
        first_boundary(c);
}
