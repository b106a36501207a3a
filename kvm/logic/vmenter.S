/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VM entry and VM exit; see vmx.h.
 *
 * The processor switches RSP, RIP, RFLAGS and the segments through the VMCS; the other general
 * registers are ours to switch. After Intel SDM vol. 3, "VM Entries" and "VM Exits".
 */
#include "vmcs.h"

    .text

/* int __vmx_vcpu_run(u64 *gprs, bool launched) */
    .globl __vmx_vcpu_run
    .type __vmx_vcpu_run, @function
__vmx_vcpu_run:
    .irp reg, rbp, rbx, r12, r13, r14, r15
    push    %\reg
    .endr
    push    %rdi                        /* gprs, on top of the stack at the VM exit */
    mov     $HOST_RSP, %edx
    vmwrite %rsp, %rdx

    test    %sil, %sil                  /* the loads below leave ZF alone */
    mov     0x00(%rdi), %rax
    mov     0x08(%rdi), %rcx
    mov     0x10(%rdi), %rdx
    mov     0x18(%rdi), %rbx
    mov     0x28(%rdi), %rbp
    mov     0x30(%rdi), %rsi
    mov     0x40(%rdi), %r8
    mov     0x48(%rdi), %r9
    mov     0x50(%rdi), %r10
    mov     0x58(%rdi), %r11
    mov     0x60(%rdi), %r12
    mov     0x68(%rdi), %r13
    mov     0x70(%rdi), %r14
    mov     0x78(%rdi), %r15
    mov     0x38(%rdi), %rdi
    jz      1f
    vmresume
    jmp     2f
1:  vmlaunch
2:  pop     %rdi                        /* only reached if the entry failed */
    mov     $1, %eax
    jmp     3f

/* HOST_RIP. Every register but RSP holds the guest's value, and RFLAGS is clear. [SDM 27.5.3] */
    .globl vmx_vmexit
vmx_vmexit:
    push    %rdi
    mov     8(%rsp), %rdi
    mov     %rax, 0x00(%rdi)
    mov     %rcx, 0x08(%rdi)
    mov     %rdx, 0x10(%rdi)
    mov     %rbx, 0x18(%rdi)
    mov     %rbp, 0x28(%rdi)
    mov     %rsi, 0x30(%rdi)
    mov     %r8, 0x40(%rdi)
    mov     %r9, 0x48(%rdi)
    mov     %r10, 0x50(%rdi)
    mov     %r11, 0x58(%rdi)
    mov     %r12, 0x60(%rdi)
    mov     %r13, 0x68(%rdi)
    mov     %r14, 0x70(%rdi)
    mov     %r15, 0x78(%rdi)
    pop     0x38(%rdi)
    pop     %rdi
    xor     %eax, %eax

3:  .irp reg, r15, r14, r13, r12, rbx, rbp
    pop     %\reg
    .endr
    ret
    .size __vmx_vcpu_run, . - __vmx_vcpu_run

    .section .note.GNU-stack, "", @progbits
