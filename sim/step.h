/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a step did, for the timeline. Filled only when somebody looks; exploration does not. */
#ifndef SIM_STEP_H
#define SIM_STEP_H

#include <stdint.h>

enum step_action {
    STEP_NONE,
    STEP_LOAD,       /* value read */
    STEP_STORE,      /* value into the store buffer, or to memory under SC */
    STEP_RMW,        /* locked read-modify-write: `old` and `value` */
    STEP_FENCE,
    STEP_DRAIN,      /* the oldest store reaches memory */
    STEP_SEND,       /* an interrupt message leaves */
    STEP_ARRIVE,
    STEP_DELIVER,    /* the core takes an interrupt */
    STEP_INTERRUPTS, /* cli, sti, popf, iret */
    STEP_HALT,
    STEP_PAUSE,
    STEP_REGISTER,   /* an access to a device register (rdmsr, wrmsr) */
    STEP_VMX,        /* VM entry, VM exit and their micro-steps */
    STEP_SVM,        /* VMRUN, #VMEXIT and theirs */
    STEP_DEVICE,
    STEP_END,        /* the thread has ended */
    STEP_FINDING,    /* WARN, BUG, a fault that nobody handles */
};

enum { STEP_TEXT = 160, STEP_NOTES = 4 };

struct step {
    uint8_t agent;
    uint8_t action;
    uint8_t size;       /* bytes accessed */
    uint8_t level;      /* enum context_level of the core */
    uint8_t buffered;   /* stores in the own buffer after the step */
    uint8_t forwarded;  /* the load was served by the own store buffer */
    uint8_t met;        /* another core, device or message touched the same memory: sim/contact.h */
    uint8_t note_count;
    uint64_t pc;        /* linear address of the instruction; 0 if none */
    uint64_t address;   /* physical; ~0 if none */
    uint64_t value;
    uint64_t old;
    uint64_t cycle;     /* the core's cycle counter before the step */
    char text[STEP_TEXT];              /* what it did, in the field's words */
    char notes[STEP_NOTES][STEP_TEXT]; /* markers that the code left on its way to the next step */
};

const char *step_action_name(enum step_action);

#endif
