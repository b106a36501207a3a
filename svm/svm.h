/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SVM: VMRUN and #VMEXIT, intercepts, the global interrupt flag, virtual interrupts and NMIs (APM vol. 2,
 * chapter 15).
 *
 * A VMCB is memory. Each access that VMRUN and #VMEXIT make to one, or to the host-save area, is an access of
 * hardware of its own, which others see where they look (core_hw_read() and its like).
 *
 * A VMRUN that fails its checks is a finding (FINDING_ENTRY), which ends the execution, unless
 * `failure_is_result` is set: then software sees VMEXIT_INVALID as on hardware. What a guest does and this model does
 * not know is FINDING_LIMIT, "not modelled".
 */
#ifndef SVM_SVM_H
#define SVM_SVM_H

#include "cpu/core.h"
#include "lapic/lapic.h"
#include "svm/fields.h"

/* Cycles of hardware sequences: engineering choices of facts/amd.md 6.2. */
enum {
    SVM_VMRUN_CYCLES = 600,
    SVM_VMEXIT_CYCLES = 600,
    SVM_VMLOAD_CYCLES = 150, /* and VMSAVE */
};

/* Events that steps of SVM carry (sim/machine.h). */
enum svm_step_event {
    EVENT_VMRUN = EVENT_OF_CORE << 0, /* guest mode begins: what EVENT_VM_ENTRY is to VMX */
};

enum svm_msr {
    MSR_SVM_EFER = 0xc0000080,
    MSR_VM_CR = 0xc0010114,
    MSR_VM_HSAVE_PA = 0xc0010117,
};

enum vm_cr { VM_CR_R_INIT = 1 << 1, VM_CR_LOCK = 1 << 3, VM_CR_SVMDIS = 1 << 4 };

/* CPUID 8000_000A: EDX, and ECX. */
enum svm_feature {
    SVM_NRIPS = 1 << 3,
    SVM_CLEAN_BITS = 1 << 5,
    SVM_FLUSH_BY_ASID = 1 << 6,
    SVM_DECODE_ASSISTS = 1 << 7,
    SVM_AVIC = 1 << 13,
    SVM_VGIF = 1 << 16,
    SVM_X2AVIC = 1 << 18,
    SVM_VNMI = 1 << 25,
    SVM_EXT_LVT_AVIC = 1 << 27, /* AVIC lets the extended LVT be accessed */
    SVM_IDLE_HLT = 1 << 30,
};
enum svm_feature_ecx { SVM_X2AVIC_EXT = 1 << 6 };
struct svm_features {
    uint32_t edx, ecx;
};

enum { SVM_ASIDS = 16, SVM_PHYSICAL_BITS = 48 };

/* State of one core beyond the fields of the VMCB that it runs. Plain data, in the arena. */
struct svm_core {
    uint64_t vm_cr;
    uint64_t hsave;        /* VM_HSAVE_PA */
    uint64_t vmruns;       /* so many */
    uint8_t current;       /* in guest mode: 1 + index of the copy that is in force */
    uint8_t host_if;       /* in guest mode: RFLAGS.IF of the host, at VMRUN */
    uint8_t at_entry;      /* in guest mode: no boundary yet, it is VMRUN that delivers ... */
    uint8_t host_sti;      /* ... and stood in the shadow of an STI */
    uint8_t exiting;       /* the accesses of a #VMEXIT are under way */
    struct vmcb_copy copy[VMCB_CACHED];
};

/* Contexts of a guest, by the VMCB that it was left to. */
struct svm_guest {
    uint64_t vmcb;
    uint8_t used;
    struct guest_contexts contexts;
};

struct avic_core;

struct svm {
    struct machine *m;
    struct cpu *cpu;
    struct lapic *lapic;
    struct svm_core *cores;
    struct svm_guest *guests; /* two a core */
    struct avic_core *avic;   /* svm/avic.h: one a core, in the arena */
    uint32_t errata;          /* svm/errata.h: those that the processor has; set before set-up */
    uint32_t signature;       /* CPUID leaf 1, EAX; likewise. 0: none in particular */
    struct svm_features features;
    bool failure_is_result;
};

/* Attaches SVM to all cores: a machine of the AMD profile. It has all features that are modelled. A guest that is
 * entered while the contexts of two others a core are kept is FINDING_LIMIT. */
struct svm *svm_new(struct machine *, struct cpu *, struct lapic *);
void svm_free(struct svm *);

/* At set-up: CPUID does not offer these, and VMRUN treats their bits as reserved. */
void svm_withhold(struct svm *, const struct svm_features *);
static inline bool svm_offers(const struct svm *s, uint32_t edx)
{
    return (s->features.edx & edx) == edx;
}

extern const struct virt_ops svm_virt_ops;

/* ---- For invariants ---- */

/* These change only in steps that write core_control(core, UNIT_VIRT), GIF in steps that write UNIT_GIF: an invariant
 * that asks adds a read of that to its footprint. */
bool svm_in_guest(const struct svm *, unsigned core);
bool svm_gif(const struct svm *, unsigned core); /* UNIT_GIF */
uint64_t svm_vmcb(const struct svm *, unsigned core); /* of the guest that runs; 0 if none does */

#endif
