/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the entry code hands to C; see entry.S.
 */
#ifndef IRQWEAVE_KVM_RUNTIME_INTERRUPT_H
#define IRQWEAVE_KVM_RUNTIME_INTERRUPT_H

#include "compiler.h"

/* The stack of an exception, lowest address first. */
struct pt_regs {
    u64 r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi;
    u64 vector;
    u64 error_code;
    u64 rip, cs, rflags, rsp, ss;
};
static_assert(sizeof(struct pt_regs) == 22 * 8, "entry.S pushes this");
static_assert(offsetof(struct pt_regs, vector) == 15 * 8, "entry.S pushes this");

typedef void interrupt_handler(u32 vector);

extern interrupt_handler *const interrupt_handlers[256];

void do_exception(struct pt_regs *regs);

/* Calls the handler behind an interrupt gate on the current stack, interrupts off throughout. */
void call_interrupt_gate(u64 entry);

#endif
