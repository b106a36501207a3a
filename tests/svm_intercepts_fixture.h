/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guests for the core of tests/svm_fixture.h that do one thing which may be intercepted, and halt. Included once by
 * each test of intercepts that needs them.
 */
#ifndef TESTS_SVM_INTERCEPTS_FIXTURE_H
#define TESTS_SVM_INTERCEPTS_FIXTURE_H

#include "tests/svm_fixture.h"

__asm__(".pushsection .rodata\n"
        "icept_begin:\n"
        "icept_pause:\n  pause\n  hlt\n"
        "icept_iret:\n"
        "  mov %rsp, %rax\n  push $0x10\n  push %rax\n  pushfq\n  push $8\n"
        "  lea icept_returned(%rip), %rax\n  push %rax\n"
        "icept_iretq:\n"
        "  iretq\n"
        "icept_returned:\n  hlt\n"
        "icept_pushf:\n  pushfq\n  hlt\n"
        "icept_popf:\n  push $2\n"
        "icept_popfq:\n  popfq\n  hlt\n"
        "icept_int:\n  int $0x40\n  hlt\n"
        "icept_int3:\n  int3\n  hlt\n"
        "icept_cpuid:\n  cpuid\n  hlt\n"
        "icept_rdtsc:\n  rdtsc\n  hlt\n"
        "icept_rdtscp:\n  rdtscp\n  hlt\n"
        "icept_invlpg:\n  invlpg (%rsp)\n  hlt\n"
        "icept_wbinvd:\n  wbinvd\n  hlt\n"
        "icept_lidt:\n  lidt icept_table(%rip)\n  hlt\n"
        "icept_lgdt:\n  lgdt icept_table(%rip)\n  hlt\n"
        "icept_ltr:\n  ltr %cx\n  hlt\n"
        "icept_vmmcall:\n  vmmcall\n  hlt\n"
        "icept_vmrun:\n  vmrun\n  hlt\n"
        "icept_vmload:\n  vmload\n  hlt\n"
        "icept_vmsave:\n  vmsave\n  hlt\n"
        "icept_stgi:\n  stgi\n  hlt\n"
        "icept_clgi:\n  clgi\n  hlt\n"
        "icept_invlpga:\n  invlpga\n  hlt\n"
        "icept_skinit:\n  skinit\n  hlt\n"
        "icept_rdmsr:\n  mov $0xc0000100, %ecx\n"
        "icept_rdmsr_itself:\n  rdmsr\n  hlt\n"
        "icept_wrmsr:\n  mov $0xc0000100, %ecx\n  mov $0x3000, %eax\n  xor %edx, %edx\n"
        "icept_wrmsr_itself:\n  wrmsr\n  hlt\n"
        "icept_in:\n  in $0x40, %ax\n  hlt\n"
        "icept_out:\n  mov $0x43, %dx\n"
        "icept_out_itself:\n  out %al, %dx\n  hlt\n"
        "icept_divides:\n  xor %ecx, %ecx\n"
        "icept_division:\n  div %ecx\n  hlt\n"
        "icept_cr0:\n  mov %cr0, %rbx\n  mov %rbx, %rcx\n  xor $8, %rcx\n"
        "icept_cr0_ts:\n  mov %rcx, %cr0\n  xor $0x20, %rcx\n"
        "icept_cr0_ne:\n  mov %rcx, %cr0\n  hlt\n"
        "icept_cr8:\n  mov $5, %ecx\n"
        "icept_cr8_write:\n  mov %rcx, %cr8\n"
        "icept_cr8_read:\n  mov %cr8, %rbx\n  hlt\n"
        "icept_cr8_reserved:\n  mov $0x10, %ecx\n"
        "icept_cr8_reserved_write:\n  mov %rcx, %cr8\n  hlt\n"
        "icept_shadow:\n  sti\n  vmmcall\n  hlt\n"
        "icept_clears_svme:\n"
        "  mov $0xc0000080, %ecx\n  mov $0xd00, %eax\n  xor %edx, %edx\n  wrmsr\n  vmmcall\n  hlt\n"
        "icept_clears_svme_stgi:\n"
        "  mov $0xc0000080, %ecx\n  mov $0xd00, %eax\n  xor %edx, %edx\n  wrmsr\n  stgi\n  hlt\n"
        "icept_error_isr:\n  pop %rbx\n  hlt\n"
        "icept_isr:\n  hlt\n"
        "icept_table: .word 0xfff\n  .quad 0xffffffff80025000\n"
        "icept_end:\n"
        ".popsection\n");
extern const uint8_t icept_begin[], icept_pause[], icept_iret[], icept_iretq[], icept_returned[], icept_pushf[],
    icept_popf[], icept_popfq[], icept_int[], icept_int3[], icept_cpuid[], icept_rdtsc[], icept_rdtscp[],
    icept_invlpg[], icept_wbinvd[], icept_lidt[], icept_lgdt[], icept_ltr[], icept_vmmcall[], icept_vmrun[],
    icept_vmload[], icept_vmsave[], icept_stgi[], icept_clgi[], icept_invlpga[], icept_skinit[],
    icept_rdmsr[], icept_rdmsr_itself[], icept_wrmsr[], icept_wrmsr_itself[], icept_in[], icept_out[],
    icept_out_itself[], icept_divides[], icept_division[], icept_cr0[], icept_cr0_ts[], icept_cr0_ne[],
    icept_cr8[], icept_cr8_write[], icept_cr8_read[], icept_cr8_reserved[], icept_cr8_reserved_write[],
    icept_shadow[], icept_clears_svme[], icept_clears_svme_stgi[], icept_error_isr[], icept_isr[], icept_end[];

enum { IOPM = 0x2c000 };

static inline void set_up_intercepts(void)
{
    set_up();
    own_code(icept_begin, icept_end);
    PUT(control.iopm_base, IOPM);
    for (unsigned vector = 0; vector < 32; vector++)
        set_gate(GUEST_IDT, vector, own(vector_has_error(vector) ? icept_error_isr : icept_isr));
}

static inline uint64_t reg(int which)
{
    return core_reg(&cpu->core[0], which);
}

static inline void guest_at(const uint8_t *label)
{
    PUT(save.rip, own(label));
}

/* 15.7.1 and 15.9: the exit comes before the instruction, and nRIP names the one behind it. */
static inline void left_at(uint64_t code, const uint8_t *label, unsigned length)
{
    left(code);
    cr_expect_eq(GET(save.rip), own(label), "code %#llx", (unsigned long long)code);
    cr_expect_eq(GET(control.nrip), own(label) + length, "code %#llx", (unsigned long long)code);
    cr_expect_eq(GET(control.exit_int_info), 0);
}

#endif
