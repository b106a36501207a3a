/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Knobs: points of the hardware that no manual settles, as named choices with a default. A model
 * asks knob_value() when its behaviour depends on one; that marks the knob as consulted, and a
 * verdict lists every knob that its runs consulted. No choice is silent.
 *
 * An exploration runs one of several equivalent executions, and which one must not decide what is
 * consulted. So a knob is asked in the steps in which the hardware takes the decision, whether its
 * values would make a difference in that state or not; and a condition under which it is not asked
 * is the same in all equivalent executions. What a step would touch is a question that an explorer
 * puts in states of its own choice: the answer looks at `value`. What is enabled is asked in each.
 *
 * All are in one table on the lowest floor, whoever asks for them: recordings and command lines name
 * them before there is a machine.
 */
#ifndef SIM_KNOB_H
#define SIM_KNOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum knob {
    KNOB_VM_ENTRY_DRAINS,
    KNOB_VM_EXIT_DRAINS,
    KNOB_MESSAGE_ORDER,
    KNOB_VMX_SHADOW_BLOCKS_EXTINT,
    KNOB_PIR_DRAIN_ORDER,
    KNOB_IEC,
    KNOB_PPR_SUBCLASS,
    KNOB_STI_BLOCKS_NMI,
    KNOB_IPIV_ENTRY_CHECKS,
    KNOB_MSI_DESTINATION_MODE,
    KNOB_LOWEST_PRIORITY_IPI,
    KNOB_LOWEST_PRIORITY_RANK,
    KNOB_LOWEST_PRIORITY_TIE,
    KNOB_INIT_DEASSERT,
    KNOB_APIC_DISABLE_RESETS,
    KNOB_SPURIOUS_INTERRUPT,
    KNOB_LVT_ILLEGAL_VECTOR,
    KNOB_MFENCE_ORDERS_WRMSR,
    KNOB_VMX_TIMER_SAVES,
    KNOB_SELF_IPI_ILLEGAL_VECTOR,
    KNOB_DELIVERY_STATUS,
    KNOB_VMRUN_DRAINS,
    KNOB_VMEXIT_DRAINS,
    KNOB_VMCB_CLEAN_BITS,
    KNOB_VMCB_CLEAN_AVIC,
    KNOB_VMRUN_STI_SHADOW,
    KNOB_SVM_SHADOW_BLOCKS_INTR,
    KNOB_SVM_INTR_HOST_IF,
    KNOB_EVENTINJ_OVERFLOW,
    KNOB_DOORBELL_ID_BITS,
    KNOB_DOORBELL_WRMSR_DRAINS,
    KNOB_DOORBELL_WAKES_HALTED,
    KNOB_AVIC_ICR_CHECKS,
    KNOB_AVIC_ICR_BUSY,
    KNOB_AVIC_TARGET_ORDER,
    KNOB_AVIC_OTHERS,
    KNOB_AVIC_BROADCAST_BAD_PAGE,
    KNOB_AVIC_LOGICAL_BAD_TARGET,
    KNOB_AVIC_NOT_RUNNING_INDEX,
    KNOB_AVIC_IPI_CLEARS_TMR,
    KNOB_AVIC_LEVEL_EOI,
    KNOB_AVIC_ENTRY_TPR,
    KNOB_AVIC_LOOKS_AT_STI,
    KNOB_AVIC_VINTR,
    KNOB_AVIC_IDLE_HLT,
    KNOB_AVIC_STALE_TLB,
    KNOB_AVIC_NRIP,
    KNOB_AVIC_WITHOUT_NP,
    KNOB_X2AVIC_FAULTS,
    KNOB_X2AVIC_BROADCAST,
    KNOB_AVIC_LOGICAL_FFH,
    KNOB_ERRATUM_1235,
    KNOB_ERRATUM_1235_WRITES,
    KNOB_ERRATUM_1235_WORLD_SWITCH,
    KNOB_VAPIC_POST_ORDER,
    KNOB_IRTE_FETCH,
    KNOB_IRTE_GALOGINTR,
    KNOB_DTE_IV_0,
    KNOB_AMDVI_ABORTS,
    KNOB_GAPPI_FILTER,
    KNOB_COMPLETION_WAIT_DRAINS,
    KNOB_COUNT,
};

struct knob_info {
    const char *name;
    const char *values[3]; /* values[0] is the default */
    const char *question;  /* what is open, one sentence */
    const char *source;    /* who leaves it open */
};

struct knobs {
    uint8_t value[KNOB_COUNT]; /* to look at without consulting: see above */
    uint64_t consulted; /* a bit a knob */
};

extern const struct knob_info knob_table[KNOB_COUNT];

static inline unsigned knob_value(struct knobs *k, enum knob which)
{
    k->consulted |= 1ull << which;
    return k->value[which];
}

unsigned knob_values(enum knob);                       /* how many values it has */
bool knob_set(struct knobs *, const char *assignment); /* "name=value"; false if there is no such */

enum { KNOB_COMPLAINT = 320 }; /* bytes */

/* What is wrong with an assignment that knob_set() has refused, and what would be right. */
void knob_complain(const char *assignment, char *text, size_t size);

#endif
