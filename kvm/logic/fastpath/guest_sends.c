/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest that sends itself an interrupt; see fastpath.h.
 */

/* It counts, writes its ICR, and waits. */
asm(".pushsection .guest.text, \"ax\", @progbits\n"
    ".globl guest_sends\n"
    "guest_sends:\n"
    "    sti\n"
    "    incl guest_posted+4*0x41\n"
    "    mov $0x830, %ecx\n"       /* X2APIC_ICR */
    "    mov $0x41, %eax\n"
    "    xor %edx, %edx\n"
    "    wrmsr\n"
    "1:  hlt\n"
    "    jmp 1b\n"
    ".popsection\n");
