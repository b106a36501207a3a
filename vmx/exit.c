/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VM exits: recording, saving guest state, loading host state.
 * After the SDM vol. 3 (June 2016), 27.2, 27.3, 27.5.
 *
 * An exit is one step: nothing of it is in memory that others can see (VMCS data are not in
 * memory). General registers are shared with the host. Left out: MSR lists, debug registers,
 * SYSENTER MSRs, PAT; IDT-vectoring information (no exit happens during event delivery here).
 */
#include "vmx/internal.h"

static void save_registers(struct core *c, struct vmcs *v, uint64_t rip)
{
    const struct core_state *s = c->state;
    uint64_t flags = core_reg(c, UC_X86_REG_EFLAGS) & ~(uint64_t)RFLAGS_IF;
    vmcs_set(v, VMCS_GUEST_RIP, rip);
    vmcs_set(v, VMCS_GUEST_RSP, core_reg(c, UC_X86_REG_RSP));
    vmcs_set(v, VMCS_GUEST_RFLAGS, flags | RFLAGS_FIXED | (s->interrupt_flag ? RFLAGS_IF : 0));
    vmcs_set(v, VMCS_GUEST_FS_BASE, core_reg(c, UC_X86_REG_FS_BASE));
    vmcs_set(v, VMCS_GUEST_GS_BASE, core_reg(c, UC_X86_REG_GS_BASE));
    vmcs_set(v, VMCS_GUEST_CR0, s->cr0);
    vmcs_set(v, VMCS_GUEST_CR3, s->cr3);
    vmcs_set(v, VMCS_GUEST_CR4, s->cr4);
    if (vmcs_get(v, VMCS_EXIT_CONTROLS) & EXIT_SAVE_EFER)
        vmcs_set(v, VMCS_GUEST_EFER, s->efer);
}

static void save_tables(struct core *c, struct vmcs *v)
{
    const struct core_state *s = c->state;
    vmcs_set(v, VMCS_GUEST_CS, s->cs);
    vmcs_set(v, VMCS_GUEST_SS, s->ss);
    vmcs_set(v, VMCS_GUEST_TR, s->tr);
    vmcs_set(v, VMCS_GUEST_TR_BASE, s->tr_base);
    vmcs_set(v, VMCS_GUEST_TR_LIMIT, s->tr_limit);
    vmcs_set(v, VMCS_GUEST_GDTR_BASE, s->gdt_base);
    vmcs_set(v, VMCS_GUEST_GDTR_LIMIT, s->gdt_limit);
    vmcs_set(v, VMCS_GUEST_IDTR_BASE, s->idt_base);
    vmcs_set(v, VMCS_GUEST_IDTR_LIMIT, s->idt_limit);
}

/* SDM vol. 3, 24.4.2, table 24-3: at most one of the first two holds. */
static uint64_t blocking(const struct core_state *s)
{
    uint64_t nmi = s->nmi_blocked ? BLOCKING_NMI : 0;
    if (s->shadow & SHADOW_MOV_SS)
        return nmi | BLOCKING_MOV_SS;
    return nmi | ((s->shadow & SHADOW_STI) && s->interrupt_flag ? BLOCKING_STI : 0);
}

static void save_events(struct vmx *x, struct core *c, struct vmcs *v)
{
    const struct vid *vid = &vmx_core(x, c)->vid;
    vmcs_set(v, VMCS_GUEST_ACTIVITY, c->state->activity);
    vmcs_set(v, VMCS_GUEST_INTERRUPTIBILITY, blocking(c->state));
    if (vid_enabled(v))
        vmcs_set(v, VMCS_GUEST_INTR_STATUS, (uint64_t)vid->svi << 8 | vid->rvi);
}

/* Contexts of the guest are remembered for the next entry, and dropped. */
static void leave_contexts(struct vmx *x, struct core *c, struct vmcs *v)
{
    struct core_state *s = c->state;
    unsigned host = vmx_core(x, c)->host_levels;
    assert(s->level_count > host);
    assert(s->level[host] == LEVEL_GUEST);
    v->guest_levels = (uint8_t)(s->level_count - host - 1);
    assert(v->guest_levels <= VMCS_GUEST_LEVELS);
    for (unsigned i = 0; i < v->guest_levels; i++) {
        v->guest_level[i] = s->level[host + 1 + i];
        v->guest_frame[i] = s->level_frame[host + 1 + i];
    }
    for (unsigned i = 0; i <= v->guest_levels; i++)
        v->guest_entering[i] = s->entering[host + 1 + i];
    s->level_count = (uint8_t)host;
}

static void load_host(struct core *c, const struct vmcs *v)
{
    struct core_state *s = c->state;
    s->cr0 = vmcs_get(v, VMCS_HOST_CR0);
    s->cr3 = vmcs_get(v, VMCS_HOST_CR3);
    s->cr4 = vmcs_get(v, VMCS_HOST_CR4);
    if (vmcs_get(v, VMCS_EXIT_CONTROLS) & EXIT_LOAD_EFER)
        s->efer = vmcs_get(v, VMCS_HOST_EFER);
    s->cs = (uint16_t)vmcs_get(v, VMCS_HOST_CS);
    s->ss = (uint16_t)vmcs_get(v, VMCS_HOST_SS);
    s->tr = (uint16_t)vmcs_get(v, VMCS_HOST_TR);
    s->tr_base = vmcs_get(v, VMCS_HOST_TR_BASE);
    s->tr_limit = 0x67; /* 27.5.2: limits are fixed */
    s->gdt_base = vmcs_get(v, VMCS_HOST_GDTR_BASE);
    s->idt_base = vmcs_get(v, VMCS_HOST_IDTR_BASE);
    s->gdt_limit = s->idt_limit = 0xffff;
    s->interrupt_flag = 0; /* 27.5.3: RFLAGS is cleared but for bit 1 */
    s->shadow = s->shadow_next = 0;
    s->activity = ACTIVITY_ACTIVE;
    s->non_root = 0;
    core_set_reg(c, UC_X86_REG_EFLAGS, RFLAGS_FIXED);
    core_set_reg(c, UC_X86_REG_RSP, vmcs_get(v, VMCS_HOST_RSP));
    core_set_reg(c, UC_X86_REG_FS_BASE, vmcs_get(v, VMCS_HOST_FS_BASE));
    core_set_reg(c, UC_X86_REG_GS_BASE, vmcs_get(v, VMCS_HOST_GS_BASE));
    core_jump(c, vmcs_get(v, VMCS_HOST_RIP));
}

static void record(struct vmcs *v, const struct vmx_exit *e)
{
    vmcs_set(v, VMCS_EXIT_REASON, e->reason);
    vmcs_set(v, VMCS_EXIT_QUALIFICATION, e->qualification);
    vmcs_set(v, VMCS_EXIT_INTR_INFO, e->intr_info);
    vmcs_set(v, VMCS_EXIT_INTR_ERROR, e->intr_error);
    vmcs_set(v, VMCS_EXIT_INSTRUCTION_LENGTH, e->instruction_length);
    vmcs_set(v, VMCS_IDT_VECTORING_INFO, 0);
    /* 27.2.1: the valid bit of the VM-entry interruption information is cleared. */
    uint64_t injection = vmcs_get(v, VMCS_ENTRY_INTR_INFO);
    vmcs_set(v, VMCS_ENTRY_INTR_INFO, injection & ~(uint64_t)INTR_VALID);
}

void vmx_exit(struct vmx *x, struct core *c, const struct vmx_exit *e)
{
    struct vmcs *v = vmx_current(x, c->id);
    assert(v);
    assert(c->state->non_root);
    record(v, e);
    save_registers(c, v, e->rip);
    save_tables(c, v);
    save_events(x, c, v);
    leave_contexts(x, c, v);
    load_host(c, v);
    vmx_core(x, c)->vid.recognized = 0;
    vmx_core(x, c)->operation = (struct apic_operation){0}; /* 29.4.3.2: its emulation is lost */
    c->exec.after = 0;
    c->state->access_page = 0;
    c->exec.spin_broken = 1;
    c->state->cycles += VMX_EXIT_CYCLES;
    machine_say(x->m, STEP_VMX, "VM exit: %s", vmx_exit_name(e->reason));
    if (e->intr_info & INTR_VALID)
        machine_say(x->m, STEP_VMX, "vector %#x", e->intr_info & 0xff);
}

void vmx_exit_instruction(struct vmx *x, struct core *c, const struct insn *in, unsigned reason,
                          uint64_t qualification)
{
    struct footprint fp;
    footprint_clear(&fp);
    vmx_footprint(c, &fp);
    if (!core_point(c, &fp, POINT_BOUNDARY | vmx_drain_flag(c, KNOB_VM_EXIT_DRAINS)))
        return;
    struct vmx_exit e = {
        .reason = reason,
        .qualification = qualification,
        .instruction_length = in->length,
        .rip = in->address,
    };
    vmx_exit(x, c, &e);
}

void vmx_exit_trap(struct vmx *x, struct core *c, uint64_t next_rip, unsigned reason,
                   uint64_t qualification)
{
    struct footprint fp;
    footprint_clear(&fp);
    vmx_footprint(c, &fp);
    core_point(c, &fp, vmx_drain_flag(c, KNOB_VM_EXIT_DRAINS));
    struct vmx_exit e = {.reason = reason, .qualification = qualification, .rip = next_rip};
    vmx_exit(x, c, &e);
}

bool vmx_guest_exception(struct vmx *x, struct core *c, unsigned vector, bool has_error,
                         uint32_t error)
{
    const struct vmcs *v = vmx_current(x, c->id);
    assert(vector < 32);
    if (!c->state->non_root || !(vmcs_get(v, VMCS_EXCEPTION_BITMAP) >> vector & 1))
        return false;
    struct footprint fp;
    footprint_clear(&fp);
    vmx_footprint(c, &fp);
    core_point(c, &fp, vmx_drain_flag(c, KNOB_VM_EXIT_DRAINS));
    struct vmx_exit e = {
        .reason = EXIT_EXCEPTION_NMI,
        .intr_info = INTR_VALID | INTR_TYPE_EXCEPTION << 8 | (has_error ? INTR_HAS_ERROR : 0) |
                     vector,
        .intr_error = error,
        .rip = c->exec.pc,
    };
    vmx_exit(x, c, &e);
    return true;
}
