/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Set-up of a vCPU that can block; see block.h.
 */
#include "block.h"

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
    kvm_vcpu_block_init(vcpu, vcpu_id, thread);
    vcpu_blocks[vcpu_id].loaded_cpu = -1;
    vcpu->pi_desc.control = pi_with_nv(PI_SN, POSTED_INTR_VECTOR);
    vmx_create_vcpu(vcpu, vcpu_id, cpu);
    if (vmx_hlt_exits())
        vmcs_write32(CPU_BASED_VM_EXEC_CONTROL,
                     vmcs_read32(CPU_BASED_VM_EXEC_CONTROL) | CPU_BASED_HLT_EXITING);
}
