/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Descriptor tables: GDT, IDT gates, 64-bit TSS and the selectors in use.
 *
 * After Intel SDM vol. 3, "Segment Descriptors", "64-Bit Mode IDT" (figure 6-7) and "TSS in 64-bit
 * Mode" (figure 7-11). Left out: user segments, LDT, the I/O permission map.
 *
 * Each kind of event has a stack of its own through the IST, so that no two nesting levels of a
 * core ever share a byte of stack.
 */
#ifndef IRQWEAVE_KVM_RUNTIME_DESC_H
#define IRQWEAVE_KVM_RUNTIME_DESC_H

#define KERNEL_CS   0x08
#define KERNEL_SS   0x10
#define KERNEL_TR   0x20
#define GDT_ENTRIES 6       /* null, CS, SS, unused, TSS (two slots) */

#define IST_INTERRUPT   1
#define IST_NMI         2
#define IST_EXCEPTION   3
#define IST_COUNT       3
#define IST_STACK_SIZE  4096

#ifndef __ASSEMBLER__

#include "compiler.h"

struct gate_struct {
    u16 offset_low;
    u16 selector;
    u8 ist;
    u8 type;
    u16 offset_middle;
    u32 offset_high;
    u32 reserved;
};
static_assert(sizeof(struct gate_struct) == 16, "64-bit gate");

struct tss_struct {
    u32 reserved0;
    u64 rsp[3];
    u64 reserved1;
    u64 ist[7];
    u64 reserved2;
    u16 reserved3;
    u16 io_map_base;
} __packed;
static_assert(sizeof(struct tss_struct) == 104, "64-bit TSS");
static_assert(offsetof(struct tss_struct, ist) == 36, "IST1");

struct desc_ptr {
    u16 limit;
    u64 base;
} __packed;
static_assert(sizeof(struct desc_ptr) == 10, "operand of LGDT and LIDT");

extern struct gate_struct idt_table[256];

/* An interrupt gate: entering through it clears IF. */
void gate_init(struct gate_struct *gate, u64 entry, int ist);
u64 gate_offset(const struct gate_struct *gate);

void tss_init(struct tss_struct *tss);

/* Loads GDT, IDT, TR and GS_BASE of this core. Core 0 goes first: it fills the shared IDT. */
void cpu_init(unsigned long cpu);

#endif
#endif
