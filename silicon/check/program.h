/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the check programs share: a console, faults that are caught, interrupts that are noted.
 *
 * A check program runs on one core and prints values, never verdicts: it runs in irqweave and on
 * another processor (Bochs, hardware), and the two transcripts are compared line by line. It prints
 * nothing that may differ between processors which obey the manual, unless docs/bochs.md says why.
 *
 * Handlers note the vector and return; they send no EOI, so that what is in service stays so until
 * the program ends it. Entry code and descriptor tables are those of kvm/runtime.
 */
#ifndef IRQWEAVE_SILICON_CHECK_PROGRAM_H
#define IRQWEAVE_SILICON_CHECK_PROGRAM_H

#include "apic.h"
#include "image.h"
#include "irqflags.h"

/* Beside those of apic.h. */
#define X2APIC_PPR          0x80a
#define X2APIC_LDR          0x80d
#define X2APIC_ISR          0x810
#define X2APIC_IRR          0x820
#define X2APIC_ESR          0x828
#define X2APIC_LVT_ERROR    0x837
#define X2APIC_SELF_IPI     0x83f

/* Each program defines this one; IF = 0, the local APIC as the firmware left it. */
void program(void);

/* %s string, %u decimal, %x hexadecimal, both of 64 bits; %% itself. */
void print(const char *format, ...);
void print_flush(void);     /* waits until the last character is out */

/* " IRR 31,35" or " IRR -": the vectors whose bits are set, in eight words that `word` reads. */
void print_bits(const char *name, u32 (*word)(unsigned index, unsigned from), unsigned from);
void print_msr_bits(const char *name, u32 first_msr);

/* ---- Faults ---- */

#define NO_FAULT    0x100
#define VECTOR_DB   1
#define VECTOR_UD   6
#define VECTOR_GP   13

/* Vector of the exception that the instruction raised, or NO_FAULT. */
extern volatile u64 fault_resume, fault_vector, fault_error;

/* Exceptions are noted like interrupts and return to where they came from; fault_error is set. */
extern bool note_exceptions;

/* One instruction under guard, with its constraints; the value is its fault. */
#define GUARDED(instruction, outputs, ...) ({                                       \
    fault_vector = NO_FAULT;                                                        \
    asm volatile("lea 1f(%%rip), %%r11\n\tmov %%r11, fault_resume\n\t" instruction   \
                 "\n1:\tmovq $0, fault_resume" : outputs : __VA_ARGS__               \
                 : "r11", "memory", "cc");                                          \
    fault_vector;                                                                   \
})

#define COMMA ,      /* between operands of one kind */

static inline u64 try_rdmsr(u32 msr, u64 *value)
{
    u64 low = 0, high = 0;
    u64 fault = GUARDED("rdmsr", "+a"(low) COMMA "+d"(high), "c"(msr));

    *value = high << 32 | low;
    return fault;
}

static inline u64 try_wrmsr(u32 msr, u64 value)
{
    return GUARDED("wrmsr", , "c"(msr), "a"((u32)value), "d"((u32)(value >> 32)));
}


/* "5", or "#13" if it faulted. */
void print_result(u64 fault, u64 value);
void print_rdmsr(u32 msr);

/* ---- Interrupts ---- */

/* Vectors since the last print_taken(), in order. */
void note_taken(u32 vector);
void print_taken(void);

/* Opens interrupts long enough for one; whoever is pending behind it waits for the next call. */
static __always_inline void open_window(void)
{
    asm volatile("sti; nop; cli" : : : "memory");
}

#endif
