/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of svm/, for nobody else. */
#ifndef SVM_INTERNAL_H
#define SVM_INTERNAL_H

#include "svm/svm.h"

static inline struct svm_core *svm_core(const struct svm *s, const struct core *c)
{
    return &s->cores[c->id];
}

/* The fields in force of the guest that runs, as VMRUN loaded them and the guest has changed them since. */
struct vmcb_copy *svm_current(const struct svm *, const struct core *);
static inline uint64_t vmcb_get(const struct vmcb_copy *g, enum vmcb_field f)
{
    return g->value[f];
}
static inline void vmcb_set(struct vmcb_copy *g, enum vmcb_field f, uint64_t value)
{
    g->value[f] = value;
}
static inline bool vmcb_control(const struct vmcb_copy *g, uint64_t bits) /* of 060h */
{
    return g->value[VMCB_INT_CTL] & bits;
}
bool svm_intercepts(const struct vmcb_copy *, unsigned code); /* from 60h */

/* The footprint of a step that changes the mode of the core, or GIF. */
void svm_footprint(const struct core *, struct footprint *);

/* fields of a VMCB or of the host-save area as hardware accesses: cache.c. A store waits for the store buffer or goes
 * through it, as the knob of the sequence says. */
uint64_t svm_read_field(struct core *, uint64_t vmcb, enum vmcb_field);
void svm_write(struct core *, enum knob drains, uint64_t address, unsigned size, uint64_t value);
void svm_write_field(struct core *, enum knob drains, uint64_t vmcb, enum vmcb_field, uint64_t value);
/* Loads what VMRUN loads; the copy is then current. */
struct vmcb_copy *svm_load(struct svm *, struct core *, uint64_t vmcb);

/* insn.c: true if the instruction is done. */
bool svm_host_instruction(struct svm *, struct core *, const struct insn *);
bool svm_guest_instruction(struct svm *, struct core *, const struct insn *);
/* #UD without SVME: true if the instruction has faulted. */
bool svm_is_off(struct core *);

/* #GP for an address in rAX that is no VMCB's: true if the instruction has faulted. */
bool svm_operand_faults(struct core *);

/* The VMCB that rAX names; false: #GP, or the machine has no memory there. */
bool svm_operand(struct core *, uint64_t *vmcb);

/* vmrun.c */
void svm_vmrun(struct svm *, struct core *, const struct insn *);

/* Contexts of the guest of a VMCB. */
struct guest_contexts *svm_contexts(struct svm *, struct core *, uint64_t vmcb);

/* checks.c: the rule that does not hold, or NULL. */
const char *svm_check(const struct svm *, const struct core *, const struct vmcb_copy *);

/* host.c: the host-save area, and VMLOAD and VMSAVE. */
void svm_save_host(struct svm *, struct core *, uint64_t next_rip);
void svm_load_host(struct svm *, struct core *);
void svm_vmload(struct svm *, struct core *, const struct insn *, bool save);

/* inject.c */
void svm_inject(struct svm *, struct core *, const struct vmcb_copy *);
uint32_t svm_exit_int_info(struct svm *, struct core *, uint32_t *error);

/* exit.c */
struct svm_exit {
    uint64_t code, info1, info2;
    uint64_t rip;  /* of the guest, to be saved */
    uint64_t nrip; /* of the instruction that is intercepted, behind it; 0 otherwise */
};
/* Leaves the guest: the step that begins with it is the caller's, the accesses that follow are not. */
void svm_leave(struct svm *, struct core *, const struct svm_exit *);
/* An instruction that is intercepted: point and exit; an event may come first. */
void svm_exit_instruction(struct svm *, struct core *, const struct insn *, uint64_t code, uint64_t info1,
                          uint64_t info2);
/* At once, with a step of its own. Fault-like: RIP is that of the instruction, or of what the event under
 * delivery has interrupted. */
void svm_exit(struct svm *, struct core *, uint64_t code, uint64_t info1, uint64_t info2);
/* Trap-like: the instruction is complete. */
void svm_exit_trap(struct svm *, struct core *, uint64_t next_rip, uint64_t code, uint64_t info1,
                   uint64_t info2);
/* A VMRUN whose checks fail: nothing of the guest is saved. */
void svm_exit_invalid(struct svm *, struct core *, uint64_t vmcb);
/* For virt_ops. */
bool svm_exception(void *virt, struct core *, unsigned vector, bool has_error, uint32_t error);
void svm_triple_fault(void *virt, struct core *);

/* The instruction has been completed: its own shadow is over. Where the guest goes on. */
static inline uint64_t svm_retire(struct core *c, const struct insn *in)
{
    c->state->shadow = 0;
    return in->address + in->length;
}

/* gif.c: CLGI and STGI; true if done. Is an event that is masked by the flag of the guest open? */
void svm_set_gif(struct svm *, struct core *, const struct insn *, bool on);
bool svm_guest_gif(const struct vmcb_copy *);

/* nmi.c */
bool svm_vnmi_ready(struct svm *, struct core *, const struct vmcb_copy *);
void svm_take_vnmi(struct svm *, struct core *);
void svm_iret(void *virt, struct core *);

/* maps.c: true if the instruction is done. */
bool svm_guest_msr(struct svm *, struct core *, const struct insn *, bool write);
bool svm_guest_port(struct svm *, struct core *, const struct insn *, bool write);

/* init.c */
enum { SX_INIT = 1 }; /* error code of #SX */
bool svm_init_redirected(const struct svm *, const struct core *);
bool svm_init(void *virt, struct core *);

/* msr.c */
bool svm_efer_allowed(void *virt, struct core *, uint64_t value);
extern const struct msr_ops svm_msr_ops;

/* cr.c: true if the instruction is done. */
bool svm_guest_mov_cr(struct svm *, struct core *, const struct insn *);

/* cpuid.c */
void svm_cpuid(void *virt, struct core *, uint32_t leaf, struct cpuid_registers *);

#endif
