/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest with AVIC on core 0 (tests/svm_fixture.h) that makes one access to its APIC and halts, which is intercepted:
 * exit 78h says that the access has completed without another exit. Included once by each test of AVIC that needs it.
 */
#ifndef TESTS_AVIC_FIXTURE_H
#define TESTS_AVIC_FIXTURE_H

#include "lapic/doorbell.h"
#include "lapic/vapic.h"
#include "svm/avic.h"
#include "svm/avic_tables.h"
#include "svm/errata.h"
#include "tests/svm_fixture.h"

__asm__(".pushsection .rodata\n"
        "avic_test_begin:\n"
        "avic_test_read:\n"
        "  mov avic_test_address(%rip), %rbx\n"
        "avic_test_read_at:\n"
        "  mov (%rbx), %esi\n"
        "avic_test_read_behind:\n"
        "  hlt\n"
        "avic_test_write:\n"
        "  mov avic_test_address(%rip), %rbx\n  mov avic_test_value(%rip), %esi\n"
        "avic_test_write_at:\n"
        "  mov %esi, (%rbx)\n"
        "avic_test_write_behind:\n"
        "  hlt\n"
        "avic_test_shadow:\n" /* the write stands in the shadow of STI */
        "  mov avic_test_address(%rip), %rbx\n  mov avic_test_value(%rip), %esi\n"
        "  sti\n"
        "  mov %esi, (%rbx)\n"
        "avic_test_shadow_behind:\n"
        "  hlt\n"
        "avic_test_rdmsr:\n"
        "  mov avic_test_address(%rip), %ecx\n"
        "avic_test_rdmsr_at:\n"
        "  rdmsr\n"
        "avic_test_rdmsr_behind:\n"
        "  mov %eax, %esi\n"
        "  hlt\n"
        "avic_test_wrmsr:\n"
        "  mov avic_test_address(%rip), %ecx\n"
        "  mov avic_test_value(%rip), %eax\n  mov 4+avic_test_value(%rip), %edx\n"
        "avic_test_wrmsr_at:\n"
        "  wrmsr\n"
        "avic_test_wrmsr_behind:\n"
        "  hlt\n"
        "avic_test_idle:\n" /* takes interrupts */
        "  sti\n"
        "1: hlt\n"
        "  jmp 1b\n"
        "avic_test_spin:\n" /* and looks at nothing but its own memory */
        "  sti\n"
        "2: mfence\n"
        "  jmp 2b\n"
        "avic_test_gp:\n"
        "  mov $13, %edi\n"
        "  hlt\n"
        "avic_test_address: .quad 0\n"
        "avic_test_value: .quad 0\n"
        "avic_test_end:\n"
        ".popsection\n");

extern const uint8_t avic_test_begin[], avic_test_read[], avic_test_read_at[], avic_test_read_behind[],
    avic_test_write[], avic_test_write_at[], avic_test_write_behind[], avic_test_rdmsr[],
    avic_test_rdmsr_at[], avic_test_rdmsr_behind[], avic_test_wrmsr[], avic_test_wrmsr_at[],
    avic_test_wrmsr_behind[], avic_test_shadow[], avic_test_shadow_behind[], avic_test_idle[], avic_test_spin[], avic_test_gp[],
    avic_test_address[], avic_test_value[], avic_test_end[];

enum {
    PAGE_0 = 0x34000, /* the backing page of the guest, then those of three others */
    PAGE_1 = 0x35000,
    PAGE_2 = 0x36000,
    PAGE_3 = 0x37000,
    PIT = 0x38000, /* the physical APIC ID table, up to x2AVIC's first page */
    LIT = 0x3a000,
    LAST = 7,      /* PHYSICAL_MAX_INDEX */
    BAR = 0xfee00000,
    ELSEWHERE = 0xfffff, /* no core's id */
};

static inline void pit(unsigned index, uint64_t entry)
{
    memory_write(&m->memory, PIT + 8 * index, 8, entry);
}

/* gAPIC `index` has a page, and runs on a core or nowhere. */
static inline void runs(unsigned index, uint64_t page, int core)
{
    pit(index, PIT_VALID | page | (core >= 0 ? PIT_IS_RUNNING | (unsigned)core : 0));
}

static inline void lit(unsigned index, uint32_t entry)
{
    memory_write(&m->memory, LIT + 4 * index, 4, entry);
}

static inline uint64_t reg(uint64_t page, unsigned offset)
{
    return memory_at(page + offset, 4);
}

static inline void put_reg(uint64_t page, unsigned offset, uint32_t value)
{
    memory_write(&m->memory, page + offset, 4, value);
}

static inline bool bit_of(uint64_t page, unsigned bits, unsigned vector)
{
    return reg(page, bits + vapic_word(vector)) >> (vector & 31) & 1;
}

static inline void put_bit(uint64_t page, unsigned bits, unsigned vector)
{
    put_reg(page, bits + vapic_word(vector), (uint32_t)reg(page, bits + vapic_word(vector)) | 1u << (vector & 31));
}

static inline bool irr(uint64_t page, unsigned vector)
{
    return bit_of(page, VAPIC_VIRR, vector);
}

static inline bool isr(uint64_t page, unsigned vector)
{
    return bit_of(page, VAPIC_VISR, vector);
}

static inline bool no_irr(uint64_t page)
{
    uint64_t all = 0;
    for (unsigned i = 0; i < 8; i++)
        all |= reg(page, VAPIC_VIRR + 16 * i);
    return !all;
}

/* xAVIC: gAPIC 0 runs here, 1 on core 1, 2 nowhere; the others have no page. Flat logical ids 1, 2, 4. */
static inline void set_up_avic(void)
{
    set_up();
    own_code(avic_test_begin, avic_test_end);
    intercept(VMEXIT_HLT);
    PUT(control.int_ctl, V_INTR_MASKING | V_AVIC_ENABLE);
    PUT(control.avic_apic_bar, BAR);
    PUT(control.avic_backing_page, PAGE_0);
    PUT(control.avic_logical_table, LIT);
    PUT(control.avic_physical_table, PIT | LAST);
    runs(0, PAGE_0, 0);
    runs(1, PAGE_1, 1);
    runs(2, PAGE_2, -1);
    for (unsigned i = 0; i < 3; i++)
        lit(i, LIT_VALID | i);
    put_reg(PAGE_0, VAPIC_DFR, 0xffffffff);
    set_gate(GUEST_IDT, 13, own(avic_test_gp));
    for (unsigned i = 0; i < 4; i++)
        visible_add(&m->visibility, PAGE_0 + 0x1000 * i, 4096);
    visible_add(&m->visibility, PIT, 8 * (LAST + 1));
    visible_add(&m->visibility, LIT, 32);
}

static inline void x2(void)
{
    PUT(control.int_ctl, V_INTR_MASKING | V_AVIC_ENABLE | V_X2AVIC_ENABLE);
}

static inline void place(const uint8_t *label, uint64_t value)
{
    memory_write(&m->memory, own(label) - WINDOW, 8, value);
}

/* From the start: the guest begins at `code`, with this register and value. The tables and the VMCB may be changed
 * in between. */
static inline void start_at(const uint8_t *code, uint64_t address, uint64_t value)
{
    PUT(save.rip, own(code));
    place(avic_test_address, address);
    place(avic_test_value, value);
    enter();
}

static inline void writes(unsigned offset, uint32_t value)
{
    start_at(avic_test_write, BAR + offset, value);
}

static inline void writes_msr(uint32_t msr, uint64_t value)
{
    start_at(avic_test_wrmsr, msr, value);
}

/* ICRH, then ICRL with xAVIC: the guest has written the upper half before. */
static inline void sends(uint32_t low, uint32_t high)
{
    put_reg(PAGE_0, VAPIC_VICR_HI, high);
    writes(VAPIC_VICR_LO, low);
}

static inline void completes(void)
{
    left(VMEXIT_HLT);
}

static inline unsigned sent(void)
{
    return m->state->queue[0].sent;
}

static inline bool rung(unsigned core)
{
    struct message *msg = &m->state->queue[0].slot[0];
    for (unsigned i = 0; i < m->slots; i++)
        if (msg[i].in_flight && msg[i].kind == APIC_DOORBELL && msg[i].target == core)
            return true;
    return false;
}

/* Exit 401h: trap-like, with all that it reports. */
static inline void incomplete(enum avic_ipi_failure id, unsigned index, uint32_t low, uint32_t high)
{
    left(VMEXIT_AVIC_INCOMPLETE_IPI);
    cr_expect_eq(GET(control.exit_info_1), (uint64_t)high << 32 | low, "ICRH and ICRL");
    cr_expect_eq(GET(control.exit_info_2) >> 32, id, "id %u, not %u\n%s",
                 (unsigned)(GET(control.exit_info_2) >> 32), id, trace);
    cr_expect_eq(GET(control.exit_info_2) & 0xffffffff, index, "index %u, not %u",
                 (unsigned)GET(control.exit_info_2), index);
    cr_expect_eq(reg(PAGE_0, VAPIC_VICR_LO), low);
}

/* Delivers the oldest doorbell of a source. */
static inline void doorbell_arrives(unsigned source)
{
    for (unsigned i = 0; i < m->slots; i++) {
        if (m->state->queue[source].slot[i].in_flight) {
            message_arrive(m, source, i);
            return;
        }
    }
    cr_assert_fail("no doorbell is on its way");
}

/* Somebody rings the doorbell of core 0, and it arrives. */
static inline void rings(void)
{
    doorbell_send(l, 1, 0);
    doorbell_arrives(1);
}

#endif
