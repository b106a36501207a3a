/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of a check program; see program.h. The last line of its transcript is "end", so that one
 * that was cut off is not taken for a whole one.
 */
#include "program.h"

#include "interrupt.h"
#include "port.h"

#define BOCHS_SHUTDOWN_PORT 0x8900  /* Bochs ends when "Shutdown" is written to it */
#define TAKEN_MAX           32
#define VECTOR_NMI          2
#define VECTOR_MF           0x10

image_thread_fn *image_thread[NR_CPUS];
u8 boot_stacks[NR_CPUS][BOOT_STACK_SIZE] __aligned(PAGE_SIZE);
volatile u64 fault_resume, fault_vector, fault_error;
bool note_exceptions;

static u32 taken[TAKEN_MAX];
static u32 taken_count;

void note_taken(u32 vector)
{
    if (taken_count < TAKEN_MAX)
        taken[taken_count] = vector;
    taken_count++;
}

void print_taken(void)
{
    u32 shown = taken_count < TAKEN_MAX ? taken_count : TAKEN_MAX;

    print(" taken");
    for (u32 i = 0; i < shown; i++)
        print(" %x", (u64)taken[i]);
    if (taken_count > shown)
        print(" and %u more", (u64)(taken_count - shown));
    else if (!shown)
        print(" none");
    taken_count = 0;
}

void print_bits(const char *name, u32 (*word)(unsigned index, unsigned from), unsigned from)
{
    const char *before = " ";

    print(" %s", name);
    for (unsigned vector = 0; vector < 256; vector++) {
        if (!(word(vector / 32, from) >> vector % 32 & 1))
            continue;
        print("%s%x", before, (u64)vector);
        before = ",";
    }
    if (*before == ' ')
        print(" -");
}

static u32 msr_word(unsigned index, unsigned first_msr)
{
    return rdmsr(first_msr + index);
}

void print_msr_bits(const char *name, u32 first_msr)
{
    print_bits(name, msr_word, first_msr);
}

void print_result(u64 fault, u64 value)
{
    if (fault == NO_FAULT)
        print("%x", value);
    else
        print("#%u", fault);
}

void print_rdmsr(u32 msr)
{
    u64 value, fault = try_rdmsr(msr, &value);

    print_result(fault, value);
}

interrupt_handler *const interrupt_handlers[256] = { [0 ... 255] = note_taken };

static void finish(void)
{
    print("end\n");
    print_flush();
    for (const char *c = "Shutdown"; *c; c++)
        outb(BOCHS_SHUTDOWN_PORT, *c);
    for (;;)
        asm volatile("cli; hlt");
}

/* NMIs, and vector 10h, the lowest that an APIC delivers: no program here executes what raises #MF. */
static bool is_interrupt(u64 vector)
{
    return vector == VECTOR_NMI || vector == VECTOR_MF;
}

/*
 * An exception under guard goes on behind its instruction. Those that a program injects are noted like
 * interrupts. Any other one ends the program.
 */
void do_exception(struct pt_regs *regs)
{
    if (is_interrupt(regs->vector) || note_exceptions) {
        note_taken(regs->vector);
        fault_error = regs->error_code;
        return;
    }
    if (!fault_resume) {
        print("\nexception %u error %x at %x\n", regs->vector, regs->error_code, regs->rip);
        finish();
    }
    fault_vector = regs->vector;
    fault_error = regs->error_code;
    regs->rip = fault_resume;
}

void image_main(unsigned long cpu);

void image_main(unsigned long cpu)
{
    cpu_init(cpu);
    marker_setup_done();
    program();
    finish();
}
