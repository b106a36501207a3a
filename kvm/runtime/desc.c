/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Per-core descriptor tables and their registers, with the real instructions.
 *
 * After Intel SDM vol. 3, "Protected-Mode Memory Management" and "Interrupt and Exception
 * Handling". Left out: reloading CS, SS and the data segments. Whoever starts a core hands it flat
 * segments with the very selectors of this GDT, and 64-bit mode ignores the rest.
 */
#include "desc.h"
#include "image.h"
#include "msr.h"
#include "percpu.h"

#define DESC_CODE64         0x00af9b000000ffff  /* accessed already: the CPU has nothing to write */
#define DESC_DATA           0x00cf93000000ffff
#define DESC_TSS_AVAILABLE  0x0000890000000000
#define GATE_INTERRUPT      0x8e                /* present, DPL 0, 64-bit interrupt gate */
#define STUB_SIZE           16                  /* bytes a stub in entry.S */
#define VECTOR_NMI          2
#define VECTOR_FIRST_EXTERNAL 32

extern const u8 interrupt_stubs[];

struct percpu percpu_areas[NR_CPUS];
struct gate_struct idt_table[256] __aligned(PAGE_SIZE);
static u8 ist_stacks[NR_CPUS][IST_COUNT][IST_STACK_SIZE] __aligned(PAGE_SIZE);

void gate_init(struct gate_struct *gate, u64 entry, int ist)
{
    *gate = (struct gate_struct) {
        .offset_low = entry,
        .selector = KERNEL_CS,
        .ist = ist,
        .type = GATE_INTERRUPT,
        .offset_middle = entry >> 16,
        .offset_high = entry >> 32,
    };
}

u64 gate_offset(const struct gate_struct *gate)
{
    return gate->offset_low | (u64)gate->offset_middle << 16 | (u64)gate->offset_high << 32;
}

static int vector_ist(int vector)
{
    if (vector == VECTOR_NMI)
        return IST_NMI;
    return vector < VECTOR_FIRST_EXTERNAL ? IST_EXCEPTION : IST_INTERRUPT;
}

static void idt_init(void)
{
    for (int vector = 0; vector < 256; vector++) {
        u64 stub = (u64)&interrupt_stubs[vector * STUB_SIZE];

        gate_init(&idt_table[vector], stub, vector_ist(vector));
    }
}

void tss_init(struct tss_struct *tss)
{
    *tss = (struct tss_struct) { .io_map_base = sizeof(*tss) };     /* beyond the limit: no map */
}

static void gdt_init(struct percpu *area)
{
    u64 base = (u64)&area->tss;
    u64 limit = sizeof(area->tss) - 1;

    area->gdt[KERNEL_CS / 8] = DESC_CODE64;
    area->gdt[KERNEL_SS / 8] = DESC_DATA;
    area->gdt[KERNEL_TR / 8] = DESC_TSS_AVAILABLE | limit |
                               (base & 0xffffff) << 16 | (base >> 24 & 0xff) << 56;
    area->gdt[KERNEL_TR / 8 + 1] = base >> 32;
}

static void load_tables(struct percpu *area)
{
    struct desc_ptr gdtr = { sizeof(area->gdt) - 1, (u64)area->gdt };
    struct desc_ptr idtr = { sizeof(idt_table) - 1, (u64)idt_table };

    asm volatile("lgdt %0" : : "m"(gdtr));
    asm volatile("lidt %0" : : "m"(idtr));
    asm volatile("ltr %w0" : : "r"(KERNEL_TR) : "memory");
}

void cpu_init(unsigned long cpu)
{
    struct percpu *area = &percpu_areas[cpu];

    if (cpu == 0)
        idt_init();
    area->cpu_number = cpu;
    tss_init(&area->tss);
    for (int i = 0; i < IST_COUNT; i++)
        area->tss.ist[i] = (u64)(ist_stacks[cpu][i] + IST_STACK_SIZE);
    gdt_init(area);
    load_tables(area);
    wrmsr(MSR_GS_BASE, (u64)area);
}
