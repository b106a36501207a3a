/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The APIC-access page (SDM vol. 3, 29.4; table 27-6): which accesses are virtualized, which leave the
 * guest. Rows V10 and V11 of docs/model/vmx-access.md.
 */
#include "cpu/mmio.h"
#include "tests/vmx_page_fixture.h"

TestSuite(vmx_apic_access, .init = set_up_page);

/* ---- V10, V11 and the other accesses that leave ---- */

Test(vmx_apic_access, V10_current_count_exits)
{
    run_from(page_read_count, 0);
    exited(EXIT_APIC_ACCESS, 0x390, page_read_count);
    cr_expect_eq(v->field[VMCS_EXIT_INSTRUCTION_LENGTH],
                 (uint64_t)(page_read_counted - page_read_count));
}

Test(vmx_apic_access, V11_64_bits_exit)
{
    run_from(page_read_long, 0);
    exited(EXIT_APIC_ACCESS, 0x80, page_read_long);
}

Test(vmx_apic_access, V11_beside_a_register_exits)
{
    run_from(page_read_beside, 0);
    exited(EXIT_APIC_ACCESS, 0x84, page_read_beside);
    set_up_page();
    run_from(page_read_across, 0);
    exited(EXIT_APIC_ACCESS, 0x83, page_read_across);
    set_up_page();
    run_from(page_write_beside, 0);
    exited(EXIT_APIC_ACCESS, WRITES | 0x84, page_write_beside);
}

Test(vmx_apic_access, V11_a_fetch_exits)
{
    v->field[VMCS_GUEST_RIP] = own(page_fetch);
    start();
    run();
    cr_assert_not(vmx_non_root(x, 0), "%s", trace);
    cr_expect_eq(v->field[VMCS_EXIT_REASON], EXIT_APIC_ACCESS);
    cr_expect_eq(v->field[VMCS_EXIT_QUALIFICATION], FETCHES);
    cr_expect_eq(v->field[VMCS_GUEST_RIP], WINDOW + ACCESS_PAGE);
}

/* Type 3, and the event is in the IDT-vectoring information: first the gate is read, then the frame is pushed
 * from 400h down, eight bytes each. */
Test(vmx_apic_access, V11_event_delivery_exits)
{
    for (unsigned stack = 0; stack < 2; stack++) {
        set_up_page();
        v->field[VMCS_GUEST_RFLAGS] = 0x202;
        v->field[VMCS_ENTRY_INTR_INFO] = 0x80000030;
        if (stack)
            v->field[VMCS_GUEST_RSP] = WINDOW + ACCESS_PAGE + 0x400;
        else
            v->field[VMCS_GUEST_IDTR_BASE] = WINDOW + ACCESS_PAGE;
        run_from(page_write_lvt, 0);
        exited(EXIT_APIC_ACCESS, 3 << 12 | (stack ? 0x3f8 : 0x300), page_write_lvt);
        cr_expect_eq(v->field[VMCS_IDT_VECTORING_INFO], 0x80000030);
        cr_expect_eq(v->contexts.count, 0, "the guest is in no handler");
    }
}

/* 29.4.2: without TPR shadow every access exits. */
Test(vmx_apic_access, without_tpr_shadow_all_exit)
{
    controls(SEC_APIC_ACCESSES);
    v->field[VMCS_PROC_CONTROLS] &= ~(uint64_t)PROC_TPR_SHADOW;
    run_from(page_write_tpr, 0x40);
    exited(EXIT_APIC_ACCESS, WRITES | 0x80, page_write_tpr);
}

/* The host finds the page as memory. */
Test(vmx_apic_access, nothing_is_virtualized_in_the_host)
{
    v->field[VMCS_HOST_RIP] = own(page_read_count);
    v->field[VMCS_GUEST_RIP] = own(page_written_icr); /* vmcall */
    start();
    run();
    cr_expect_eq(guest_register(UC_X86_REG_RAX), 0x55555555);
}

/* ---- Operations with more than one access ---- */

Test(vmx_apic_access, read_modify_write)
{
    memory_write(&m->memory, VAPIC + VAPIC_VTPR, 4, 0x20);
    run_from(page_or, 0);
    cr_expect_eq(v->field[VMCS_EXIT_REASON], EXIT_VMCALL, "%s", trace);
    cr_expect_eq(on_page(0x80), 0x61);
    cr_expect_eq(on_page(VAPIC_VPPR), 0x61);
    set_up_page();
    memory_write(&m->memory, VAPIC + VAPIC_VTPR, 4, 0x20);
    run_from(page_xchg, 0x30);
    cr_expect_eq(on_page(0x80), 0x30);
    cr_expect_eq(guest_register(UC_X86_REG_R9), 0x20);
}

/* 030h is read and never written: the write leaves. */
Test(vmx_apic_access, read_modify_write_of_a_read_only_register)
{
    run_from(page_or_version, 0);
    exited(EXIT_APIC_ACCESS, WRITES | 0x30, page_or_version);
}

/* SGDT stores two bytes at 350h, eight at 352h: the first are virtualized, the others leave, and what would
 * have followed the instruction (an APIC-write exit) is lost. */
Test(vmx_apic_access, an_exit_ends_the_operation)
{
    run_from(page_table_register, 0);
    exited(EXIT_APIC_ACCESS, WRITES | 0x352, page_table_register);
}

/* FNSTENV stores seven words; left at the second, it cannot be taken back. */
Test(vmx_apic_access, what_cannot_be_cancelled_is_refused)
{
    v->field[VMCS_GUEST_RIP] = own(page_environment);
    start();
    run();
    cr_assert_eq(m->state->finding_count, 1, "%s", trace);
    cr_expect_eq(m->state->finding[0].kind, FINDING_LIMIT);
    cr_expect_not_null(strstr(m->state->finding[0].message, "left between its accesses"));
}

/* An iteration of a string instruction is an operation of its own. */
Test(vmx_apic_access, iterations_of_a_string_instruction)
{
    run_from(page_repeat, 0);
    exited(EXIT_APIC_ACCESS, WRITES | 0x314, page_store_string);
    cr_expect_eq(on_page(0x310), 0x11000000, "the first has been completed");
    cr_expect_eq(guest_register(UC_X86_REG_RCX), 1);
    cr_expect_eq(guest_register(UC_X86_REG_RDI), WINDOW + ACCESS_PAGE + 0x314);
}

/* ---- The page at an address outside RAM ---- */

static uint64_t never_read(void *owner, struct core *c, uint64_t physical, unsigned size)
{
    (void)owner, (void)c, (void)physical, (void)size;
    cr_assert_fail("the device is read");
    return 0;
}

static void never_write(void *owner, struct core *c, uint64_t physical, unsigned size,
                        uint64_t value)
{
    (void)value;
    never_read(owner, c, physical, size);
}

Test(vmx_apic_access, the_page_may_lie_at_device_registers)
{
    static const struct mmio_ops device = {
        .first = 0xfed00000, .last = 0xfed00fff, .read = never_read, .write = never_write};
    cpu_add_mmio(cpu, &device, NULL);
    v->field[VMCS_APIC_ACCESS] = 0xfed00000;
    core_set_reg(&cpu->core[0], UC_X86_REG_RDI, 0xfed00000);
    memory_write(&m->memory, VAPIC + VAPIC_VTPR, 4, 0x20);
    run_from(page_or, 0);
    cr_expect_eq(v->field[VMCS_EXIT_REASON], EXIT_VMCALL, "%s", trace);
    cr_expect_eq(on_page(0x80), 0x61);
}

/* ---- Every register, on a running core ---- */

enum { RUNS = 20000 };

static bool listed(const uint16_t *list, unsigned offset)
{
    while (*list && *list != offset)
        list++;
    return *list;
}

/* The lists of 29.4.2 and 29.4.3.1, as they are printed. */
static const uint16_t reads[] = {
    0x020, 0x030, 0x080, 0x0b0, 0x0d0, 0x0e0, 0x0f0, 0x100, 0x110, 0x120, 0x130, 0x140, 0x150,
    0x160, 0x170, 0x180, 0x190, 0x1a0, 0x1b0, 0x1c0, 0x1d0, 0x1e0, 0x1f0, 0x200, 0x210, 0x220,
    0x230, 0x240, 0x250, 0x260, 0x270, 0x280, 0x300, 0x310, 0x320, 0x330, 0x340, 0x350, 0x360,
    0x370, 0x380, 0x3e0, 0};
static const uint16_t writes[] = {0x020, 0x080, 0x0b0, 0x0d0, 0x0e0, 0x0f0, 0x280, 0x300, 0x310,
                                  0x320, 0x330, 0x340, 0x350, 0x360, 0x370, 0x380, 0x3e0, 0};
static const uint16_t three[] = {0x080, 0x0b0, 0x300, 0}, one[] = {0x080, 0};

static const uint16_t *virtualized(uint32_t secondary, bool write)
{
    if (secondary & SEC_REGISTER_VIRT)
        return write ? writes : reads;
    return secondary & SEC_VIRTUAL_INTERRUPT ? three : one;
}

/* The reason of the exit that a write of 0 behind the instruction leads to; 0: none. */
static unsigned reason_behind(uint32_t secondary, unsigned offset)
{
    if (offset == 0x080 || offset == 0x310)
        return 0;
    return offset == 0x0b0 && (secondary & SEC_VIRTUAL_INTERRUPT) ? 0 : EXIT_APIC_WRITE;
}

static void scan(uint32_t secondary, bool write)
{
    set_up_page();
    controls(SEC_APIC_ACCESSES | secondary);
    v->field[VMCS_HOST_RIP] = own(page_host);
    v->field[VMCS_GUEST_RIP] = own(write ? page_scan_writes : page_scan);
    core_set_reg(&cpu->core[0], UC_X86_REG_R9, 0);
    start();
    run_for(RUNS);
    cr_assert_eq(v->field[VMCS_EXIT_REASON], EXIT_VMCALL);
    for (unsigned offset = 0; offset < 4096; offset += 16) {
        bool known = listed(virtualized(secondary, write), offset);
        unsigned reason = !known ? EXIT_APIC_ACCESS : write ? reason_behind(secondary, offset) : 0;
        cr_expect_eq(memory_at(own(page_table) - WINDOW + offset / 16, 1), reason,
                     "controls %#x, %s %#x", secondary, write ? "write" : "read", offset);
    }
}

Test(vmx_apic_access, V10_every_register)
{
    for (unsigned i = 0; i < 8; i++)
        scan((i & 1 ? SEC_REGISTER_VIRT : 0) | (i & 2 ? SEC_VIRTUAL_INTERRUPT : 0), i & 4);
}
