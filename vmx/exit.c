/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VM exits: recording, saving guest state, loading host state.
 * After the SDM vol. 3, 27.2, 27.3, 27.5.
 *
 * An exit is one step: nothing of it is in memory that others can see (VMCS data are not in
 * memory). General registers are shared with the host. Left out: MSR lists, debug registers,
 * SYSENTER MSRs, PAT; "NMI unblocking due to IRET" (no IRET faults here).
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
static uint64_t blocking(const struct vmx *x, const struct core *c, const struct vmcs *v)
{
    const struct core_state *s = c->state;
    uint64_t nmi = vmx_nmi_blocking(x, c, v) ? BLOCKING_NMI : 0;
    if (s->shadow & SHADOW_MOV_SS)
        return nmi | BLOCKING_MOV_SS;
    return nmi | ((s->shadow & SHADOW_STI) && s->interrupt_flag ? BLOCKING_STI : 0);
}

static void save_events(struct vmx *x, struct core *c, struct vmcs *v)
{
    const struct vid *vid = &vmx_core(x, c)->vid;
    vmcs_set(v, VMCS_GUEST_ACTIVITY, c->state->activity);
    vmcs_set(v, VMCS_GUEST_INTERRUPTIBILITY, blocking(x, c, v));
    if (vid_enabled(v))
        vmcs_set(v, VMCS_GUEST_INTR_STATUS, (uint64_t)vid->svi << 8 | vid->rvi);
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

static void record(struct core *c, struct vmcs *v, const struct vmx_exit *e)
{
    vmcs_set(v, VMCS_EXIT_REASON, e->reason);
    vmcs_set(v, VMCS_EXIT_QUALIFICATION, e->qualification);
    vmcs_set(v, VMCS_EXIT_INTR_INFO, e->intr_info);
    vmcs_set(v, VMCS_EXIT_INTR_ERROR, e->intr_error);
    vmcs_set(v, VMCS_EXIT_INSTRUCTION_LENGTH, e->instruction_length);
    vmx_record_vectoring(c, v);
    /* 27.2: the valid bit of the VM-entry interruption information is cleared. */
    uint64_t injection = vmcs_get(v, VMCS_ENTRY_INTR_INFO);
    vmcs_set(v, VMCS_ENTRY_INTR_INFO, injection & ~(uint64_t)INTR_VALID);
}

void vmx_exit(struct vmx *x, struct core *c, const struct vmx_exit *e)
{
    struct vmcs *v = vmx_current(x, c->id);
    assert(v);
    assert(c->state->non_root);
    record(c, v, e);
    vmx_timer_stop(x, c, v);
    save_registers(c, v, e->rip);
    save_tables(c, v);
    save_events(x, c, v);
    core_leave_guest(c, &v->contexts);
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

/* SDM vol. 3, 26.7: the host's state is loaded, nothing of the guest is saved, and of the information
 * fields only these two are written; the injection stays valid. */
void vmx_exit_entry_failure(struct vmx *x, struct core *c, uint64_t qualification)
{
    struct vmcs *v = vmx_current(x, c->id);
    assert(!c->state->non_root);
    vmcs_set(v, VMCS_EXIT_REASON, EXIT_ENTRY_FAILURE | EXIT_ENTRY_GUEST_STATE);
    vmcs_set(v, VMCS_EXIT_QUALIFICATION, qualification);
    load_host(c, v);
    c->exec.spin_broken = 1;
    c->state->cycles += VMX_EXIT_CYCLES;
    machine_say(x->m, STEP_VMX, "VM exit: %s", vmx_exit_name(EXIT_ENTRY_GUEST_STATE));
}

void vmx_exit_instruction(struct vmx *x, struct core *c, const struct insn *in, unsigned reason,
                          uint64_t qualification)
{
    struct footprint fp;
    footprint_clear(&fp);
    vmx_footprint(c, &fp);
    if (!core_point(c, &fp, POINT_BOUNDARY | core_drain_flag(c, KNOB_VM_EXIT_DRAINS)))
        return;
    struct vmx_exit e = {
        .reason = reason,
        .qualification = qualification,
        .instruction_length = in->length,
        .rip = in->address,
    };
    vmx_exit(x, c, &e);
}

/* The step of an exit that no boundary precedes. */
static void exit_point(struct core *c)
{
    struct footprint fp;
    footprint_clear(&fp);
    vmx_footprint(c, &fp);
    core_point(c, &fp, core_drain_flag(c, KNOB_VM_EXIT_DRAINS));
}

void vmx_exit_trap(struct vmx *x, struct core *c, uint64_t next_rip, unsigned reason,
                   uint64_t qualification)
{
    exit_point(c);
    struct vmx_exit e = {.reason = reason, .qualification = qualification, .rip = next_rip};
    vmx_exit(x, c, &e);
}

/* #BP and #OF come from INT3 and INTO alone: software exceptions, which have a length (27.2.4). */
static unsigned exception_type(unsigned vector)
{
    return vector == VECTOR_BP || vector == VECTOR_OF ? DELIVER_SOFTWARE_EXCEPTION
                                                      : DELIVER_EXCEPTION;
}

bool vmx_guest_exception(struct vmx *x, struct core *c, unsigned vector, bool has_error,
                         uint32_t error)
{
    const struct vmcs *v = vmx_current(x, c->id);
    unsigned type = exception_type(vector);
    assert(vector < 32);
    if (!c->state->non_root || !(vmcs_get(v, VMCS_EXCEPTION_BITMAP) >> vector & 1))
        return false;
    exit_point(c);
    struct vmx_exit e = {
        .reason = EXIT_EXCEPTION_NMI,
        .intr_info = INTR_VALID | type << 8 | (has_error ? INTR_HAS_ERROR : 0) | vector,
        .intr_error = error,
        .instruction_length = type == DELIVER_SOFTWARE_EXCEPTION ? 1 : 0,
        .rip = core_interrupted_rip(c),
    };
    vmx_exit(x, c, &e);
    return true;
}

/* SDM vol. 3, 25.2: whatever the exception bitmap says. */
void vmx_triple_fault(void *virt, struct core *c)
{
    exit_point(c);
    struct vmx_exit e = {.reason = EXIT_TRIPLE_FAULT, .rip = core_interrupted_rip(c)};
    vmx_exit(virt, c, &e);
}
