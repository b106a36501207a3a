/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * APIC virtualization on the virtual-APIC page: PPR, EOI and self-IPI virtualization, evaluation
 * and delivery of pending virtual interrupts.
 * After the SDM vol. 3, 29.1.2 to 29.2.2.
 *
 * The page is memory: each access is a micro-step of its own. VIRR and VISR bits change by one
 * access a word. The SDM does not say that this is locked; software must not write the page of a
 * guest that runs, so the model does not tell the two apart.
 *
 * Left out: virtual user interrupts. MOV CR8 is in cr.c, the APIC-access page in apic_access.c.
 */
#include "vmx/vid.h"

#include "vmx/internal.h"

/* ---- Pure rules ---- */

void vid_evaluate(struct vid *vid, bool interrupt_window_exiting)
{
    vid->recognized = !interrupt_window_exiting && (vid->rvi & 0xf0) > (vid->vppr & 0xf0);
}

bool vid_deliverable(const struct vid *vid, bool interrupt_flag, bool blocked,
                     bool interrupt_window_exiting)
{
    return vid->recognized && interrupt_flag && !blocked && !interrupt_window_exiting;
}

uint8_t vid_take(struct vid *vid)
{
    assert(vid->recognized);
    uint8_t vector = vid->rvi;
    assert((vector & 0xf0) > (vid->vppr & 0xf0));
    vid->recognized = 0; /* until the next trigger evaluates */
    vid->svi = vector;
    vid->vppr = vector & 0xf0;
    return vector;
}

void vid_taken(struct vid *vid, uint8_t next)
{
    assert(!vid->recognized);
    vid->rvi = next;
}

/* ---- On a core ---- */

bool vid_enabled(const struct vmcs *v)
{
    return vmx_sec(v, SEC_VIRTUAL_INTERRUPT);
}

bool vid_window_exiting(const struct vmcs *v)
{
    return vmx_proc(v, PROC_INTERRUPT_WINDOW);
}

uint64_t vid_page(struct vmx *x, struct core *c)
{
    const struct vmcs *v = vmx_current(x, c->id);
    assert(v);
    assert(vmx_proc(v, PROC_TPR_SHADOW));
    return vmcs_get(v, VMCS_VIRTUAL_APIC);
}

static void write_vppr(struct core *c, uint64_t page, uint8_t vppr)
{
    core_hw_write(c, page + VAPIC_VPPR, 4, vppr); /* bytes 3:1 are cleared, 29.1.3 */
    machine_say(c->m, STEP_VMX, "VPPR = %#x", vppr);
}

void vid_virtualize_ppr(struct vmx *x, struct core *c)
{
    struct vid *vid = &vmx_core(x, c)->vid;
    uint64_t page = vid_page(x, c);
    uint8_t vtpr = (uint8_t)core_hw_read(c, page + VAPIC_VTPR, 4);
    machine_say(c->m, STEP_VMX, "VTPR = %#x", vtpr);
    vid->vppr = vapic_ppr(vtpr, vid->svi);
    write_vppr(c, page, vid->vppr);
}

/* SDM vol. 3, 26.3.2.5: VM entry loads RVI and SVI, virtualizes PPR, evaluates. */
void vid_enter(struct vmx *x, struct core *c)
{
    const struct vmcs *v = vmx_current(x, c->id);
    struct vid *vid = &vmx_core(x, c)->vid;
    uint64_t status = vmcs_get(v, VMCS_GUEST_INTR_STATUS);
    *vid = (struct vid){.rvi = (uint8_t)status, .svi = (uint8_t)(status >> 8)};
    vid_virtualize_ppr(x, c);
    vid_evaluate(vid, vid_window_exiting(v));
}

/* SDM vol. 3, 29.1.4, up to the look at the EOI-exit bitmap. Returns the vector. */
unsigned vid_virtualize_eoi(struct vmx *x, struct core *c)
{
    struct vid *vid = &vmx_core(x, c)->vid;
    uint64_t visr = vid_page(x, c) + VAPIC_VISR;
    unsigned vector = vid->svi;
    machine_say(x->m, STEP_VMX, "virtual EOI %#x", vector);
    vapic_change_bit(c, visr, vector, false, "VISR");
    vid->svi = (uint8_t)vapic_highest(c, visr, "VISR");
    vid_virtualize_ppr(x, c);
    return vector;
}

void vid_set_virr(struct vmx *x, struct core *c, unsigned word, uint32_t bits)
{
    assert(word < 8);
    core_hw_rmw(c, vid_page(x, c) + VAPIC_VIRR + 16 * word, 4, ~0ull, bits);
    machine_say(x->m, STEP_VMX, "VIRR[%u] |= %#x", word, bits);
}

/* SDM vol. 3, 29.2.2. The first micro-step changes only the processor's own registers. */
void vid_deliver(struct vmx *x, struct core *c)
{
    struct vid *vid = &vmx_core(x, c)->vid;
    uint64_t page = vid_page(x, c);
    unsigned vector = vid_take(vid);
    machine_say(x->m, STEP_DELIVER, "delivers virtual interrupt %#x", vector);
    vapic_change_bit(c, page + VAPIC_VISR, vector, true, "VISR");
    write_vppr(c, page, vid->vppr);
    vapic_change_bit(c, page + VAPIC_VIRR, vector, false, "VIRR");
    vid_taken(vid, (uint8_t)vapic_highest(c, page + VAPIC_VIRR, "VIRR"));
    c->state->cycles += VMX_VIRTUAL_DELIVERY_CYCLES;
    core_deliver(c, vector, false, 0, c->exec.resume_rip);
}
