/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ways into the image: a core's start, interrupts, exceptions, and an interrupt gate called by
 * hand.
 *
 * After Intel SDM vol. 3, "Exception and Interrupt Handling in 64-bit Mode". The interrupt path is
 * as short as C allows, because exploration runs it millions of times: it saves the registers that
 * a C function may change and nothing else. Exceptions are rare and save all of struct pt_regs.
 */
#include "desc.h"
#include "image.h"

    .text

/* RDI = index of this core. */
    .globl image_start
    .type image_start, @function
image_start:
    lea     1(%rdi), %rax
    imul    $BOOT_STACK_SIZE, %rax, %rax
    lea     boot_stacks(%rax), %rsp
    xor     %ebp, %ebp
    call    image_main                  /* does not return */
    ud2
    .size image_start, . - image_start

/*
 * One stub a vector, 16 bytes each. Behind it the stack looks the same for all: vector, error code
 * (0 where the CPU pushes none), then what the CPU pushed.
 */
    .balign 16
    .globl interrupt_stubs
    .type interrupt_stubs, @function
interrupt_stubs:
    vector = 0
    .rept 256
    .balign 16
    .if vector != 8 && (vector < 10 || vector > 14) && vector != 17 && vector != 21 \
        && vector != 29 && vector != 30
    push    $0
    .endif
    push    $vector
    .if vector < 32
    jmp     exception_entry
    .else
    jmp     interrupt_entry
    .endif
    vector = vector + 1
    .endr
    .size interrupt_stubs, . - interrupt_stubs

    .balign 16
    .type interrupt_entry, @function
interrupt_entry:
    push    %rax
    push    %rcx
    push    %rdx
    push    %rsi
    push    %rdi
    push    %r8
    push    %r9
    push    %r10
    push    %r11
    mov     72(%rsp), %edi              /* vector */
    call    *interrupt_handlers(,%rdi,8)
    pop     %r11
    pop     %r10
    pop     %r9
    pop     %r8
    pop     %rdi
    pop     %rsi
    pop     %rdx
    pop     %rcx
    pop     %rax
    add     $16, %rsp
    iretq
    .size interrupt_entry, . - interrupt_entry

/* Builds struct pt_regs; rdi first, r15 last. */
    .type exception_entry, @function
exception_entry:
    .irp reg, rdi, rsi, rdx, rcx, rax, r8, r9, r10, r11, rbx, rbp, r12, r13, r14, r15
    push    %\reg
    .endr
    mov     %rsp, %rdi
    call    do_exception
    .irp reg, r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi
    pop     %\reg
    .endr
    add     $16, %rsp
    iretq
    .size exception_entry, . - exception_entry

/*
 * void call_interrupt_gate(u64 entry): runs a handler as the CPU would, on the caller's stack. The
 * handler's IRETQ comes back behind the call with the flags of the caller, so IF stays as it is.
 */
    .globl call_interrupt_gate
    .type call_interrupt_gate, @function
call_interrupt_gate:
    mov     %rsp, %rax
    and     $-16, %rsp                  /* the CPU aligns the frame too [SDM 6.14.2] */
    push    $KERNEL_SS
    push    %rax
    pushfq
    push    $KERNEL_CS
    call    *%rdi
    ret
    .size call_interrupt_gate, . - call_interrupt_gate

    .section .note.GNU-stack, "", @progbits
