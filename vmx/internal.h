/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of vmx/, for nobody else. */
#ifndef VMX_INTERNAL_H
#define VMX_INTERNAL_H

#include "vmx/controls.h"
#include "vmx/vmx.h"

static inline struct vmx_core *vmx_core(const struct vmx *x, const struct core *c)
{
    return &x->cores[c->id];
}

/* The footprint of a step that changes the mode of the core. */
void vmx_footprint(const struct core *, struct footprint *);

/* A point for a micro-step that changes VMX state only; never an event. */
void vmx_micro_point(struct core *);

/* insn.c, x2apic.c: true if the instruction is done. */
bool vmx_root_instruction(struct vmx *, struct core *, const struct insn *);
bool vmx_guest_instruction(struct vmx *, struct core *, const struct insn *);
bool vmx_guest_msr(struct vmx *, struct core *, const struct insn *, bool write);

/* insn.c: results of VMX instructions (SDM vol. 3, 30.2). */
void vmx_succeed(struct core *);
void vmx_fail(struct vmx *, struct core *, enum vm_error);

/* entry.c: VMLAUNCH and VMRESUME. */
void vmx_enter(struct vmx *, struct core *, const struct insn *, bool launch);

/* inject.c: the event of the VM-entry interruption information, and the information about a
 * delivery that a VM exit ends. */
void vmx_inject(struct vmx *, struct core *, const struct vmcs *);
void vmx_record_vectoring(struct core *, struct vmcs *);

/* nmi.c: blocking of NMIs, and of virtual NMIs, at VM entry, by IRET, and as VM exit saves it. */
bool vmx_nmi_window_open(struct core *, const struct vmcs *); /* under NMI-window exiting */
void vmx_load_nmi_blocking(struct vmx *, struct core *, const struct vmcs *);
void vmx_block_nmis(struct vmx *, struct core *);
bool vmx_nmi_blocking(const struct vmx *, const struct core *, const struct vmcs *);
void vmx_iret(void *virt, struct core *);

/* preemption_timer.c */
void vmx_timer_footprint(const struct core *, struct footprint *); /* what arms or stops it */
void vmx_timer_arm(struct vmx *, struct core *, const struct vmcs *);
void vmx_timer_stop(struct vmx *, struct core *, struct vmcs *);

/* exit.c */
struct vmx_exit {
    unsigned reason;
    uint64_t qualification;
    uint32_t intr_info;
    uint32_t intr_error;
    unsigned instruction_length;
    uint64_t rip; /* of the guest, to be saved */
};
/* The exit that a VM entry with invalid guest state becomes (26.7). */
void vmx_exit_entry_failure(struct vmx *, struct core *, uint64_t qualification);
/* Leaves the guest at once: the step is the caller's. */
void vmx_exit(struct vmx *, struct core *, const struct vmx_exit *);
/* An instruction that causes a VM exit: point and exit; an event may come first. */
void vmx_exit_instruction(struct vmx *, struct core *, const struct insn *, unsigned reason,
                          uint64_t qualification);
/* A trap-like exit of APIC virtualization: after the instruction, before anything else. */
void vmx_exit_trap(struct vmx *, struct core *, uint64_t next_rip, unsigned reason,
                   uint64_t qualification);

/* The instruction has been completed: its own blocking is over. Where the guest goes on. */
static inline uint64_t vmx_retire(struct core *c, const struct insn *in)
{
    c->state->shadow = 0;
    return in->address + in->length;
}

/* vid.c: micro-steps on the virtual-APIC page. */
uint64_t vid_page(struct vmx *, struct core *);
bool vid_enabled(const struct vmcs *);
bool vid_window_exiting(const struct vmcs *);
void vid_enter(struct vmx *, struct core *);
void vid_virtualize_ppr(struct vmx *, struct core *);
unsigned vid_virtualize_eoi(struct vmx *, struct core *);
void vid_set_virr(struct vmx *, struct core *, unsigned word, uint32_t bits);
void vid_deliver(struct vmx *, struct core *);

/* apic_write.c. True if a trap-like exit has left the guest, with RIP as given. */
bool vmx_virtualize_tpr(struct vmx *, struct core *, uint64_t next_rip);
bool vmx_virtualize_eoi(struct vmx *, struct core *, uint64_t next_rip);
void vmx_virtualize_self_ipi(struct vmx *, struct core *, unsigned vector);
/* What follows the instruction that has written to the APIC-access page, at the boundary behind it. */
void vmx_emulate_apic_write(struct vmx *, struct core *, unsigned offset);
/* The exit that the TPR threshold causes right behind a VM entry: true if it has happened. */
bool vmx_entry_below_threshold(struct vmx *, struct core *);
/* An event has been delivered to the guest: the same exit, if only shutdown was in its way. */
void vmx_leave_shutdown(struct vmx *, struct core *);

/* apic_access.c, see struct virt_ops. */
bool vmx_page_access(struct vmx *, struct core *, enum page_access, unsigned offset, unsigned size,
                     uint64_t *value);
void vmx_after_instruction(struct vmx *, struct core *);

/* cr.c: MOV to and from control registers; true if the instruction is done. */
bool vmx_guest_mov_cr(struct vmx *, struct core *, const struct insn *);

/* ipiv.c. The check of VM entry for its controls: the row that does not hold, or NULL. */
struct entry_row;
bool ipiv_enabled(const struct vmcs *);
const struct entry_row *ipiv_check_entry(struct vmx *, const struct vmcs *);
/* A guest that may use it has written VICR: true if the interrupt has been posted; false if the
 * APIC-write VM exit (qualification 300h) shall follow, which is the caller's. `target`: APIC id,
 * VICR_HI[31:24] or EDX. */
bool ipiv_write_icr(struct vmx *, struct core *, uint32_t icr_low, uint32_t target);

/* posted.c: steps 1 to 7 of 29.6; the caller has announced step 1. */
void posted_process(struct vmx *, struct core *);

void vmx_triple_fault(void *virt, struct core *);

/* events.c */
extern const struct virt_ops vmx_operations;
bool vmx_blocked(const struct core *);

/* vmx.c */
extern const struct msr_ops vmx_capability_ops;
extern const struct msr_ops vmx_feature_ops;

#endif
