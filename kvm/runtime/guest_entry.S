/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's code: its main loop and its interrupt handler; see guest.h.
 *
 * The EOI is a WRMSR to the x2APIC register. Under virtual-interrupt delivery with x2APIC
 * virtualization it changes only the virtual-APIC page and does not exit. [SDM 29.1.4, 29.5]
 */
#include "marker.h"

#define X2APIC_EOI 0x80b

    .section .guest.text, "ax", @progbits

    .globl guest_main
    .type guest_main, @function
guest_main:
    sti
1:  hlt
    jmp     1b
    .size guest_main, . - guest_main

    .balign 16
    .globl guest_interrupt_stubs
    .type guest_interrupt_stubs, @function
guest_interrupt_stubs:
    vector = 32
    .rept 256 - 32
    .balign 16
    push    $vector
    jmp     guest_interrupt
    vector = vector + 1
    .endr
    .size guest_interrupt_stubs, . - guest_interrupt_stubs

    .balign 16
    .type guest_interrupt, @function
guest_interrupt:
    push    %rax
    push    %rcx
    push    %rdx
    mov     24(%rsp), %eax              /* vector */
    incl    guest_handled(,%rax,4)
    mov     guest_posted(,%rax,4), %ecx
    mov     %ecx, guest_answered(,%rax,4)
    marker_note guest_note_handled
    mov     $X2APIC_EOI, %ecx
    xor     %eax, %eax
    xor     %edx, %edx
    wrmsr
    pop     %rdx
    pop     %rcx
    pop     %rax
    add     $8, %rsp
    iretq
    .size guest_interrupt, . - guest_interrupt

    .section .marker_strings, "a", @progbits
guest_note_handled:
    .string "interrupt %#x handled"

    .section .note.GNU-stack, "", @progbits
