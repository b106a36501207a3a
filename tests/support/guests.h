/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Small programs that run in guest mode: a guest a core, under virtual-interrupt delivery, posted
 * interrupts and IPI virtualization, with the handlers of lapic/program.h in all of them. Virtual CPU i has APIC
 * id i and begins on core i; a host thread there enters it. VMX operation has been begun and the VMCSs are
 * loaded and filled before the program starts.
 */
#ifndef TESTS_SUPPORT_GUESTS_H
#define TESTS_SUPPORT_GUESTS_H

#include "lapic/program.h"
#include "vmx/posted.h"
#include "vmx/vmx.h"

enum {
    GUESTS_MAX = 4,
    GUESTS_NV = 0xf2,         /* notification vector of all */
    GUESTS_VMCS = 0x20000,    /* physical addresses; virtual CPU i has the i-th page ... */
    GUESTS_VAPIC = 0x24000,
    GUESTS_PID = 0x28000,     /* ... and the i-th 64 bytes */
    GUESTS_TABLE = 0x29000,   /* of pointers to those */
    GUESTS_BITMAP = 0x2a000,  /* no MSR access exits */
    GUESTS_OFFSET = 16,       /* of a guest's code in the code of its core; the host's follows */
};

struct guest {
    struct code code; /* in guest mode */
    struct code host; /* behind a VM exit; then the core ends */
};

struct guests {
    struct program *p;
    struct lapic *l;
    struct vmx *x;
    unsigned cores;
    struct code code[GUESTS_MAX];  /* of the cores, both parts */
    unsigned exit[GUESTS_MAX];     /* offset of the host's part */
};

/* Between open and start a test may change VMCS fields, memory and descriptors, and attach devices. */
void guests_open(struct guests *, unsigned cores, unsigned devices, enum memory_model,
                 const struct guest *, const struct code *low, const struct code *high);
void guests_start(struct guests *);

/* One more virtual CPU, loaded nowhere, that begins at this offset of a core's code when it is entered
 * there. Its descriptor notifies that core. */
void guests_add(struct guests *, unsigned vcpu, unsigned core, unsigned offset);

static inline struct vmcs *guests_vmcs(const struct guests *g, unsigned vcpu)
{
    return &g->x->vmcs[vcpu];
}

static inline uint64_t guests_pid(unsigned vcpu)
{
    return GUESTS_PID + 64 * (uint64_t)vcpu;
}

uint64_t guests_control(const struct guests *, unsigned vcpu); /* of the descriptor */
bool guests_pir_is_empty(const struct guests *, unsigned vcpu);

/* At the end ON = 0 implies PIR = 0: an obligation named "on-covers-pir", for each virtual CPU. */
void guests_oblige_on(struct guests *);

#endif
