/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the program for any local APIC share; see apic_program.h. */
#ifndef IRQWEAVE_SILICON_CHECK_APIC_PROGRAM_INTERNAL_H
#define IRQWEAVE_SILICON_CHECK_APIC_PROGRAM_INTERNAL_H

#include "apic_program.h"
#include "xapic.h"

#define CMCI            0x2f0
#define LVT_TIMER       0x320
#define LVT_LINT0       0x350
#define LVT_ERROR       0x370
#define INITIAL         0x380
#define CURRENT         0x390
#define DIVIDE          0x3e0
#define SELF_IPI        0x3f0
#define NO_REGISTER     0x040
#define MSR_DEADLINE    0x6e0
#define TO_SELF         0x40000
#define TO_ALL          0x80000
#define TO_OTHERS       0xc0000
#define LOGICAL         0x800
#define LOWEST          0x100
#define NMI             0x400
#define MASKED          0x10000
#define PERIODIC        0x20000
#define TSC_DEADLINE    0x40000
#define BY_1            0xb
#define BY_16           0x3
#define VECTOR_NMI      2
#define LONG            10000000    /* not over while a line is printed */
#define POLLED          4096
#define LOG_MAX         16

extern bool x2;     /* x2APIC mode */
extern volatile u32 next_raise, next_window, next_tpr;  /* for the handler that begins next */

/* By page offset, in either mode. */
u32 rd(unsigned at);
void wr(unsigned at, u32 value);
void send(u32 destination, u32 low);
void raise(u32 vector);
void print_log(void);
void hold(const char *what, unsigned at, u32 value);
void fault(const char *what, u64 vector);

/* The parts, in the order of apic_program(). */
void registers(void);
void classes(void);
void nested(void);
void tpr_by_register(void);
void tpr_lowered(void);
void by_cr8(void);
void in_service(void);
void halted(void);
void sending(void);
void errors(void);
void disabled(void);
void one_shot(void);
void masked(void);
void periodic(void);
void deadline(void);

#endif
