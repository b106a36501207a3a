/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest with an APIC-access page, for the tests of what it does there. Included once by each of them. */
#ifndef TESTS_VMX_PAGE_FIXTURE_H
#define TESTS_VMX_PAGE_FIXTURE_H

#include "tests/vmx_fixture.h"
#include "vmx/apic_access.h"

/* Guests. RDI is the page, R9 a value; each ends with VMCALL. */
__asm__(".pushsection .rodata\n"
        "page_begin:\n"
        "page_write_icr:\n"
        "  mov %r9d, 0x300(%rdi)\n"
        "page_written_icr:\n"
        "  vmcall\n"
        "page_write_icr_high:\n"
        "  mov %r9d, 0x310(%rdi)\n  vmcall\n"
        "page_write_tpr:\n"
        "  mov %r9d, 0x80(%rdi)\n"
        "page_written_tpr:\n"
        "  vmcall\n"
        "page_write_tpr_byte:\n"
        "  movb %r9b, 0x81(%rdi)\n"
        "page_written_tpr_byte:\n"
        "  vmcall\n"
        "page_write_eoi:\n"
        "  mov %r9d, 0xb0(%rdi)\n"
        "page_written_eoi:\n"
        "  vmcall\n"
        "page_write_lvt:\n"
        "  mov %r9d, 0x350(%rdi)\n"
        "page_written_lvt:\n"
        "  vmcall\n"
        "page_read_count:\n"
        "  mov 0x390(%rdi), %eax\n"
        "page_read_counted:\n"
        "  vmcall\n"
        "page_read_long:\n"
        "  mov 0x80(%rdi), %rax\n  vmcall\n"
        "page_read_beside:\n"
        "  mov 0x84(%rdi), %eax\n  vmcall\n"
        "page_read_across:\n"
        "  movw 0x83(%rdi), %ax\n  vmcall\n"
        "page_write_beside:\n"
        "  mov %r9d, 0x84(%rdi)\n  vmcall\n"
        "page_fetch:\n"
        "  jmp *%rdi\n"
        "page_or:\n"
        "  orl $0x41, 0x80(%rdi)\n  vmcall\n"
        "page_or_version:\n"
        "  orl $1, 0x30(%rdi)\n  vmcall\n"
        "page_xchg:\n"
        "  xchg %r9d, 0x80(%rdi)\n  vmcall\n"
        "page_table_register:\n"
        "  sgdt 0x350(%rdi)\n  vmcall\n"
        "page_environment:\n"
        "  fnstenv 0x310(%rdi)\n  vmcall\n"
        "page_repeat:\n"
        "  lea 0x310(%rdi), %rdi\n  mov $2, %ecx\n  mov $0x11223344, %eax\n"
        "page_store_string:\n"
        "  rep stosl\n  vmcall\n"
        "page_self_ipi_open:\n" /* with interrupts on */
        "  sti\n  nop\n"
        "  mov %r9d, 0x300(%rdi)\n"
        "page_self_ipi_opened:\n"
        "  nop\n  vmcall\n"
        /* Every slot: RBX counts. The host notes the reason of an exit beside the slot and goes on. */
        "page_scan:\n"
        "  xor %ebx, %ebx\n"
        "1: mov (%rdi,%rbx), %eax\n"
        "  add $16, %ebx\n  cmp $0x1000, %ebx\n  jb 1b\n  vmcall\n"
        "page_scan_writes:\n"
        "  xor %ebx, %ebx\n"
        "1: mov %r9d, (%rdi,%rbx)\n" /* four bytes long, the load above is three */
        "  add $16, %ebx\n  cmp $0x1000, %ebx\n  jb 1b\n  vmcall\n"
        "page_host:\n"
        "  mov $0x4402, %edx\n  vmread %rdx, %rax\n"
        "  cmp $18, %eax\n  je 9f\n" /* VMCALL */
        "  lea page_table(%rip), %r10\n  mov %ebx, %edx\n  shr $4, %edx\n"
        "  mov %al, (%r10,%rdx)\n"
        "  cmp $44, %eax\n  jne 2f\n" /* fault-like: over the instruction */
        "  mov $0x681e, %edx\n  vmread %rdx, %rax\n"
        "  mov $0x440c, %edx\n  vmread %rdx, %rcx\n"
        "  add %rcx, %rax\n  mov $0x681e, %edx\n  vmwrite %rax, %rdx\n"
        "2: vmresume\n"
        "9: hlt\n"
        "page_table: .fill 256, 1, 0\n"
        "page_end:\n"
        ".popsection\n");
extern const uint8_t page_begin[], page_write_icr[], page_written_icr[], page_write_icr_high[],
    page_write_tpr[], page_written_tpr[], page_write_tpr_byte[], page_written_tpr_byte[],
    page_write_eoi[], page_written_eoi[], page_write_lvt[], page_written_lvt[],
    page_read_count[], page_read_counted[], page_read_long[], page_read_beside[],
    page_read_across[], page_write_beside[], page_fetch[], page_or[], page_or_version[],
    page_xchg[], page_table_register[], page_environment[], page_repeat[], page_store_string[],
    page_self_ipi_open[], page_self_ipi_opened[], page_scan[], page_scan_writes[], page_host[],
    page_table[], page_end[];

enum {
    ACCESS_PAGE = 0x26000,
    WRITES = 1 << 12, /* types in the qualification */
    FETCHES = 2 << 12,
    SELF = 1 << 18, /* shorthand */
    BLOCKED_BY_MOV_SS = 1 << 1,
    ALL_VIRT = SEC_APIC_ACCESSES | SEC_REGISTER_VIRT | SEC_VIRTUAL_INTERRUPT,
};

static inline void set_up_page(void)
{
    set_up();
    own_code(page_begin, page_end);
    v->field[VMCS_SECONDARY_CONTROLS] = ALL_VIRT;
    v->field[VMCS_APIC_ACCESS] = ACCESS_PAGE;
    /* What nobody may find there. */
    for (unsigned i = 0; i < 4096; i += 8)
        memory_write(&m->memory, ACCESS_PAGE + i, 8, 0x5555555555555555);
    core_set_reg(&cpu->core[0], UC_X86_REG_RDI, WINDOW + ACCESS_PAGE);
}

static inline void controls(uint32_t secondary)
{
    v->field[VMCS_SECONDARY_CONTROLS] = secondary;
    if (!(secondary & SEC_VIRTUAL_INTERRUPT))
        v->field[VMCS_PIN_CONTROLS] &= ~(uint64_t)PIN_POSTED_INTERRUPTS;
}

static inline uint32_t on_page(unsigned offset)
{
    return (uint32_t)memory_at(VAPIC + offset, 4);
}

static inline uint64_t guest_register(int reg)
{
    return core_reg(&cpu->core[0], reg);
}

static inline void run_from(const uint8_t *label, uint32_t value)
{
    v->field[VMCS_GUEST_RIP] = own(label);
    core_set_reg(&cpu->core[0], UC_X86_REG_R9, value);
    start();
    run();
    cr_assert_eq(m->state->finding_count, 0, "%s", m->state->finding[0].message);
    for (unsigned i = 0; i < 4096; i += 8)
        cr_assert_eq(memory_at(ACCESS_PAGE + i, 8), 0x5555555555555555,
                     "the page itself is left alone");
}

static inline void exited(unsigned reason, uint64_t qualification, const uint8_t *rip)
{
    cr_assert_not(vmx_non_root(x, 0), "%s", trace);
    cr_expect_eq(v->field[VMCS_EXIT_REASON], reason, "%s", trace);
    cr_expect_eq(v->field[VMCS_EXIT_QUALIFICATION], qualification);
    cr_expect_eq(v->field[VMCS_GUEST_RIP], own(rip));
}

#endif
