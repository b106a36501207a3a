/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's code: its main loop and its interrupt handler; see guest.h.
 *
 * The EOI is a WRMSR to the x2APIC register. Under virtual-interrupt delivery with x2APIC
 * virtualization it changes only the virtual-APIC page and does not exit. [SDM 29.1.4, 29.5]
 */
#include "guest_asm.h"

#define X2APIC_EOI 0x80b

    .section .guest.text, "ax", @progbits

    .globl guest_main
    .type guest_main, @function
guest_main:
    sti
1:  hlt
    jmp     1b
    .size guest_main, . - guest_main

    guest_stubs guest_interrupt_stubs guest_interrupt

    .balign 16
    .type guest_interrupt, @function
guest_interrupt:
    guest_count_interrupt
    mov     $X2APIC_EOI, %ecx
    xor     %eax, %eax
    xor     %edx, %edx
    wrmsr
    guest_interrupt_return
    .size guest_interrupt, . - guest_interrupt

    .section .marker_strings, "a", @progbits
    .globl guest_note_handled
guest_note_handled:
    .string "interrupt %#x handled"

    .section .note.GNU-stack, "", @progbits
