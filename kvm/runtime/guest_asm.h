/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pieces of guest programs; for files of assembly.
 */
#ifndef IRQWEAVE_KVM_RUNTIME_GUEST_ASM_H
#define IRQWEAVE_KVM_RUNTIME_GUEST_ASM_H

#include "marker.h"

.macro region_enter id
    {disp32} nopl \id(%rax,%rbp,1)
.endm

.macro region_leave id
    {disp32} nopl \id(%rax,%rsi,1)
.endm

/* One stub a vector, from 32 on, 16 bytes each; they push the vector. */
.macro guest_stubs name handler
    .balign 16
    .globl \name
    .type \name, @function
\name:
    vector = 32
    .rept 256 - 32
    .balign 16
    push    $vector
    jmp     \handler
    vector = vector + 1
    .endr
    .size \name, . - \name
.endm

/* The first part of a handler: keeps RAX, RCX, RDX and counts the interrupt; its vector is in EAX then. */
.macro guest_count_interrupt
    push    %rax
    push    %rcx
    push    %rdx
    mov     24(%rsp), %eax              /* vector */
    incl    guest_handled(,%rax,4)
    mov     guest_posted(,%rax,4), %ecx
    mov     %ecx, guest_answered(,%rax,4)
    marker_note guest_note_handled
.endm

/* The last part. */
.macro guest_interrupt_return
    pop     %rdx
    pop     %rcx
    pop     %rax
    add     $8, %rsp
    iretq
.endm

#endif
