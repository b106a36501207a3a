/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RDMSR and WRMSR of x2APIC registers in a guest (SDM vol. 3, 24.6.9, 25.1.3, 29.5; 29.1.4, 29.1.5).
 * Rows V5, V9 and V10 of docs/model/vmx-access.md.
 */
#include "lapic/apic_regs.h"
#include "tests/vmx_fixture.h"

/* Guests. RCX is the MSR, RAX and RDX what is written; each ends with VMCALL. */
__asm__(".pushsection .rodata\n"
        "msr_begin:\n"
        "msr_write:\n"
        "  wrmsr\n"
        "msr_written:\n"
        "  vmcall\n"
        "msr_read:\n"
        "  rdmsr\n"
        "msr_done:\n"
        "  vmcall\n"
        "msr_fault:\n" /* handler of #GP */
        "  vmcall\n"
        /* Reads 800h to 8FFh one after the other into the table. */
        "msr_scan:\n"
        "  mov $0x800, %ecx\n"
        "  lea msr_table(%rip), %rdi\n"
        "1: rdmsr\n"
        "  mov %eax, (%rdi)\n  mov %edx, 4(%rdi)\n"
        "  add $8, %rdi\n  inc %ecx\n  cmp $0x900, %ecx\n  jb 1b\n"
        "  vmcall\n"
        /* A host that goes on once. */
        "msr_host:\n"
        "  decl msr_resumes(%rip)\n  js 1f\n  vmresume\n"
        "1: hlt\n"
        "msr_resumes: .long 1\n"
        "msr_table: .fill 256, 8, 0\n"
        "msr_end:\n"
        ".popsection\n");
extern const uint8_t msr_begin[], msr_write[], msr_written[], msr_read[], msr_done[], msr_fault[],
    msr_scan[], msr_host[], msr_table[], msr_end[];

enum { GP = 13, READ_BITMAP = 0, WRITE_BITMAP = 2048, PHYSICAL_TPR = 0x30 };

static void set_up_msr(void)
{
    set_up();
    own_code(msr_begin, msr_end);
    set_gate(GP, own(msr_fault));
    for (unsigned i = 0; i < 4096; i += 8) /* what the page holds says where it is from */
        memory_write(&m->memory, VAPIC + i, 8, 0xabcd000000000000 | i);
    memory_write(&m->memory, VAPIC + VAPIC_VTPR, 8, 0);
    lapic_regs(l, 0)->tpr = PHYSICAL_TPR;
}

TestSuite(vmx_x2apic, .init = set_up_msr);

static void controls(uint32_t secondary)
{
    v->field[VMCS_SECONDARY_CONTROLS] = secondary;
    if (!(secondary & SEC_VIRTUAL_INTERRUPT))
        v->field[VMCS_PIN_CONTROLS] &= ~(uint64_t)PIN_POSTED_INTERRUPTS;
}

static void run_msr(const uint8_t *label, uint32_t msr, uint64_t value)
{
    v->field[VMCS_GUEST_RIP] = own(label);
    core_set_reg(&cpu->core[0], UC_X86_REG_RCX, msr);
    core_set_reg(&cpu->core[0], UC_X86_REG_RAX, value & 0xffffffff);
    core_set_reg(&cpu->core[0], UC_X86_REG_RDX, value >> 32);
    start();
    run();
    cr_assert_not(vmx_non_root(x, 0), "%s", trace);
    cr_assert_eq(m->state->finding_count, 0, "%s", m->state->finding[0].message);
}

static uint64_t result(void)
{
    return (core_reg(&cpu->core[0], UC_X86_REG_RAX) & 0xffffffff) |
           core_reg(&cpu->core[0], UC_X86_REG_RDX) << 32;
}

static void exited(unsigned reason, uint64_t qualification, const uint8_t *rip)
{
    cr_expect_eq(v->field[VMCS_EXIT_REASON], reason, "%s", trace);
    cr_expect_eq(v->field[VMCS_EXIT_QUALIFICATION], qualification);
    cr_expect_eq(v->field[VMCS_GUEST_RIP], own(rip));
}

static void faulted(void)
{
    exited(EXIT_VMCALL, 0, msr_fault);
}

static uint64_t page(unsigned offset)
{
    return memory_at(VAPIC + offset, 8);
}

static void intercept(unsigned bitmap, uint32_t msr)
{
    uint64_t at = BITMAP + bitmap + msr / 8;
    memory_write(&m->memory, at, 1, memory_at(at, 1) | 1u << msr % 8);
}

/* ---- V5: EOI ---- */

/* 61h is in service, 31h waits and could be delivered behind the EOI. The exit comes first; PPR has been
 * virtualized; 31h is delivered behind the next VM entry. */
Test(vmx_x2apic, V5_eoi_exit_bitmap)
{
    memory_write(&m->memory, VAPIC + VAPIC_VISR, 8, 0);
    for (unsigned i = 0; i < 8; i++) {
        memory_write(&m->memory, VAPIC + VAPIC_VISR + 16 * i, 4, i == 3 ? 1 << 1 : 0);
        memory_write(&m->memory, VAPIC + VAPIC_VIRR + 16 * i, 4, i == 1 ? 1 << 0x11 : 0);
    }
    v->field[VMCS_GUEST_INTR_STATUS] = 0x6131;
    v->field[VMCS_GUEST_RFLAGS] = 0x202;
    v->field[VMCS_EOI_EXIT0 + 1] = 1ull << (0x61 - 64);
    run_msr(msr_write, APIC_EOI, 0);
    exited(EXIT_VIRTUALIZED_EOI, 0x61, msr_written);
    cr_expect_eq(v->field[VMCS_GUEST_INTR_STATUS], 0x31);
    cr_expect_eq(memory_at(VAPIC + VAPIC_VPPR, 4), 0);
    cr_expect_eq(handled(), 0);
}

/* The EOI of `vector`, in service alone, with these bits of the bitmap in its own word and the others. */
static void run_eoi(unsigned vector, uint64_t own_word, uint64_t others)
{
    set_up_msr();
    for (unsigned i = 0; i < 8; i++) {
        uint32_t bits = i == vector / 32 ? 1u << vector % 32 : 0;
        memory_write(&m->memory, VAPIC + VAPIC_VISR + 16 * i, 4, bits);
        memory_write(&m->memory, VAPIC + VAPIC_VIRR + 16 * i, 4, 0);
    }
    v->field[VMCS_GUEST_INTR_STATUS] = vector << 8;
    for (unsigned i = 0; i < 4; i++)
        v->field[VMCS_EOI_EXIT0 + i] = i == vector / 64 ? own_word : others;
    run_msr(msr_write, APIC_EOI, 0);
}

/* SDM vol. 3, 24.6.8: vector v is bit v % 64 of bitmap v / 64, and no other. */
Test(vmx_x2apic, V5_every_word_of_the_bitmap)
{
    static const unsigned vectors[] = {0x31, 0x71, 0xb1, 0xf1};
    for (unsigned i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        uint64_t bit = 1ull << vectors[i] % 64;
        run_eoi(vectors[i], bit, 0);
        exited(EXIT_VIRTUALIZED_EOI, vectors[i], msr_written);
        run_eoi(vectors[i], ~bit, ~0ull);
        cr_expect_eq(v->field[VMCS_EXIT_REASON], EXIT_VMCALL, "vector %#x", vectors[i]);
    }
}

Test(vmx_x2apic, V5_the_next_entry_evaluates)
{
    for (unsigned i = 0; i < 8; i++) {
        memory_write(&m->memory, VAPIC + VAPIC_VISR + 16 * i, 4, i == 3 ? 1 << 1 : 0);
        memory_write(&m->memory, VAPIC + VAPIC_VIRR + 16 * i, 4, i == 1 ? 1 << 0x11 : 0);
    }
    v->field[VMCS_GUEST_INTR_STATUS] = 0x6131;
    v->field[VMCS_GUEST_RFLAGS] = 0x202;
    v->field[VMCS_EOI_EXIT0 + 1] = 1ull << (0x61 - 64);
    v->field[VMCS_HOST_RIP] = own(msr_host);
    run_msr(msr_write, APIC_EOI, 0);
    cr_expect_eq(handled(), 1, "%s", trace);
    cr_expect(before("VM exit: virtualized EOI", "delivers virtual interrupt 0x31"));
    exited(EXIT_VMCALL, 0, msr_written);
}

/* 29.1.4: with SVI = 0 the vector is 0, whose bit in the bitmap counts like any other. */
Test(vmx_x2apic, eoi_with_nothing_in_service)
{
    for (unsigned i = 0; i < 8; i++)
        memory_write(&m->memory, VAPIC + VAPIC_VISR + 16 * i, 4, i == 0);
    v->field[VMCS_EOI_EXIT0] = 1;
    run_msr(msr_write, APIC_EOI, 0);
    exited(EXIT_VIRTUALIZED_EOI, 0, msr_written);
    cr_expect_eq(memory_at(VAPIC + VAPIC_VISR, 4), 0);
}

Test(vmx_x2apic, eoi_of_another_value_faults)
{
    run_msr(msr_write, APIC_EOI, 1);
    faulted();
    cr_expect_eq(page(VAPIC_VEOI), 0xabcd0000000000b0);
}

/* ---- V9: self-IPI ---- */

Test(vmx_x2apic, V9_illegal_self_ipi_exits)
{
    run_msr(msr_write, APIC_SELF_IPI, 0x0f);
    exited(EXIT_APIC_WRITE, 0x3f0, msr_written);
    cr_expect_eq(page(VAPIC_SELF_IPI), 0x0f);
    cr_expect_eq(v->field[VMCS_GUEST_INTR_STATUS], 0);
}

Test(vmx_x2apic, V9_self_ipi_is_virtual_from_10h_on)
{
    memory_write(&m->memory, VAPIC + VAPIC_VIRR, 4, 0);
    run_msr(msr_write, APIC_SELF_IPI, 0x10);
    exited(EXIT_VMCALL, 0, msr_written);
    cr_expect_eq(page(VAPIC_SELF_IPI), 0x10);
    cr_expect_eq(memory_at(VAPIC + VAPIC_VIRR, 4), 1 << 0x10);
    cr_expect_eq(v->field[VMCS_GUEST_INTR_STATUS], 0x10);
}

Test(vmx_x2apic, self_ipi_reserved_bits_fault)
{
    run_msr(msr_write, APIC_SELF_IPI, 0x131);
    faulted();
    set_up_msr();
    run_msr(msr_write, APIC_SELF_IPI, 0x100000031);
    faulted();
}

/* ---- V10: RDMSR ---- */

/* 839h is the current count: no existence check, the page's value. */
Test(vmx_x2apic, V10_current_count_is_read_from_the_page)
{
    run_msr(msr_read, 0x839, 0);
    exited(EXIT_VMCALL, 0, msr_done);
    cr_expect_eq(result(), 0xabcd000000000390);
}

/* "The 8 bytes at page offset X, where X = (ECX & FFh) << 4." All of them. */
Test(vmx_x2apic, V10_every_register_is_read_from_the_page)
{
    v->field[VMCS_GUEST_RIP] = own(msr_scan);
    start();
    run_for(20000);
    cr_assert_eq(v->field[VMCS_EXIT_REASON], EXIT_VMCALL, "%s", trace);
    for (unsigned i = 0; i < 256; i++) {
        uint64_t value = memory_at(own(msr_table) - WINDOW + 8 * i, 8);
        uint64_t there = i == 0x08 || i == 0x0a ? 0 : 0xabcd000000000000 | i << 4;
        if (i == 0x0a) /* VPPR: PPR virtualization at VM entry has cleared bytes 3:0 */
            there = 0xabcd000000000000;
        cr_expect_eq(value, there, "%#x: %#llx", 0x800 + i, (unsigned long long)value);
    }
}

/* Beyond 8FFh the access is the physical APIC's, which has nothing there. */
Test(vmx_x2apic, V10_beyond_8ffh_is_physical)
{
    run_msr(msr_read, 0x900, 0);
    faulted();
}

/* Without APIC-register virtualization 808h alone is special. */
Test(vmx_x2apic, without_register_virtualization_only_tpr_is_read_from_the_page)
{
    controls(SEC_X2APIC | SEC_VIRTUAL_INTERRUPT);
    memory_write(&m->memory, VAPIC + VAPIC_VTPR, 8, 0x12345678000000ab);
    run_msr(msr_read, APIC_TPR, 0);
    cr_expect_eq(result(), 0x12345678000000ab, "eight bytes");
    set_up_msr();
    controls(SEC_X2APIC | SEC_VIRTUAL_INTERRUPT);
    run_msr(msr_read, APIC_SVR, 0);
    cr_expect_eq(result(), 0x1ff, "the physical register");
}

/* "Virtualize x2APIC mode" = 0: everything is physical. */
Test(vmx_x2apic, without_x2apic_virtualization_all_is_physical)
{
    controls(SEC_REGISTER_VIRT);
    run_msr(msr_read, APIC_TPR, 0);
    cr_expect_eq(result(), PHYSICAL_TPR);
    set_up_msr();
    controls(SEC_REGISTER_VIRT);
    run_msr(msr_write, APIC_TPR, 0x40);
    exited(EXIT_VMCALL, 0, msr_written);
    cr_expect_eq(lapic_regs(l, 0)->tpr, 0x40);
    cr_expect_eq(page(VAPIC_VTPR), 0);
}

/* ---- The other WRMSR rows ---- */

Test(vmx_x2apic, tpr_write)
{
    run_msr(msr_write, APIC_TPR, 0x47);
    exited(EXIT_VMCALL, 0, msr_written);
    cr_expect_eq(page(VAPIC_VTPR), 0x47);
    cr_expect_eq(memory_at(VAPIC + VAPIC_VPPR, 4), 0x47);
    cr_expect_eq(lapic_regs(l, 0)->tpr, PHYSICAL_TPR);
}

Test(vmx_x2apic, tpr_write_below_the_threshold_exits)
{
    controls(SEC_X2APIC);
    v->field[VMCS_TPR_THRESHOLD] = 4;
    memory_write(&m->memory, VAPIC + VAPIC_VTPR, 8, 0x50);
    run_msr(msr_write, APIC_TPR, 0x3f);
    exited(EXIT_TPR_THRESHOLD, 0, msr_written);
}

Test(vmx_x2apic, tpr_reserved_bits_fault)
{
    run_msr(msr_write, APIC_TPR, 0x100);
    faulted();
    set_up_msr();
    run_msr(msr_write, APIC_TPR, 1ull << 32);
    faulted();
    cr_expect_eq(page(VAPIC_VTPR), 0);
}

/* "Normal WRMSR": what is not special writes the physical register, APIC-register virtualization or
 * not; and its own #GP. */
Test(vmx_x2apic, other_writes_are_physical)
{
    run_msr(msr_write, 0x835, 0x10031);
    exited(EXIT_VMCALL, 0, msr_written);
    cr_expect_eq(lapic_regs(l, 0)->lvt[LVT_LINT0], 0x10031);
    cr_expect_eq(page(0x350), 0xabcd000000000350);
    set_up_msr();
    run_msr(msr_write, APIC_VERSION, 0);
    faulted();
}

/* Without virtual-interrupt delivery EOI and self-IPI are the physical ones. */
Test(vmx_x2apic, eoi_is_physical_without_virtual_interrupt_delivery)
{
    controls(SEC_X2APIC | SEC_REGISTER_VIRT);
    bits256_set(lapic_regs(l, 0)->isr, 0x55);
    run_msr(msr_write, APIC_EOI, 0);
    exited(EXIT_VMCALL, 0, msr_written);
    cr_expect_not(lapic_isr(l, 0, 0x55));
    cr_expect_eq(page(VAPIC_VEOI), 0xabcd0000000000b0);
}

/* ---- Bitmaps ---- */

/* The bitmap is asked before anything else, the #GP of the value included. */
Test(vmx_x2apic, bitmap_exits_come_first)
{
    intercept(WRITE_BITMAP, APIC_TPR);
    run_msr(msr_write, APIC_TPR, 0x100);
    exited(EXIT_WRMSR, 0, msr_write);
    set_up_msr();
    intercept(READ_BITMAP, 0x839);
    run_msr(msr_read, 0x839, 0);
    exited(EXIT_RDMSR, 0, msr_read);
}

Test(vmx_x2apic, bitmaps_tell_reads_from_writes)
{
    intercept(WRITE_BITMAP, APIC_TPR);
    run_msr(msr_read, APIC_TPR, 0);
    exited(EXIT_VMCALL, 0, msr_done);
    set_up_msr();
    intercept(READ_BITMAP, APIC_TPR);
    run_msr(msr_write, APIC_TPR, 0x20);
    exited(EXIT_VMCALL, 0, msr_written);
}

/* 24.6.2: without bitmaps every access exits. */
Test(vmx_x2apic, without_bitmaps_all_exit)
{
    v->field[VMCS_PROC_CONTROLS] &= ~(uint64_t)PROC_MSR_BITMAPS;
    run_msr(msr_read, APIC_TPR, 0);
    exited(EXIT_RDMSR, 0, msr_read);
}

/* 29.5: virtualization does not ask in which mode the physical APIC is. */
Test(vmx_x2apic, the_physical_mode_does_not_matter)
{
    lapic_regs(l, 0)->base &= ~(uint64_t)APIC_BASE_EXTD;
    run_msr(msr_write, APIC_TPR, 0x40);
    exited(EXIT_VMCALL, 0, msr_written);
    cr_expect_eq(page(VAPIC_VTPR), 0x40);
}
