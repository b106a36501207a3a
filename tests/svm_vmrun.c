/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VMRUN and #VMEXIT: what they load, save and refuse (APM vol. 2, 15.4 to 15.7, 15.30).
 */
#include "tests/svm_fixture.h"

__asm__(".pushsection .rodata\n"
        "vmrun_begin:\n"
        "vmrun_works:\n" /* a guest that changes what #VMEXIT saves */
        "  mov $0x1234, %eax\n  push %rax\n  stc\n  sti\n"
        "  mov $0x5000, %ecx\n  mov %rcx, %cr2\n"
        "vmrun_leaves:\n"
        "  vmmcall\n"
        "vmrun_behind_vmmcall:\n"
        "  hlt\n"
        "vmrun_faults:\n" /* hosts */
        "  vmrun\n"
        "  hlt\n"
        "vmrun_saves:\n"
        "  mov $0xc0000100, %ecx\n  mov $0x7000, %eax\n  xor %edx, %edx\n  wrmsr\n" /* FS base */
        "  mov $0x22000, %eax\n  vmsave\n"
        "  mov $0x21000, %eax\n  vmload\n"
        "  hlt\n"
        "vmrun_writes_efer:\n"
        "  mov $0xc0000080, %ecx\n  mov $0x1d00, %eax\n  xor %edx, %edx\n"
        "vmrun_wrmsr_efer:\n"
        "  wrmsr\n"
        "  hlt\n"
        "vmrun_writes_msr:\n" /* ESI: which; EDI: what; then it is read */
        "  mov %esi, %ecx\n  mov %edi, %eax\n  xor %edx, %edx\n"
        "vmrun_wrmsr:\n"
        "  wrmsr\n  rdmsr\n"
        "  hlt\n"
        "vmrun_asks:\n" /* ESI: leaf */
        "  mov %esi, %eax\n  xor %ecx, %ecx\n  cpuid\n"
        "  hlt\n"
        "vmrun_ud_isr:\n"
        "  hlt\n"
        "vmrun_gp_isr:\n"
        "  hlt\n"
        "vmrun_end:\n"
        ".popsection\n");
extern const uint8_t vmrun_begin[], vmrun_works[], vmrun_leaves[], vmrun_behind_vmmcall[], vmrun_faults[],
    vmrun_saves[],
    vmrun_writes_efer[], vmrun_wrmsr_efer[], vmrun_wrmsr[], vmrun_writes_msr[], vmrun_asks[],
    vmrun_ud_isr[], vmrun_gp_isr[], vmrun_end[];

static void set_up_vmrun(void)
{
    set_up();
    own_code(vmrun_begin, vmrun_end);
    set_gate(HOST_IDT, VECTOR_UD, own(vmrun_ud_isr));
    set_gate(HOST_IDT, VECTOR_GP, own(vmrun_gp_isr));
}

TestSuite(svm_vmrun, .init = set_up_vmrun);

static uint64_t reg(int which)
{
    return core_reg(&cpu->core[0], which);
}

static struct core_state *state(void)
{
    return cpu->core[0].state;
}

/* 15.5.1, 15.17: VMRUN enters the guest and sets GIF, although the host had cleared it. */
Test(svm_vmrun, enters_and_halts_in_the_guest)
{
    enter();
    in_guest();
    cr_expect_eq(cpu->core[0].state->activity, ACTIVITY_HLT);
    cr_expect_eq(core_level(&cpu->core[0]), LEVEL_GUEST);
    cr_expect(svm_gif(s, 0));
    cr_expect_eq(svm_vmcb(s, 0), VMCB);
}

/* 15.6: #VMEXIT clears GIF and goes on behind VMRUN, with rAX, RSP and the tables of the host. */
Test(svm_vmrun, vmexit_goes_on_behind_vmrun)
{
    enter();
    arrives(APIC_NMI, 0);
    left(VMEXIT_NMI);
    cr_expect_not(svm_gif(s, 0));
    cr_expect_eq(core_reg(&cpu->core[0], UC_X86_REG_RAX), VMCB);
    cr_expect_eq(core_reg(&cpu->core[0], UC_X86_REG_RSP), WINDOW + HOST_STACK);
    cr_expect_eq(cpu->core[0].state->idt_base, WINDOW + HOST_IDT);
    cr_expect_eq(core_level(&cpu->core[0]), LEVEL_THREAD);
    cr_expect_eq(GET(save.rip), at(svm_test_halted));
}

/* 15.6: every field of the save area that belongs to VMRUN. ES, DS, DR6 and DR7 are no state of these cores. */
Test(svm_vmrun, vmexit_saves_the_guests_state)
{
    PUT(save.rip, own(vmrun_works));
    enter();
    left(VMEXIT_VMMCALL);
    cr_expect_eq(GET(save.rax), 0x1234);
    cr_expect_eq(GET(save.rsp), WINDOW + GUEST_STACK - 8);
    cr_expect_eq(GET(save.rflags) & (RFLAGS_IF | RFLAGS_CF), RFLAGS_IF | RFLAGS_CF);
    cr_expect_eq(GET(save.cr2), 0x5000);
    cr_expect_eq(GET(save.cs.selector), 8);
    cr_expect_eq(GET(save.idtr.base), WINDOW + GUEST_IDT);
    cr_expect_eq(GET(save.idtr.limit), 0xfff);
    cr_expect_eq(GET(save.efer), 0x1d00);
    cr_expect_eq(GET(save.rip), own(vmrun_behind_vmmcall) - 3);
    cr_expect_eq(reg(UC_X86_REG_RCX), 0x5000, "general registers but rAX and rSP are shared");
}

/* 15.6: the host's RFLAGS.IF comes back; GIF = 0 masks what it would let through. */
Test(svm_vmrun, the_hosts_if_comes_back)
{
    cpu->core[0].state->interrupt_flag = 1;
    enter();
    arrives(APIC_NMI, 0);
    left(VMEXIT_NMI);
    cr_expect_eq(state()->interrupt_flag, 1);
    arrives(APIC_FIXED, 0x50);
    cr_expect_eq(word(svm_test_host_handled), 0);
}

/* 15.30.4: the host's state lies in the page at VM_HSAVE_PA; what is changed there is what #VMEXIT loads. */
Test(svm_vmrun, the_host_save_area_is_memory)
{
    enter();
    uint64_t rsp = HSAVE + offsetof(struct vmcb, save.rsp);
    cr_assert_eq(memory_at(rsp, 8), WINDOW + HOST_STACK);
    memory_write(&m->memory, rsp, 8, WINDOW + HOST_STACK - 0x100);
    arrives(APIC_NMI, 0);
    cr_expect_eq(reg(UC_X86_REG_RSP), WINDOW + HOST_STACK - 0x100);
}

/* 15.6: CR0.PE is forced to 1 in the host. */
Test(svm_vmrun, protected_mode_is_forced)
{
    enter();
    uint64_t cr0 = HSAVE + offsetof(struct vmcb, save.cr0);
    memory_write(&m->memory, cr0, 8, memory_at(cr0, 8) & ~1ull);
    arrives(APIC_NMI, 0);
    cr_expect_eq(state()->cr0, 0x80010033);
}

/* A second VMRUN of the same VMCB goes on where the guest was, in its handler too. */
Test(svm_vmrun, the_guest_goes_on)
{
    enter();
    arrives(APIC_NMI, 0);
    left(VMEXIT_NMI);
    PUT(control.intercept_3, GET(control.intercept_3) & ~INTERCEPT(VMEXIT_NMI));
    lapic_take_nmi(l, 0);
    PUT(control.event_inj, EVENT_VALID | 0x40);
    enter_again();
    in_guest();
    cr_expect_eq(handled(), 1, "%s", trace);
    cr_expect_eq(core_level(&cpu->core[0]), LEVEL_GUEST);
}

/* ... and as the context that it was in, which names what touches memory. */
Test(svm_vmrun, the_guest_goes_on_in_its_handler)
{
    set_gate(GUEST_IDT, 0x40, own(vmrun_leaves));
    PUT(control.event_inj, EVENT_VALID | 0x40);
    enter();
    left(VMEXIT_VMMCALL);
    PUT(save.rip, own(vmrun_behind_vmmcall));
    enter_again();
    in_guest();
    cr_expect_eq(core_level(&cpu->core[0]), LEVEL_GUEST_INTERRUPT);
}

/* ---- Faults and refusals ---- */

/* The host stands at the fault handler's HLT; the frame holds the RIP of the instruction. */
static void faulted(unsigned vector, uint64_t rip)
{
    bool error = vector_has_error(vector);
    cr_assert_eq(cpu->core[0].exec.pc, own(error ? vmrun_gp_isr : vmrun_ud_isr), "%s", trace);
    cr_expect_eq(memory_at(reg(UC_X86_REG_RSP) - WINDOW + (error ? 8 : 0), 8), rip, "%s", trace);
    cr_expect_not(svm_in_guest(s, 0));
}

/* 15.4: instructions of SVM without EFER.SVME. */
Test(svm_vmrun, without_svme_is_ud)
{
    state()->efer &= ~(uint64_t)EFER_SVME;
    enter_from(at(svm_test_vmrun));
    faulted(VECTOR_UD, at(svm_test_vmrun));
}

/* 15.5.1: rAX must be 4-KiB aligned, and within the physical addresses. */
Test(svm_vmrun, a_vmcb_that_is_not_aligned_is_gp)
{
    core_set_reg(&cpu->core[0], UC_X86_REG_RAX, VMCB + 0x800);
    enter_from(own(vmrun_faults));
    faulted(VECTOR_GP, own(vmrun_faults));
}

Test(svm_vmrun, a_vmcb_beyond_the_physical_addresses_is_gp)
{
    core_set_reg(&cpu->core[0], UC_X86_REG_RAX, 1ull << SVM_PHYSICAL_BITS);
    enter_from(own(vmrun_faults));
    faulted(VECTOR_GP, own(vmrun_faults));
}

static void found(enum finding_kind kind, const char *text)
{
    cr_assert_eq(m->state->finding_count, 1);
    cr_expect_eq(m->state->finding[0].kind, kind);
    cr_expect(strstr(m->state->finding[0].message, text), "%s", m->state->finding[0].message);
}

Test(svm_vmrun, a_vmcb_that_is_not_there_is_a_limit)
{
    core_set_reg(&cpu->core[0], UC_X86_REG_RAX, RAM);
    enter_from(own(vmrun_faults));
    found(FINDING_LIMIT, "a VMCB outside the machine's memory");
}

/* 15.30.4: software sets it before the first VMRUN. */
Test(svm_vmrun, without_a_host_save_area_is_a_bug)
{
    s->cores[0].hsave = 0;
    enter();
    found(FINDING_BUG, "before VM_HSAVE_PA has been set");
}

Test(svm_vmrun, a_failed_check_is_a_finding)
{
    s->failure_is_result = false;
    PUT(control.asid, 0);
    enter();
    found(FINDING_ENTRY, "VMRUN fails: must hold: ASID is not 0");
}

Test(svm_vmrun, a_guest_outside_64_bit_mode_is_a_limit)
{
    PUT(save.cs.attributes, LONG_MODE_CODE & ~0x200);
    enter();
    found(FINDING_LIMIT, "VMRUN of a guest outside 64-bit mode");
}

/* ---- MSRs: 15.4, 15.30 ---- */

static void write_msr(uint32_t msr, uint32_t value)
{
    core_set_reg(&cpu->core[0], UC_X86_REG_RSI, msr);
    core_set_reg(&cpu->core[0], UC_X86_REG_RDI, value);
    enter_from(own(vmrun_writes_msr));
}

Test(svm_vmrun, hsave_wants_a_page)
{
    write_msr(MSR_VM_HSAVE_PA, 0x20010);
    faulted(VECTOR_GP, own(vmrun_wrmsr));
    cr_expect_eq(s->cores[0].hsave, HSAVE);
}

Test(svm_vmrun, hsave_is_read_as_written)
{
    write_msr(MSR_VM_HSAVE_PA, 0x2c000);
    cr_expect_eq(reg(UC_X86_REG_RAX), 0x2c000);
}

/* 15.4: SVMDIS cannot be set while EFER.SVME is 1 ... */
Test(svm_vmrun, svm_cannot_be_disabled_while_it_is_on)
{
    write_msr(MSR_VM_CR, VM_CR_SVMDIS);
    faulted(VECTOR_GP, own(vmrun_wrmsr));
}

/* ... and SVME cannot be set while SVMDIS is. */
Test(svm_vmrun, svme_cannot_be_set_while_svm_is_disabled)
{
    state()->efer &= ~(uint64_t)EFER_SVME;
    s->cores[0].vm_cr = VM_CR_SVMDIS;
    enter_from(own(vmrun_writes_efer));
    faulted(VECTOR_GP, own(vmrun_wrmsr_efer));
    cr_expect_not(state()->efer & EFER_SVME);
}

/* 15.30.1: once LOCK is 1 neither it nor SVMDIS changes. */
Test(svm_vmrun, lock_keeps_svmdis)
{
    state()->efer &= ~(uint64_t)EFER_SVME;
    s->cores[0].vm_cr = VM_CR_SVMDIS | VM_CR_LOCK;
    write_msr(MSR_VM_CR, 0);
    cr_expect_eq(s->cores[0].vm_cr, VM_CR_SVMDIS | VM_CR_LOCK);
    cr_expect_eq(reg(UC_X86_REG_RAX), VM_CR_SVMDIS | VM_CR_LOCK);
}

/* ---- VMLOAD and VMSAVE: 15.5.2 ---- */

Test(svm_vmrun, vmsave_and_vmload_move_fs_gs_and_tr)
{
    PUT(save.fs.base, 0x123000);
    PUT(save.gs.base, 0x456000);
    PUT(save.tr.selector, 0x28);
    PUT(save.tr.limit, 0x67);
    PUT(save.tr.base, WINDOW + 0x27000);
    state()->tr = 0x40;
    enter_from(own(vmrun_saves));
    cr_expect_eq(reg(UC_X86_REG_FS_BASE), 0x123000);
    cr_expect_eq(reg(UC_X86_REG_GS_BASE), 0x456000);
    cr_expect_eq(state()->tr, 0x28);
    cr_expect_eq(state()->tr_limit, 0x67);
    cr_expect_eq(state()->tr_base, WINDOW + 0x27000);
    cr_expect_eq(memory_at(OTHER_VMCB + offsetof(struct vmcb, save.fs.base), 8), 0x7000);
    cr_expect_eq(memory_at(OTHER_VMCB + offsetof(struct vmcb, save.tr.selector), 2), 0x40);
}

/* Which TSS an interrupt finds may depend on its moment: then each boundary of the thread counts. */
Test(svm_vmrun, vmload_with_gif_makes_boundaries_count)
{
    enter_from(own(vmrun_saves));
    cr_expect(m->observed_core & 1);
}

Test(svm_vmrun, vmload_without_gif_does_not)
{
    cpu->core[0].state->held = 1;
    enter_from(own(vmrun_saves));
    cr_expect_not(m->observed_core & 1);
}

/* 15.5.1: neither is moved by VMRUN and #VMEXIT. */
Test(svm_vmrun, vmrun_leaves_fs_and_tr_alone)
{
    PUT(save.fs.base, 0x123000);
    PUT(save.tr.selector, 0x28);
    state()->tr = 0x40;
    enter();
    cr_expect_eq(reg(UC_X86_REG_FS_BASE), 0);
    cr_expect_eq(state()->tr, 0x40);
}

/* ---- CPUID: APM vol. 3, appendix E ---- */

static void ask(uint32_t leaf)
{
    core_set_reg(&cpu->core[0], UC_X86_REG_RSI, leaf);
    enter_from(own(vmrun_asks));
}

Test(svm_vmrun, cpuid_names_the_vendor)
{
    ask(0);
    uint32_t name[3] = {(uint32_t)reg(UC_X86_REG_RBX), (uint32_t)reg(UC_X86_REG_RDX),
                        (uint32_t)reg(UC_X86_REG_RCX)};
    cr_expect(!memcmp(name, "AuthenticAMD", 12));
}

Test(svm_vmrun, cpuid_says_svm_and_not_vmx)
{
    ask(0x80000001);
    cr_expect_eq(reg(UC_X86_REG_RCX) >> 2 & 1, 1);
    cpu_setup_jump(cpu, 0, own(vmrun_asks));
    begin();
    core_set_reg(&cpu->core[0], UC_X86_REG_RSI, 1);
    run();
    cr_expect_eq(reg(UC_X86_REG_RCX) >> 5 & 1, 0, "bit 5 of leaf 1 is VMX");
}

/* EDX of 8000_000A: 3 nRIP, 5 clean bits, 16 virtual GIF, 25 virtual NMI. What is withheld is not offered. */
Test(svm_vmrun, cpuid_offers_features)
{
    svm_withhold(s, &(struct svm_features){.edx = SVM_VGIF});
    ask(0x8000000a);
    uint64_t edx = reg(UC_X86_REG_RDX);
    cr_expect_eq(edx & (1 << 3 | 1 << 5 | 1 << 25), 1 << 3 | 1 << 5 | 1 << 25);
    cr_expect_eq(edx >> 16 & 1, 0);
    cr_expect_eq(edx >> 13 & 1, svm_offers(s, SVM_AVIC));
    cr_expect_gt(reg(UC_X86_REG_RBX), 1, "ASIDs");
}
