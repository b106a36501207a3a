/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest that sends IPIs; see guest_ipi.h.
 *
 * It has interrupts off and uses no stack: nobody sends it anything. The regions are those of a
 * poster (marker.h): the processor posts and notifies within the WRMSR, or exits for software to do
 * it.
 */
#include "guest_asm.h"

#define X2APIC_ICR 0x830

    .section .guest.text, "ax", @progbits

    .globl guest_ipi_main
    .type guest_ipi_main, @function
guest_ipi_main:
    mov     %r8d, %eax
    test    %eax, %eax
    jz      2f
    incl    guest_posted(,%rax,4)
    marker_note guest_note_ipi
    mov     $X2APIC_ICR, %ecx
    mov     %r10d, %edx
    region_enter REGION_POST
    region_enter REGION_NOTIFY
    wrmsr
    region_leave REGION_POST
    region_leave REGION_NOTIFY
    mov     %r9d, %r8d
    xor     %r9d, %r9d
    jmp     guest_ipi_main
2:  hlt
    jmp     2b
    .size guest_ipi_main, . - guest_ipi_main

    .section .marker_strings, "a", @progbits
guest_note_ipi:
    .string "sends IPI %#x"

    .section .note.GNU-stack, "", @progbits
