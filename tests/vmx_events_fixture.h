/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * More code for the core of tests/vmx_fixture.h: guests that meet events, and a host that waits after each
 * exit until the test lets it enter again. Included once by each test of events that needs it.
 */
#ifndef TESTS_VMX_EVENTS_FIXTURE_H
#define TESTS_VMX_EVENTS_FIXTURE_H

#include "tests/vmx_fixture.h"

__asm__(".pushsection .rodata\n"
        "events_begin:\n"
        "events_launch:\n" /* a host that tries again after a failure */
        "  vmlaunch\n"
        "  pushfq\n  pop %rbx\n"
        "1: pause\n  cmpl $0, events_go(%rip)\n  je 1b\n"
        "  movl $0, events_go(%rip)\n  jmp events_launch\n"
        "events_host:\n" /* ... and one that enters again after an exit */
        "1: pause\n  cmpl $0, events_go(%rip)\n  je 1b\n"
        "  movl $0, events_go(%rip)\n"
        "  vmresume\n"
        "  ud2\n"
        "events_halting:\n" /* guests */
        "  hlt\n"
        "events_halted:\n"
        "  jmp events_halting\n"
        "events_opening:\n"
        "  sti\n  nop\n"
        "events_behind_sti:\n"
        "  cli\n  hlt\n"
        "events_closing:\n"
        "  sti\n  cli\n  hlt\n"
        "events_int:\n"
        "  int $0x40\n"
        "events_behind_int:\n"
        "  hlt\n"
        "events_int3:\n"
        "  int3\n"
        "events_behind_int3:\n"
        "  hlt\n"
        "events_divides:\n"
        "  xor %ecx, %ecx\n"
        "events_division:\n"
        "  div %ecx\n"
        "  hlt\n"
        "events_returning:\n" /* an IRET to the next instruction, then another one */
        "  mov %rsp, %rax\n  push $0x10\n  push %rax\n  pushfq\n  push $8\n"
        "  lea events_returned(%rip), %rax\n  push %rax\n"
        "  iretq\n"
        "events_returned:\n"
        "  hlt\n"
        "events_isr:\n" /* of a guest; no end of interrupt */
        "  incl events_count(%rip)\n  iretq\n"
        "events_error_isr:\n"
        "  incl events_count(%rip)\n  pop events_error(%rip)\n"
        "  pop events_frame_rip(%rip)\n  push events_frame_rip(%rip)\n  iretq\n"
        "events_frame_isr:\n"
        "  incl events_count(%rip)\n"
        "  pop events_frame_rip(%rip)\n  push events_frame_rip(%rip)\n  iretq\n"
        "events_host_isr:\n"
        "  incl events_host_count(%rip)\n"
        "  push %rax\n  push %rcx\n  push %rdx\n"
        "  mov $0x80b, %ecx\n  xor %eax, %eax\n  xor %edx, %edx\n  wrmsr\n"
        "  pop %rdx\n  pop %rcx\n  pop %rax\n  iretq\n"
        "events_go: .quad 0\n"
        "events_count: .quad 0\n"
        "events_host_count: .quad 0\n"
        "events_error: .quad 0\n"
        "events_frame_rip: .quad 0\n"
        "events_end:\n"
        ".popsection\n");

extern const uint8_t events_begin[], events_launch[], events_host[], events_halting[], events_halted[],
    events_opening[], events_behind_sti[], events_closing[], events_int[], events_behind_int[],
    events_int3[], events_behind_int3[], events_divides[], events_division[], events_returning[],
    events_returned[], events_isr[], events_error_isr[], events_frame_isr[], events_host_isr[], events_go[],
    events_count[], events_host_count[], events_error[], events_frame_rip[], events_end[];

enum { EVENTS_CODE = 0x12000, HOST_IDT = 0x26000, HALTED_LENGTH = 1 };

static inline uint64_t place(const uint8_t *label)
{
    return WINDOW + EVENTS_CODE + (uint64_t)(label - events_begin);
}

static inline uint64_t word(const uint8_t *label)
{
    return memory_at(place(label) - WINDOW, 8);
}

static inline void set_up_events(void)
{
    set_up();
    memcpy(m->memory.ram + EVENTS_CODE, events_begin, (size_t)(events_end - events_begin));
    visible_add(&m->visibility, place(events_go) - WINDOW, 4);
    v->field[VMCS_HOST_RIP] = place(events_host);
    v->field[VMCS_GUEST_RIP] = place(events_halting);
    v->field[VMCS_HOST_IDTR_BASE] = WINDOW + HOST_IDT;
    set_gate(2, place(events_isr));
    x->failure_is_result = true;
}

/* Controls under which the guest has the processor's interrupts and NMIs: no APIC virtualization. */
static inline void plain_guest(void)
{
    v->field[VMCS_PIN_CONTROLS] = 0x16;
    v->field[VMCS_PROC_CONTROLS] &= ~(uint64_t)(PROC_TPR_SHADOW | PROC_SECONDARY);
    v->field[VMCS_SECONDARY_CONTROLS] = 0;
}

static inline void virtual_nmis(void)
{
    v->field[VMCS_PIN_CONTROLS] |= PIN_VIRTUAL_NMIS;
}

static inline void enter(void)
{
    start();
    run();
}

/* Begins at a label instead of behind the set-up. */
static inline void enter_from(const uint8_t *label)
{
    cpu_setup_done(cpu);
    cpu_setup_jump(cpu, 0, place(label));
    m->record = &step_record;
    trace[0] = 0;
    m->core_ops->begin(m->cpu);
    run();
}

/* The host, which waits, tries again. */
static inline void enter_again(void)
{
    trace[0] = 0;
    memory_write(&m->memory, place(events_go) - WINDOW, 4, 1);
    run();
}

static inline void arrives(unsigned kind, unsigned vector)
{
    interrupt_arrives(m, kind, vector);
    run();
}

static inline void in_guest(void)
{
    cr_assert(vmx_non_root(x, 0), "%s", trace);
    cr_assert_eq(m->state->finding_count, 0, "%s", m->state->finding[0].message);
}

static inline void left(unsigned reason)
{
    cr_assert_not(vmx_non_root(x, 0), "%s", trace);
    cr_assert_eq(v->field[VMCS_EXIT_REASON], reason, "reason %llx, not %u\n%s",
                 (unsigned long long)v->field[VMCS_EXIT_REASON], reason, trace);
    cr_assert_eq(m->state->finding_count, 0, "%s", m->state->finding[0].message);
}

#endif
