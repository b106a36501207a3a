/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guests with a memory-mapped APIC: IPIs, and the handler of interrupts; see guest_xapic.h.
 *
 * The regions are those of a poster (marker.h): the processor sets IRR and rings within the write of the lower half of
 * the ICR, or leaves the guest for software to do the rest.
 */
#include "guest_asm.h"

#define XAPIC_EOI   0xfee000b0
#define XAPIC_ICRL  0xfee00300
#define XAPIC_ICRH  0xfee00310

/* Sends the vector in EAX; uses RCX. */
.macro send_ipi
    incl    guest_posted(,%rax,4)
    marker_note guest_note_xapic_ipi
    mov     $XAPIC_ICRH, %ecx
    mov     %r10d, (%rcx)
    or      %r11d, %eax
    mov     $XAPIC_ICRL, %ecx
    region_enter REGION_POST
    region_enter REGION_NOTIFY
    mov     %eax, (%rcx)
    region_leave REGION_POST
    region_leave REGION_NOTIFY
.endm

    .section .guest.text, "ax", @progbits

    .globl guest_xapic_send_main
    .type guest_xapic_send_main, @function
guest_xapic_send_main:
    mov     %r8d, %eax
    test    %eax, %eax
    jz      2f
    send_ipi
    test    %r9d, %r9d
    jz      2f
1:  pause
    cmpl    $0, guest_answered(,%r8,4)
    je      1b
    mov     %r9d, %r8d
    xor     %r9d, %r9d
    jmp     guest_xapic_send_main
2:  hlt
    jmp     2b
    .size guest_xapic_send_main, . - guest_xapic_send_main

    .globl guest_xapic_pass_main
    .type guest_xapic_pass_main, @function
guest_xapic_pass_main:
    mov     %r9d, %eax
    test    %eax, %eax
    jz      1f
    send_ipi
1:  sti
2:  hlt
    jmp     2b
    .size guest_xapic_pass_main, . - guest_xapic_pass_main

    .globl guest_xapic_wait_main
    .type guest_xapic_wait_main, @function
guest_xapic_wait_main:
    sti
1:  pause
    cmpl    $0, guest_handled(,%r8,4)
    je      1b
2:  hlt
    jmp     2b
    .size guest_xapic_wait_main, . - guest_xapic_wait_main

    guest_stubs guest_xapic_stubs guest_xapic_interrupt

    .balign 16
    .type guest_xapic_interrupt, @function
guest_xapic_interrupt:
    guest_count_interrupt
    mov     $XAPIC_EOI, %ecx
    movl    $0, (%rcx)
    test    %r12d, %r12d
    jz      1f
    dec     %r12d
    mov     %r8d, %eax
    send_ipi
1:  guest_interrupt_return
    .size guest_xapic_interrupt, . - guest_xapic_interrupt

    .section .marker_strings, "a", @progbits
guest_note_xapic_ipi:
    .string "sends IPI %#x"

    .section .note.GNU-stack, "", @progbits
