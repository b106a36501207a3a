/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The gate of an assigned device's host interrupt; see iommu.h.
 */
    .text
    .globl device_interrupt_entry
    .type device_interrupt_entry, @function
device_interrupt_entry:
    .irp reg, rax, rcx, rdx, rsi, rdi, r8, r9, r10, r11
    push    %\reg
    .endr
    call    device_interrupt
    .irp reg, r11, r10, r9, r8, rdi, rsi, rdx, rcx, rax
    pop     %\reg
    .endr
    iretq
    .size device_interrupt_entry, . - device_interrupt_entry

    .section .note.GNU-stack, "", @progbits
