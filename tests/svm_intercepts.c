/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Intercepted instructions and exceptions, what their exits tell, and what a guest does that nobody intercepts
 * (APM vol. 2, 15.7 to 15.14, 15.33).
 */
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
    icept_shadow[], icept_error_isr[], icept_isr[], icept_end[];

enum { IOPM = 0x2c000 };

static void set_up_intercepts(void)
{
    set_up();
    own_code(icept_begin, icept_end);
    PUT(control.iopm_base, IOPM);
    for (unsigned vector = 0; vector < 32; vector++)
        set_gate(GUEST_IDT, vector, own(vector_has_error(vector) ? icept_error_isr : icept_isr));
}

TestSuite(svm_intercepts, .init = set_up_intercepts);

static uint64_t reg(int which)
{
    return core_reg(&cpu->core[0], which);
}

static void guest_at(const uint8_t *label)
{
    PUT(save.rip, own(label));
}

/* 15.7.1 and 15.9: the exit comes before the instruction, and nRIP names the one behind it. */
static void left_at(uint64_t code, const uint8_t *label, unsigned length)
{
    left(code);
    cr_expect_eq(GET(save.rip), own(label), "code %#llx", (unsigned long long)code);
    cr_expect_eq(GET(control.nrip), own(label) + length, "code %#llx", (unsigned long long)code);
    cr_expect_eq(GET(control.exit_int_info), 0);
}

static const struct {
    uint8_t code, length;
    const uint8_t *guest, *at;
} plain[] = {
    {VMEXIT_PAUSE, 2, icept_pause, icept_pause},
    {VMEXIT_IRET, 2, icept_iret, icept_iretq},
    {VMEXIT_PUSHF, 1, icept_pushf, icept_pushf},
    {VMEXIT_POPF, 1, icept_popf, icept_popfq},
    {VMEXIT_SWINT, 2, icept_int, icept_int},
    {VMEXIT_CPUID, 2, icept_cpuid, icept_cpuid},
    {VMEXIT_RDTSC, 2, icept_rdtsc, icept_rdtsc},
    {VMEXIT_RDTSCP, 3, icept_rdtscp, icept_rdtscp},
    {VMEXIT_INVLPG, 4, icept_invlpg, icept_invlpg},
    {VMEXIT_WBINVD, 2, icept_wbinvd, icept_wbinvd},
    {VMEXIT_IDTR_WRITE, 7, icept_lidt, icept_lidt},
    {VMEXIT_GDTR_WRITE, 7, icept_lgdt, icept_lgdt},
    {VMEXIT_TR_WRITE, 3, icept_ltr, icept_ltr},
    {VMEXIT_VMMCALL, 3, icept_vmmcall, icept_vmmcall},
    {VMEXIT_VMRUN, 3, icept_vmrun, icept_vmrun},
    {VMEXIT_VMLOAD, 3, icept_vmload, icept_vmload},
    {VMEXIT_VMSAVE, 3, icept_vmsave, icept_vmsave},
    {VMEXIT_STGI, 3, icept_stgi, icept_stgi},
    {VMEXIT_CLGI, 3, icept_clgi, icept_clgi},
    {VMEXIT_INVLPGA, 3, icept_invlpga, icept_invlpga},
    {VMEXIT_SKINIT, 3, icept_skinit, icept_skinit},
    {VMEXIT_HLT, 1, icept_returned, icept_returned},
};

/* Each instruction alone, by its own bit: all others are clear but that of VMRUN. */
Test(svm_intercepts, instructions_exit_by_their_bit)
{
    guest_at(icept_vmmcall);
    enter();
    left(VMEXIT_VMMCALL);
    for (unsigned i = 0; i < sizeof plain / sizeof *plain; i++) {
        PUT(control.intercept_3, 0);
        PUT(control.intercept_4, INTERCEPT(VMEXIT_VMRUN));
        intercept(plain[i].code);
        guest_at(plain[i].guest);
        PUT(save.rsp, WINDOW + GUEST_STACK);
        enter_again();
        left_at(plain[i].code, plain[i].at, plain[i].length);
    }
}

/* CPUID 8000_000A EDX[3]: without it nRIP is 0. */
Test(svm_intercepts, without_nrip_save)
{
    svm_withhold(s, &(struct svm_features){.edx = SVM_NRIPS});
    PUT(control.nrip, 0x99);
    guest_at(icept_vmmcall);
    enter();
    left(VMEXIT_VMMCALL);
    cr_expect_eq(GET(control.nrip), 0);
}

/* 15.33.3: with decode assists EXITINFO1 holds the vector of INT n. */
Test(svm_intercepts, int_n_tells_its_vector)
{
    intercept(VMEXIT_SWINT);
    guest_at(icept_int);
    enter();
    left(VMEXIT_SWINT);
    cr_expect_eq(GET(control.exit_info_1), 0x40);
}

/* 15.14.6: VMMCALL that is not intercepted is #UD. */
Test(svm_intercepts, vmmcall_is_ud_without_the_intercept)
{
    PUT(control.intercept_4, INTERCEPT(VMEXIT_VMRUN));
    guest_at(icept_vmmcall);
    enter();
    in_guest();
    cr_expect_eq(cpu->core[0].exec.pc, own(icept_isr), "%s", trace);
}

/* ---- Exceptions: 15.12 ---- */

/* The exit comes before the exception: it is not delivered, and RIP is that of the division. */
Test(svm_intercepts, an_exception_exits_by_its_bit)
{
    PUT(control.intercept_exceptions, 1);
    guest_at(icept_divides);
    enter();
    left(VMEXIT_EXCP0);
    cr_expect_eq(GET(save.rip), own(icept_division));
    cr_expect_eq(GET(control.nrip), 0, "15.7.1: no instruction intercept");
    cr_expect_eq(GET(control.exit_int_info), 0);
}

Test(svm_intercepts, an_exception_without_its_bit_is_the_guests)
{
    PUT(control.intercept_exceptions, ~1u);
    guest_at(icept_divides);
    enter();
    in_guest();
    cr_expect_eq(cpu->core[0].exec.pc, own(icept_isr));
}

/* 15.12.14: #GP leaves its error code in EXITINFO1; here 0, of a CR8 whose reserved bits are set. */
Test(svm_intercepts, gp_exits_with_its_error_code)
{
    PUT(control.exit_info_1, 0x99);
    PUT(control.intercept_exceptions, 1u << VECTOR_GP);
    guest_at(icept_cr8_reserved);
    enter();
    left(VMEXIT_EXCP0 + VECTOR_GP);
    cr_expect_eq(GET(control.exit_info_1), 0);
    cr_expect_eq(GET(save.rip), own(icept_cr8_reserved_write));
}

/* 15.12.4: the intercept of #BP is of INT3, and RIP is that of the INT3; the software-interrupt intercept is not. */
Test(svm_intercepts, int3_is_an_exception)
{
    intercept(VMEXIT_SWINT);
    PUT(control.intercept_exceptions, 1u << VECTOR_BP);
    guest_at(icept_int3);
    enter();
    left(VMEXIT_EXCP0 + VECTOR_BP);
    cr_expect_eq(GET(save.rip), own(icept_int3));
}

/* ---- CR0 and CR8: 15.8, 15.21.2 ---- */

/* 15.33.1: bit 63 of EXITINFO1 says MOV, 3:0 the register: RCX is 1, RBX is 3. */
Test(svm_intercepts, cr8_intercepts)
{
    PUT(control.intercept_cr, 1u << VMEXIT_CR8_WRITE);
    guest_at(icept_cr8);
    enter();
    left_at(VMEXIT_CR8_WRITE, icept_cr8_write, 4);
    cr_expect_eq(GET(control.exit_info_1), 1ull << 63 | 1);
    PUT(control.intercept_cr, 1u << VMEXIT_CR8_READ);
    enter_again();
    left_at(VMEXIT_CR8_READ, icept_cr8_read, 4);
    cr_expect_eq(GET(control.exit_info_1), 1ull << 63 | 3);
    cr_expect_eq(GET(control.int_ctl) & 0xff, 5, "it was written in between");
}

Test(svm_intercepts, without_decode_assists_cr_exits_tell_nothing)
{
    svm_withhold(s, &(struct svm_features){.edx = SVM_DECODE_ASSISTS});
    PUT(control.intercept_cr, 1u << VMEXIT_CR8_WRITE);
    guest_at(icept_cr8);
    enter();
    left(VMEXIT_CR8_WRITE);
    cr_expect_eq(GET(control.exit_info_1), 0);
}

/* 15.21.2: under V_INTR_MASKING CR8 is V_TPR, and the local APIC's TPR stays. */
Test(svm_intercepts, cr8_is_v_tpr_under_masking)
{
    intercept(VMEXIT_HLT);
    guest_at(icept_cr8);
    enter();
    left(VMEXIT_HLT);
    cr_expect_eq(reg(UC_X86_REG_RBX), 5);
    cr_expect_eq(GET(control.int_ctl) & V_TPR, 5);
    cr_expect_eq(lapic_regs(l, 0)->tpr, 0);
}

/* Without it a write changes both, and a read is of the APIC's. */
Test(svm_intercepts, cr8_is_both_without_masking)
{
    intercept(VMEXIT_HLT);
    PUT(control.int_ctl, 3);
    guest_at(icept_cr8);
    enter();
    left(VMEXIT_HLT);
    cr_expect_eq(reg(UC_X86_REG_RBX), 5);
    cr_expect_eq(GET(control.int_ctl) & V_TPR, 5);
    cr_expect_eq(lapic_regs(l, 0)->tpr, 0x50);
}

Test(svm_intercepts, cr8_reads_the_apic_without_masking)
{
    intercept(VMEXIT_HLT);
    PUT(control.int_ctl, 3);
    lapic_regs(l, 0)->tpr = 0x70;
    guest_at(icept_cr8_read);
    enter();
    left(VMEXIT_HLT);
    cr_expect_eq(reg(UC_X86_REG_RBX), 7);
}

Test(svm_intercepts, cr8_reserved_bits_fault)
{
    guest_at(icept_cr8_reserved);
    enter();
    in_guest();
    cr_expect_eq(cpu->core[0].exec.pc, own(icept_error_isr) + 1, "%s", trace);
    cr_expect_eq(reg(UC_X86_REG_RBX), 0, "error code");
}

/* 15.8.1: the selective intercept lets TS (and MP) change. */
Test(svm_intercepts, selective_cr0_writes)
{
    intercept(VMEXIT_CR0_SEL_WRITE);
    guest_at(icept_cr0);
    enter();
    left_at(VMEXIT_CR0_SEL_WRITE, icept_cr0_ne, 3);
    cr_expect_eq(GET(save.cr0), 0x8001003b);
}

/* ---- Maps: 15.10, 15.11 ---- */

/* MSR C000_0100h: 800h + 2 * 100h bits = byte 840h, bits 0 (reads) and 1 (writes). */
Test(svm_intercepts, msr_reads_by_the_map)
{
    intercept(VMEXIT_MSR);
    memory_write(&m->memory, MSRPM + 0x840, 1, 1);
    guest_at(icept_rdmsr);
    enter();
    left_at(VMEXIT_MSR, icept_rdmsr_itself, 2);
    cr_expect_eq(GET(control.exit_info_1), 0);
}

Test(svm_intercepts, msr_writes_by_the_map)
{
    intercept(VMEXIT_MSR);
    memory_write(&m->memory, MSRPM + 0x840, 1, 2);
    guest_at(icept_wrmsr);
    enter();
    left_at(VMEXIT_MSR, icept_wrmsr_itself, 2);
    cr_expect_eq(GET(control.exit_info_1), 1);
}

Test(svm_intercepts, msrs_whose_bit_is_clear_are_the_guests)
{
    intercept(VMEXIT_MSR);
    memory_write(&m->memory, MSRPM + 0x840, 1, 1); /* reads alone */
    guest_at(icept_wrmsr);
    enter();
    in_guest();
    cr_expect_eq(reg(UC_X86_REG_FS_BASE), 0x3000);
}

Test(svm_intercepts, msrs_without_the_intercept)
{
    memory_write(&m->memory, MSRPM + 0x840, 1, 3);
    guest_at(icept_wrmsr);
    enter();
    in_guest();
}

/* 15.11: what no range covers is intercepted whatever the map says; 4000_0000h. */
Test(svm_intercepts, msrs_outside_the_map)
{
    intercept(VMEXIT_MSR);
    core_set_reg(&cpu->core[0], UC_X86_REG_RCX, 0x40000000);
    guest_at(icept_rdmsr_itself);
    enter();
    left(VMEXIT_MSR);
}

/* 15.10.2: EXITINFO1: port in 31:16, bit 9 64-bit addresses, 6:4 size (here two bytes), bit 0 IN; EXITINFO2: next RIP. */
Test(svm_intercepts, port_reads)
{
    intercept(VMEXIT_IOIO);
    memory_write(&m->memory, IOPM + 8, 1, 2); /* port 41h: the second byte of the access */
    guest_at(icept_in);
    enter();
    left_at(VMEXIT_IOIO, icept_in, 3);
    cr_expect_eq(GET(control.exit_info_1), 0x40u << 16 | 1u << 9 | 2u << 4 | 1);
    cr_expect_eq(GET(control.exit_info_2), own(icept_in) + 3);
}

Test(svm_intercepts, port_writes)
{
    intercept(VMEXIT_IOIO);
    memory_write(&m->memory, IOPM + 8, 1, 8); /* port 43h */
    guest_at(icept_out);
    enter();
    left_at(VMEXIT_IOIO, icept_out_itself, 1);
    cr_expect_eq(GET(control.exit_info_1), 0x43u << 16 | 1u << 9 | 1u << 4);
}

Test(svm_intercepts, ports_whose_bits_are_clear_are_the_guests)
{
    intercept(VMEXIT_IOIO);
    memory_write(&m->memory, IOPM + 8, 1, 0xf4);
    guest_at(icept_in);
    enter();
    in_guest();
}

/* ---- The rest ---- */

/* 15.14.3: an exception in the delivery of a double fault; there are no gates. */
Test(svm_intercepts, shutdown)
{
    PUT(save.idtr.limit, 0);
    guest_at(icept_divides);
    enter();
    left(VMEXIT_SHUTDOWN);
    cr_expect_eq(GET(control.exit_int_info), 0);
}

Test(svm_intercepts, a_shutdown_that_is_not_intercepted_is_a_limit)
{
    PUT(control.intercept_3, GET(control.intercept_3) & ~INTERCEPT(VMEXIT_SHUTDOWN));
    PUT(save.idtr.limit, 0);
    guest_at(icept_divides);
    enter();
    cr_expect_eq(m->state->finding[0].kind, FINDING_LIMIT);
}

/* An exit of an instruction in the shadow of an STI leaves INTERRUPT_SHADOW = 1 (15.21.5), and the next entry has it. */
Test(svm_intercepts, the_shadow_is_saved_and_loaded)
{
    guest_at(icept_shadow);
    enter();
    left(VMEXIT_VMMCALL);
    cr_expect_eq(GET(control.int_state), INT_SHADOW);
    cr_expect_eq(GET(save.rflags) & RFLAGS_IF, RFLAGS_IF);
    PUT(control.int_ctl, V_INTR_MASKING | V_IRQ | V_IGN_TPR | 0x40ull << 32);
    enter_again();
    left(VMEXIT_VMMCALL);
    cr_expect_eq(handled(), 0, "blocked for the first instruction, which exits again");
    PUT(control.int_state, 0);
    enter_again();
    cr_expect_eq(handled(), 1, "%s", trace);
}

/* A TSC offset that the guest would see: no verdict instead of a wrong one. */
Test(svm_intercepts, a_tsc_offset_is_a_limit)
{
    PUT(control.tsc_offset, 0x1000);
    guest_at(icept_rdtsc);
    enter();
    cr_expect_eq(m->state->finding[0].kind, FINDING_LIMIT);
}
