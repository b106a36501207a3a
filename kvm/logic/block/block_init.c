/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Set-up of a vCPU that can block; see block.h.
 */
#include "block.h"

struct vcpu_block vcpu_blocks[NR_VCPUS];
struct wakeup_list wakeup_lists[NR_CPUS];

void block_init(unsigned long cpu)
{
    sched_init(cpu);
    hardware_enable(cpu);
    INIT_LIST_HEAD(&wakeup_lists[cpu].vcpus);
    sched_handlers[POSTED_INTR_WAKEUP_VECTOR - SCHED_VECTOR_FIRST] = pi_wakeup_handler;
}

/* Interrupts of the guest are suppressed until it is loaded, as after upstream's reset of a vCPU. */
void block_create_vcpu(struct kvm_vcpu *vcpu, int vcpu_id, unsigned long cpu,
                       union thread_union *thread)
{
    struct vcpu_block *block = &vcpu_blocks[vcpu_id];

    block->vcpu = vcpu;
    block->loaded_cpu = -1;
    block->notifier = (struct preempt_notifier) { kvm_sched_in, kvm_sched_out };
    vcpu->vcpu_id = vcpu_id;
    vcpu->cpu = -1;
    vcpu->pi_desc.control = pi_with_nv(PI_SN, POSTED_INTR_VECTOR);
    vmx_create_vcpu(vcpu, vcpu_id, cpu);
    vmcs_write32(CPU_BASED_VM_EXEC_CONTROL,
                 vmcs_read32(CPU_BASED_VM_EXEC_CONTROL) | CPU_BASED_HLT_EXITING);
    thread->task.notifier = &block->notifier;
}

/* The vCPU has been loaded where its thread begins: what vcpu_load() does before the first run. */
void vcpu_thread(void *vcpu)
{
    vcpu_run(vcpu);
}
