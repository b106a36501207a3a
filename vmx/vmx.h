/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VMX: VMX operation, VM entry and exit, APIC virtualization, posted interrupts (SDM vol. 3,
 * chapters on VMX).
 *
 * Each core has its own VMX state. VMCS data are in a table, not in memory (vmx/vmcs.h). Every
 * access that hardware makes to memory others can see is a step of its own.
 *
 * A VM entry that fails its checks is a finding (FINDING_ENTRY), which ends the execution, unless
 * `failure_is_result` is set: then software sees VMfail or exit reason 33 as on hardware. What a
 * guest does and this model does not know is FINDING_BUG, "not modelled".
 */
#ifndef VMX_VMX_H
#define VMX_VMX_H

#include "cpu/core.h"
#include "lapic/lapic.h"
#include "vmx/apic_access.h"
#include "vmx/vid.h"
#include "vmx/vmcs.h"

/* Cycles of hardware sequences; engineering choices. */
enum {
    VMX_ENTRY_CYCLES = 500,
    VMX_EXIT_CYCLES = 500,
    VMX_POSTED_CYCLES = 150,
    VMX_IPIV_CYCLES = 150,
    VMX_VIRTUAL_DELIVERY_CYCLES = 40, /* beside the delivery through the IDT */
};

/* Events that steps of VMX carry (sim/machine.h). */
enum vmx_event {
    EVENT_VM_ENTRY = EVENT_OF_CORE << 0, /* the entry is committed */
    EVENT_PI_DONE = EVENT_OF_CORE << 1,  /* posted-interrupt processing has finished */
};

/* State of one core beyond the VMCS. Plain data, in the arena. */
struct vmx_core {
    uint64_t vmxon_address;   /* of the VMXON region */
    uint64_t feature_control; /* IA32_FEATURE_CONTROL */
    uint8_t on;               /* in VMX operation */
    uint8_t current;          /* 1 + number of the current VMCS in the table; 0: none */
    uint8_t posted_processing; /* between acknowledgement and evaluation, 29.6 */
    struct apic_operation operation; /* in guest mode: the virtualized write of the instruction */
    uint8_t virtual_nmi_blocked; /* in guest mode with virtual NMIs: table 24-3, bit 3 */
    uint8_t timer_runs;       /* the VMX-preemption timer: armed by VM entry, until VM exit ... */
    uint8_t timer_out;        /* ... and it has come to 0 */
    uint8_t timer_due;        /* its agent has a step to make: see preemption_timer.c */
    uint8_t threshold_due;    /* the exit of the TPR threshold waits for the end of shutdown, 26.6.7 */
    struct vid vid;           /* valid in guest mode under virtual-interrupt delivery */
};

struct vmx;

struct vmx_timer {
    struct vmx *x;
    unsigned core;
};

/* Controls that a processor may lack although the model has them. */
struct vmx_controls {
    uint32_t pin, proc, secondary;
    uint64_t tertiary;
};

struct vmx {
    struct machine *m;
    struct cpu *cpu;
    struct lapic *lapic;
    struct vmx_core *cores;
    struct vmcs *vmcs; /* the table */
    unsigned vmcs_count;
    bool failure_is_result;
    struct vmx_controls withheld;
    struct vmx_timer *timer[MACHINE_MAX_CORES]; /* NULL: the core has no VMX-preemption timer */
};

/* Attaches VMX to all cores; firmware has enabled and locked it (IA32_FEATURE_CONTROL = 5). The
 * table holds two VMCSs a core, at most VMCS_MAX; one more is FINDING_BUG. */
struct vmx *vmx_new(struct machine *, struct cpu *, struct lapic *);
void vmx_free(struct vmx *);

/* Gives a core a VMX-preemption timer, which is device `device` of the machine. Only a processor whose
 * cores all have one offers the control. */
void vmx_add_timer(struct vmx *, unsigned core, unsigned device);

/* At set-up: the capability MSRs do not offer these controls, and a VM entry that uses them fails its
 * checks. */
void vmx_withhold(struct vmx *, const struct vmx_controls *);

/* A capability MSR as this machine has it. */
uint64_t vmx_offers(const struct vmx *, uint32_t msr);

/* An exception of a guest instruction: true if the exception bitmap turns it into a VM exit, which
 * has then happened; false if it shall be delivered through the guest's IDT. */
bool vmx_guest_exception(struct vmx *, struct core *, unsigned vector, bool has_error,
                         uint32_t error);

/* ---- For invariants ---- */

/* These change only in steps that write core_control(core, UNIT_VIRT): an invariant that asks adds
 * a read of that to its footprint. */
bool vmx_non_root(const struct vmx *, unsigned core);
bool vmx_processing(const struct vmx *, unsigned core); /* inside posted-interrupt processing */

/* Physical address of the posted-interrupt descriptor of the current VMCS; 0 if there is no
 * current VMCS or it does not use posted interrupts. */
uint64_t vmx_posted_descriptor(const struct vmx *, unsigned core);

/* The current VMCS, and the one that names this virtual-APIC page; NULL if there is none. Its controls are its core's own:
 * they change in no step of another. */
struct vmcs *vmx_current(const struct vmx *, unsigned core);
const struct vmcs *vmx_vmcs_of_page(const struct vmx *, uint64_t virtual_apic);

/* The virtual-APIC page of the current VMCS, 0 if none; RVI and SVI in guest mode. */
uint64_t vmx_virtual_apic(const struct vmx *, unsigned core);
const struct vid *vmx_vid(const struct vmx *, unsigned core);

#endif
