/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Switching stacks, the first steps of a thread, and interrupts that may preempt; see sched.h.
 */
#include "marker.h"
#include "sched.h"

/* Tell the simulator whose context it is; see REGION_INTERRUPT and REGION_THREAD in marker.h. */
    .macro leave_interrupt
    {disp32} nopl REGION_INTERRUPT(%rax,%rsi,1)
    .endm

    .macro enter_thread
    {disp32} nopl REGION_THREAD(%rax,%rbp,1)
    .endm

    .text

/* struct task_struct *__switch_to(prev, next): returns prev, on the stack of next. */
    .globl __switch_to
    .type __switch_to, @function
__switch_to:
    .irp reg, rbp, rbx, r12, r13, r14, r15
    push    %\reg
    .endr
    mov     %rsp, TASK_RSP(%rdi)
    mov     TASK_NUMBER(%rsi), %rax
    enter_thread
    mov     TASK_RSP(%rsi), %rsp
    .irp reg, r15, r14, r13, r12, rbx, rbp
    pop     %\reg
    .endr
    mov     %rdi, %rax
    ret
    .size __switch_to, . - __switch_to

/* Where a new thread is switched to. */
    .globl task_entry
    .type task_entry, @function
task_entry:
    call    schedule_tail
    call    task_run
    ud2
    .size task_entry, . - task_entry

/* void __sched_start(first): leaves the boot stack for good; nothing was switched away from. */
    .globl __sched_start
    .type __sched_start, @function
__sched_start:
    mov     TASK_NUMBER(%rdi), %rax
    enter_thread
    lea     THREAD_SIZE(%rdi), %rsp
    call    sched_started
    ud2
    .size __sched_start, . - __sched_start

/* One stub a vector, from SCHED_VECTOR_FIRST to 0xff, 16 bytes each. */
    .balign 16
    .globl sched_interrupt_stubs
    .type sched_interrupt_stubs, @function
sched_interrupt_stubs:
    vector = 0xf0
    .rept 16
    .balign 16
    push    $vector
    jmp     sched_interrupt_entry
    vector = vector + 1
    .endr
    .size sched_interrupt_stubs, . - sched_interrupt_stubs

/*
 * Handlers run on the interrupt stack of their core. A thread that is to be preempted takes what was
 * pushed there with it on its own stack: 9 registers, vector, and the CPU's frame of 5 words.
 */
#define FRAME_RSP 104

    .balign 16
    .type sched_interrupt_entry, @function
sched_interrupt_entry:
    .irp reg, rax, rcx, rdx, rsi, rdi, r8, r9, r10, r11
    push    %\reg
    .endr
    mov     72(%rsp), %edi              /* vector */
    call    sched_interrupt
    test    %al, %al
    jz      1f
    leave_interrupt
    mov     %rsp, %rsi
    mov     FRAME_RSP(%rsi), %rsp
    and     $-16, %rsp
    .irp offset, 112, 104, 96, 88, 80, 72, 64, 56, 48, 40, 32, 24, 16, 8, 0
    push    \offset(%rsi)
    .endr
    call    preempt_schedule_irq
1:  .irp reg, r11, r10, r9, r8, rdi, rsi, rdx, rcx, rax
    pop     %\reg
    .endr
    add     $8, %rsp
    iretq
    .size sched_interrupt_entry, . - sched_interrupt_entry

    .section .note.GNU-stack, "", @progbits
