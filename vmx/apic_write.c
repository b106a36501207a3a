/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the processor does about a register of the virtual APIC that the guest has written: TPR, EOI
 * and self-IPI virtualization, and the emulation that follows a write to the APIC-access page.
 * After the SDM vol. 3, 29.1.2, 29.1.4, 29.1.5, 29.4.3.2, 29.4.3.3; 26.6.7.
 *
 * Exits are trap-like: the instruction has been completed, and they come before any other event.
 * Every access to the page is a micro-step.
 */
#include "vmx/apic_access.h"
#include "vmx/internal.h"

static void evaluate(struct vmx *x, struct core *c)
{
    vid_evaluate(&vmx_core(x, c)->vid, vid_window_exiting(vmx_current(x, c->id)));
}

static bool below_threshold(const struct vmcs *v, uint64_t vtpr)
{
    return (vtpr >> 4 & 0xf) < (vmcs_get(v, VMCS_TPR_THRESHOLD) & 0xf);
}

static uint64_t read_page(struct vmx *x, struct core *c, unsigned offset)
{
    return core_hw_read(c, vid_page(x, c) + offset, 4);
}

/* 29.1.2 */
bool vmx_virtualize_tpr(struct vmx *x, struct core *c, uint64_t next_rip)
{
    const struct vmcs *v = vmx_current(x, c->id);
    if (vid_enabled(v)) {
        vid_virtualize_ppr(x, c);
        evaluate(x, c);
        return false;
    }
    if (!below_threshold(v, read_page(x, c, VAPIC_VTPR)))
        return false;
    vmx_exit_trap(x, c, next_rip, EXIT_TPR_THRESHOLD, 0);
    return true;
}

static bool eoi_exits(const struct vmcs *v, unsigned vector)
{
    enum vmcs_field f = (enum vmcs_field)(VMCS_EOI_EXIT0 + vector / 64);
    return vmcs_get(v, f) >> (vector % 64) & 1;
}

/* 29.1.4: with an exit there is no evaluation. */
bool vmx_virtualize_eoi(struct vmx *x, struct core *c, uint64_t next_rip)
{
    unsigned vector = vid_virtualize_eoi(x, c);
    if (eoi_exits(vmx_current(x, c->id), vector)) {
        vmx_exit_trap(x, c, next_rip, EXIT_VIRTUALIZED_EOI, vector);
        return true;
    }
    evaluate(x, c);
    return false;
}

/* 29.1.5 */
void vmx_virtualize_self_ipi(struct vmx *x, struct core *c, unsigned vector)
{
    assert(vector >= 16);
    vid_set_virr(x, c, vector / 32, 1u << (vector % 32));
    vid_raise_rvi(&vmx_core(x, c)->vid, vector);
    evaluate(x, c);
    machine_say(x->m, STEP_SEND, "virtual self-IPI %#x", vector);
}

/* ---- After a write to the APIC-access page, 29.4.3.2 ---- */

static void clear_bytes(struct vmx *x, struct core *c, unsigned offset, uint32_t keep,
                        const char *name)
{
    core_hw_rmw(c, vid_page(x, c) + offset, 4, keep, 0);
    machine_say(x->m, STEP_REGISTER, "%s keeps %#x", name, keep);
}

/* A self-IPI, or one that IPI virtualization posts; all else is for the hypervisor. */
static bool emulate_icr(struct vmx *x, struct core *c)
{
    const struct vmcs *v = vmx_current(x, c->id);
    uint32_t low = (uint32_t)read_page(x, c, VAPIC_VICR_LO);
    machine_say(x->m, STEP_REGISTER, "VICR_LO = %#x", low);
    if (vid_enabled(v) && apic_self_ipi_shape(low)) {
        vmx_virtualize_self_ipi(x, c, low & 0xff);
        return true;
    }
    if (!ipiv_enabled(v))
        return false;
    return ipiv_write_icr(x, c, low, (uint32_t)read_page(x, c, VAPIC_VICR_HI) >> 24);
}

void vmx_emulate_apic_write(struct vmx *x, struct core *c, unsigned offset)
{
    uint64_t rip = core_resume_rip(c);
    vmx_micro_point(c);
    machine_say(x->m, STEP_REGISTER, "APIC-write emulation, offset %#x", offset);
    switch (offset) {
    case VAPIC_VTPR:
        clear_bytes(x, c, VAPIC_VTPR, 0xff, "VTPR");
        vmx_virtualize_tpr(x, c, rip);
        return;
    case VAPIC_VEOI:
        if (!vid_enabled(vmx_current(x, c->id)))
            break;
        core_hw_write(c, vid_page(x, c) + VAPIC_VEOI, 4, 0);
        vmx_virtualize_eoi(x, c, rip);
        return;
    case VAPIC_VICR_LO:
        if (!emulate_icr(x, c))
            break;
        return;
    case VAPIC_VICR_HI: case VAPIC_VICR_HI + 1: case VAPIC_VICR_HI + 2: case VAPIC_VICR_HI + 3:
        clear_bytes(x, c, VAPIC_VICR_HI, 0xff000000, "VICR_HI");
        return;
    default:
        break;
    }
    vmx_exit_trap(x, c, rip, EXIT_APIC_WRITE, offset);
}

/* ---- VM entry ---- */

/* 26.6.7. Where APIC accesses are not virtualized the entry would have failed instead. */
bool vmx_entry_below_threshold(struct vmx *x, struct core *c)
{
    const struct vmcs *v = vmx_current(x, c->id);
    if (!vmx_proc(v, PROC_TPR_SHADOW) || !vmx_sec(v, SEC_APIC_ACCESSES) || vid_enabled(v))
        return false;
    if (c->state->activity > ACTIVITY_HLT) /* shutdown, wait-for-SIPI */
        return false;
    if (!below_threshold(v, read_page(x, c, VAPIC_VTPR)))
        return false;
    vmx_exit_trap(x, c, core_resume_rip(c), EXIT_TPR_THRESHOLD, 0);
    return true;
}
