/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Markers: what code under test tells the timeline and the invariants.
 *
 * A marker is a long NOP with a payload. Silicon does nothing with it, the simulator decodes it:
 *
 *     0F 1F 84 SIB disp32      nopl payload(%rax,%INDEX,1)
 *
 * SIB is kind << 3 (base rax, scale 1, index = kind), disp32 is the payload, RAX may hold a
 * run-time value. Kind 4 cannot be encoded (index 4 means "no index") and kind 0 is the padding
 * that assemblers emit. Kinds from 8 on have base rcx. [Intel SDM vol. 2, "NOP" and Table 2-3]
 *
 * Both sides include this file: the simulator sees the constants, code under test (compiled with
 * -D__KVM_GUEST__) the macros as well. Each macro is also a compiler barrier, never a CPU barrier.
 */
#ifndef IRQWEAVE_KVM_RUNTIME_MARKER_H
#define IRQWEAVE_KVM_RUNTIME_MARKER_H

#define MARKER_BYTE_0       0x0f
#define MARKER_BYTE_1       0x1f
#define MARKER_BYTE_2       0x84
#define MARKER_LENGTH       8       /* bytes: opcode 2, ModRM 1, SIB 1, disp32 4 */
#define MARKER_SIB(kind)    (((kind) & 7) << 3 | (kind) >> 3)

#define MARKER_SETUP_DONE   1       /* payload 0: this core is set up, its thread starts now */
#define MARKER_THREAD_END   2       /* payload 0: this core's thread has returned */
#define MARKER_NOTE         3       /* payload: low half of a string's address; RAX: its value */
#define MARKER_REGION_ENTER 5       /* payload: region id */
#define MARKER_REGION_LEAVE 6       /* payload: region id */
#define MARKER_WARN         7       /* payload: string; directly after the ud2 of a WARN */
#define MARKER_MISSING      9       /* payload: string, a function that is not there; directly after a ud2 */

/* Where an image's names without memory lie, variables that it lacks (kvm/linux/stubs.awk). */
#define MISSING_START       0xffffffffc0000000
#define MISSING_END         0xfffffffffff00000

/* Strings live in the upper 2 GiB: sign-extending the payload gives their address back. */
#define MARKER_STRING_BASE  0xffffffff00000000

/*
 * Regions: control points that invariants read. A core may be inside several at once; the regions
 * of a posted interrupt overlap, so that no instant between PIR and the notification is uncovered.
 */
#define REGION_POST         1       /* before the PIR bit is set .. ON is set, or early return */
#define REGION_NOTIFY       2       /* before ON is set .. notification or kick completely sent */
#define REGION_SYNC         3       /* before ON is cleared .. PIR is drained into vIRR */
#define REGION_KICK         4       /* before the cmpxchg of mode .. reschedule IPI sent */
#define REGION_BLOCK        5       /* before a thread leaves its run queue .. notifiers have run */
#define REGION_WAKE         6       /* before the wake-up list is walked .. its last wake-up */
#define REGION_IR           7       /* before the lock of a vCPU's list of IRTEs .. behind it */
#define REGION_APICV        8       /* before a writer's lock .. unlocked; before the request is cleared .. served */
#define REGION_APICV_WORD   9       /* the store of the reasons against APICv, if they come or end */
#define REGION_APIC_PAGE    10      /* the store of the mapping of the APIC's page */
#define REGION_REQUEST      11      /* before a request is made .. its kick or its wait is over */

/*
 * Two that a scheduler marks, and no invariant reads. The interrupt is left, and never entered: what
 * follows belongs to the thread that was interrupted, which may now be switched away from. A
 * thread is entered, and never left: RAX holds its number, from 1 to 15.
 */
#define REGION_INTERRUPT    255
#define REGION_THREAD       254

#ifdef __KVM_GUEST__
#ifdef __ASSEMBLER__

/* Takes its value from RAX. */
.macro marker_note string
    {disp32} nopl \string(%rax,%rbx,1)
.endm

#else

/* The index register that encodes each kind. */
#define MARKER_INDEX_SETUP_DONE     "%%rcx"
#define MARKER_INDEX_THREAD_END     "%%rdx"
#define MARKER_INDEX_NOTE           "%%rbx"
#define MARKER_INDEX_REGION_ENTER   "%%rbp"
#define MARKER_INDEX_REGION_LEAVE   "%%rsi"
#define MARKER_INDEX_WARN           "%%rdi"

#define MARKER_ASM(kind) "%{disp32%} nopl %c0(%%rax," MARKER_INDEX_##kind ",1)"
#define MARKER_STRING(name, text) \
    static const char name[] __attribute__((section(".marker_strings"))) = text

#define marker_setup_done() asm volatile(MARKER_ASM(SETUP_DONE) : : "i"(0) : "memory")
#define marker_thread_end() asm volatile(MARKER_ASM(THREAD_END) : : "i"(0) : "memory")
#define region_enter(id)    asm volatile(MARKER_ASM(REGION_ENTER) : : "i"(id) : "memory")
#define region_leave(id)    asm volatile(MARKER_ASM(REGION_LEAVE) : : "i"(id) : "memory")

/* A line on the timeline. The text may hold one %-format, filled with the value. */
#define note_value(text, value) do {                                                \
    MARKER_STRING(note_text, text);                                                 \
    asm volatile(MARKER_ASM(NOTE) : : "i"(note_text), "a"((u64)(value)) : "memory"); \
} while (0)

#endif /* __ASSEMBLER__ */
#endif /* __KVM_GUEST__ */
#endif
