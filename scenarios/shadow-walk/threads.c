/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shadow page tables: the machine and its threads. vCPU 0 on core 0 walks them after a page fault; core 1 zaps a table.
 */
#include "guest.h"
#include "mmu.h"
#include "sched.h"
#include "vmx.h"

static u64 walk_found;

IMAGE_STATE("vcpu0.mode", vcpus[0].mode);
IMAGE_STATE("vcpu0.requests", vcpus[0].requests);
IMAGE_STATE("parent", parent_spte);
IMAGE_STATE("table", table_spte);
IMAGE_STATE("walk.found", walk_found);

image_thread_fn walk_thread, zap_thread;

void scenario_setup(unsigned long cpu)
{
    sched_init(cpu);
    if (cpu != 0)
        return;
    guest_init();
    hardware_enable(cpu);
    vmx_create_vcpu(&vcpus[0], 0, cpu);
}

void walk_thread(unsigned long cpu)
{
    (void)cpu;
    WRITE_ONCE(walk_found, walk_shadow_page_get_mmio_spte(&vcpus[0]));
}

void zap_thread(unsigned long cpu)
{
    (void)cpu;
    kvm_mmu_zap_page();
}
