/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest of a check program: code of the same image, in the same address space and with the same
 * descriptor tables, on a stack of its own. VMCS fields and VM entry are those of kvm/logic.
 */
#ifndef IRQWEAVE_SILICON_CHECK_GUEST_H
#define IRQWEAVE_SILICON_CHECK_GUEST_H

#include "program.h"
#include "vmcs.h"

#define MSR_IA32_VMX_MISC           0x485

#define CPU_BASED_INTERRUPT_WINDOW  (1u << 2)
#define CPU_BASED_HLT_EXITING       (1u << 7)
#define SECONDARY_APIC_ACCESSES     (1u << 0)
#define PIN_BASED_VIRTUAL_NMIS      (1u << 5)
#define CPU_BASED_CR8_LOAD_EXITING  (1u << 19)
#define CPU_BASED_CR8_STORE_EXITING (1u << 20)
#define CPU_BASED_NMI_WINDOW        (1u << 22)
#define PIN_BASED_PREEMPTION_TIMER  (1u << 6)

#define APIC_ACCESS_ADDR            0x2014
#define EXIT_QUALIFICATION          0x6400
#define VM_EXIT_INTR_ERROR          0x4406
#define VM_ENTRY_EXCEPTION_ERROR_CODE 0x4018
#define VM_ENTRY_INSTRUCTION_LEN    0x401a
#define IDT_VECTORING_INFO          0x4408
#define VMX_PREEMPTION_TIMER_VALUE  0x482e
#define VM_EXIT_INSTRUCTION_LENGTH  0x440c

#define EXIT_REASON_EXCEPTION_NMI   0
#define EXIT_REASON_INTERRUPT_WINDOW 7
#define EXIT_REASON_NMI_WINDOW      8
#define EXIT_REASON_CPUID           10
#define EXIT_REASON_HLT             12
#define EXIT_REASON_VMCALL          18
#define EXIT_REASON_CR_ACCESS       28
#define EXIT_REASON_MSR_READ        31
#define EXIT_REASON_MSR_WRITE       32
#define EXIT_REASON_TPR_BELOW_THRESHOLD 43
#define EXIT_REASON_APIC_ACCESS     44

#define GPR_RDI     7
#define GPR_COUNT   16

/* Beside the exit reasons (of 32 bits): VMfailValid with its VM-instruction error in 15:0. */
#define ENTRY_FAIL_VALID            0x100000000

#define VAPIC_TPR   0x080
#define VAPIC_PPR   0x0a0
#define VAPIC_EOI   0x0b0
#define VAPIC_ISR   0x100
#define VAPIC_TMR   0x180
#define VAPIC_IRR   0x200
#define VAPIC_ICR   0x300

/* Controls that a program asks for; those that the processor demands are added, those that it
 * lacks are kept, so that the entry fails. */
struct guest_controls {
    u32 pin, cpu, secondary, exit;
};

/* For a guest with an x2APIC of its own: register virtualization and virtual-interrupt delivery. */
extern const struct guest_controls vapic_controls;

extern u8 guest_vapic[PAGE_SIZE];
extern u8 guest_msr_bitmap[PAGE_SIZE];      /* all zero: no access exits */
extern u64 guest_gprs[GPR_COUNT];            /* but RSP, in the order of their encoding */
extern bool guest_has_virtual_interrupts;    /* by the controls that were set last */

/* VMXON, and a VMCS with everything but the controls. False: it cannot be; says why. */
bool guest_init(void);
void guest_set_controls(const struct guest_controls *controls);

/* Clears the VMCS: the next entry is a VMLAUNCH. */
void guest_clear(void);
/* Which instruction enters next, whatever the VMCS is. */
void guest_pretend(bool is_launched);

/* The guest will begin at `code`, IF = 0, with an empty stack; the VMCS is cleared. */
void guest_begin(void (*code)(void));

/* One stay in the guest: the exit reason, all 32 bits, or ENTRY_FAIL_VALID. */
u64 guest_enter(void);
void guest_skip_instruction(void);

/* Page offset `at`, and a vector's word in ISR, TMR or IRR. */
u32 vapic_read(unsigned at);
void vapic_write(unsigned at, u32 value);
void vapic_clear(void);
void vapic_set_vector(unsigned at, unsigned vector);

/* "RVI 51 SVI 0 VTPR 50 VPPR 50 VIRR 51 VISR -" */
void print_vapic(void);

/*
 * A guest that only comes back: one line an entry, "entered", the VM-instruction error or the exit.
 * The second form gives a field another value for that entry.
 */
void guest_check_begin(void);
void guest_check(const char *what);
void guest_check_field(const char *what, u16 field, u64 value);

/* ---- For the guest ---- */

/* A VM exit that carries a text (the host prints it with what it sees), NULL at the end. */
static __always_inline void tell(const char *text)
{
    asm volatile("vmcall" : : "D"(text) : "memory");
}

/*
 * Runs a guest: each tell() gives a line, and so does each other exit, unless guest_is_quiet. Then the
 * guest goes on, behind an instruction that has not been executed; a window has been closed, the TPR
 * threshold lowered to VTPR, a physical interrupt (x2APIC mode) taken and ended.
 */
extern bool guest_is_quiet;
extern volatile u64 guest_last_exit, guest_last_qualification;      /* of no tell() */
void guest_run(void (*code)(void));
void guest_run_open(void (*code)(void));    /* IF = 1 from the start */

#endif
