/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The contract between an image and whoever runs it: simulator, emulator or silicon.
 *
 * A core starts at image_start in 64-bit mode, flat, IF = 0, CS = KERNEL_CS, SS = KERNEL_SS, with
 * its index in RDI. The index is its x2APIC id. Cores are started one after another, core 0 first,
 * each until its SETUP_DONE marker. Before that the runner stores the address of each core's thread
 * in image_thread[]; a core without one goes idle at once.
 */
#ifndef IRQWEAVE_KVM_RUNTIME_IMAGE_H
#define IRQWEAVE_KVM_RUNTIME_IMAGE_H

#define NR_CPUS         8
#define BOOT_STACK_SIZE 8192        /* bytes a core, in boot_stacks[] */
#define IMAGE_OFFSET    0xffffffff80000000

#ifndef __ASSEMBLER__

#include "compiler.h"

static inline u64 __pa(const volatile void *address)
{
    return (u64)address - IMAGE_OFFSET;
}

typedef void image_thread_fn(unsigned long cpu);

extern image_thread_fn *image_thread[NR_CPUS];

/* Each scenario defines this one: builds its world, called on each core with IF = 0. */
void scenario_setup(unsigned long cpu);

/* A named piece of memory, for invariants and for the timeline. */
struct image_state {
    char name[32];
    u64 address;
    u64 size;
};
static_assert(sizeof(struct image_state) == 48, "the simulator reads this layout");

#define IMAGE_STATE_NAME2(line) image_state_##line
#define IMAGE_STATE_NAME(line)  IMAGE_STATE_NAME2(line)
#define IMAGE_STATE(text, object)                                                   \
    static_assert(sizeof(text) <= 32, "name of a state: at most 31 characters");    \
    static const struct image_state IMAGE_STATE_NAME(__LINE__)                      \
        __used __section(".irqweave.state") __aligned(8) =                          \
        { text, (u64)&(object), sizeof(object) }

#endif
#endif
