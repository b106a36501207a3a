/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VMRUN and #VMEXIT; see svm.h.
 *
 * The processor switches RSP, RIP, RFLAGS, RAX and most segments; VMLOAD and VMSAVE move FS, GS and TR. The other
 * general registers are ours to switch. After the AMD64 APM vol. 2, 15.5 and 15.6. GIF is 0 throughout.
 */
    .text

/* void __svm_vcpu_run(u64 *gprs, u64 vmcb_pa, u64 save_area_pa) */
    .globl __svm_vcpu_run
    .type __svm_vcpu_run, @function
__svm_vcpu_run:
    .irp reg, rbp, rbx, r12, r13, r14, r15
    push    %\reg
    .endr
    push    %rdx                        /* save_area_pa */
    push    %rdi                        /* gprs, on top of the stack at the #VMEXIT */
    mov     %rsi, %rax
    vmload

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
    vmrun

/* RAX is the VMCB's address again, RSP the host's; all other registers hold the guest's values. */
    vmsave
    push    %rdi
    mov     8(%rsp), %rdi
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
    pop     %rax
    vmload

    .irp reg, r15, r14, r13, r12, rbx, rbp
    pop     %\reg
    .endr
    ret
    .size __svm_vcpu_run, . - __svm_vcpu_run

    .section .note.GNU-stack, "", @progbits
