/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU is created while APICv goes off or on: the machine and its threads.
 *
 * Core 0 runs vCPU 0, which it, or core 2, has created just before. Core 1 sets a reason against APICv or takes it back.
 * There are no interrupts for the guest, and no requests but those. Or vCPU 0 is online, core 0 recalculates the map of APIC
 * ids, and core 1 creates vCPU 1.
 */
#include "guest.h"
#include "vcpu_creation/apic_map.h"
#include "vmx.h"

IMAGE_STATE("vcpu0.mode", vcpus[0].mode);
IMAGE_STATE("vcpu0.requests", vcpus[0].requests);
IMAGE_STATE("vcpu0.apicv_active", apicv_vcpus[0].active);
IMAGE_STATE("vcpu0.fd", vcpu_creations[0].fd);
IMAGE_STATE("vcpu0.mutex", vcpu_creations[0].mutex);
IMAGE_STATE("kvm.online_vcpus", kvm_vcpus.online_vcpus);
IMAGE_STATE("kvm.inhibit_reasons", kvm_apicv.inhibit_reasons);
IMAGE_STATE("kvm.apicv_lock", kvm_apicv.lock);
IMAGE_STATE("kvm.apic_map", kvm_apic_maps);
IMAGE_STATE("ledger.requested", ledger_requested);
IMAGE_STATE("ledger.served", ledger_served);

image_thread_fn create_and_run_thread, run_thread, create_thread;
image_thread_fn inhibit_thread, uninhibit_thread, recalculate_thread, create_second_thread;

/* What hardware knows of the vCPU is prepared where it will run: with APICv. */
void scenario_setup(unsigned long cpu)
{
    sched_init(cpu);
    if (cpu == 0) {
        guest_init();
        hardware_enable(cpu);
        vmx_create_vcpu(&vcpus[0], 0, cpu);
    }
    if (cpu == 0 && image_thread[0] == recalculate_thread) {
        kvm_vcpu_enter_array(&vcpus[0]);
        kvm_vcpu_go_online();
    }
    if (cpu == 1 && image_thread[1] == uninhibit_thread)
        kvm_apicv.inhibit_reasons = BIT(APICV_INHIBIT_REASON_ABSENT);
}

/* ---- User space ---- */

void create_and_run_thread(unsigned long cpu)
{
    (void)cpu;
    kvm_vm_ioctl_create_vcpu(&vcpus[0]);
    kvm_vcpu_ioctl_run(&vcpus[0]);
}

/* One thread creates the vCPU, and another, which knows what its descriptor will be, runs it as soon as there is one. */
void run_thread(unsigned long cpu)
{
    (void)cpu;
    while (!READ_ONCE(vcpu_creations[0].fd))
        cpu_relax();
    kvm_vcpu_ioctl_run(&vcpus[0]);
}

void create_thread(unsigned long cpu)
{
    (void)cpu;
    kvm_vm_ioctl_create_vcpu(&vcpus[0]);
}

/* ---- A reason against APICv ---- */

static void inhibit(bool set)
{
    note_value("a reason against APICv: %u", set);
    kvm_set_or_clear_apicv_inhibit(APICV_INHIBIT_REASON_ABSENT, set);
}

void inhibit_thread(unsigned long cpu)
{
    (void)cpu;
    inhibit(true);
}

void uninhibit_thread(unsigned long cpu)
{
    (void)cpu;
    inhibit(false);
}

/* ---- The map of APIC ids ---- */

/* The APIC of vCPU 0 has changed. */
void recalculate_thread(unsigned long cpu)
{
    (void)cpu;
    kvm_mark_apic_map_dirty();
    kvm_recalculate_apic_map();
}

/* That of vCPU 1 is new. From now on whoever sends it an IPI has to find it. */
void create_second_thread(unsigned long cpu)
{
    struct kvm_vcpu *vcpu = &vcpus[cpu];
    struct kvm_apic_map *map;

    vcpu->vcpu_id = cpu;
    kvm_vm_ioctl_create_vcpu(vcpu);
    kvm_mark_apic_map_dirty();
    kvm_recalculate_apic_map();
    map = READ_ONCE(kvm_apic_maps.map);
    WARN_ON(map && READ_ONCE(map->phys_map[cpu]) != vcpu);
}
