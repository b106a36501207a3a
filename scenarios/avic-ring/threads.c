/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A ring of virtual CPUs that halt and wait for an IPI, and then send one to the next: the machine and its threads.
 *
 * vCPU i is on core i and takes vector 41h + 10h * i. vCPU 0 sends first, the others begin behind the exit of their HLT. HLT
 * exits, so all others sleep, or are about to, while one has the turn. The host is not preemptible. The ledger as in
 * posted-delivery.
 */
#include "avic/avic.h"
#include "xapic/guest_xapic.h"

#define RING 3      /* vCPUs at most */

IMAGE_STATE("vcpu0.mode", vcpus[0].mode);
IMAGE_STATE("vcpu1.mode", vcpus[1].mode);
IMAGE_STATE("vcpu2.mode", vcpus[2].mode);
IMAGE_STATE("vapic0", apic_pages[0]);
IMAGE_STATE("vapic1", apic_pages[1]);
IMAGE_STATE("vapic2", apic_pages[2]);
IMAGE_STATE("physical_id", avic_physical_id_table);
IMAGE_STATE("ledger.posted", guest_posted);
IMAGE_STATE("ledger.handled", guest_handled);
IMAGE_STATE("ledger.answered", guest_answered);

static union thread_union tasks[RING];
IMAGE_STATE("vcpu0.state", tasks[0].task.state);
IMAGE_STATE("vcpu0.on_rq", tasks[0].task.on_rq);
IMAGE_STATE("vcpu1.state", tasks[1].task.state);
IMAGE_STATE("vcpu1.on_rq", tasks[1].task.on_rq);
IMAGE_STATE("vcpu2.state", tasks[2].task.state);
IMAGE_STATE("vcpu2.on_rq", tasks[2].task.on_rq);

image_thread_fn vcpu_of_two_thread, vcpu_of_three_thread;

static int vector_of(unsigned long vcpu)
{
    return 0x41 + 0x10 * vcpu;
}

/* As behind the exit of its guest's HLT; the guest's interrupts are on, and it has sent nothing. */
static void halt_vcpu(struct kvm_vcpu *vcpu)
{
    struct vmcb *vmcb = to_svm(vcpu)->vmcb;

    to_block(vcpu)->mp_state = KVM_MP_STATE_HALTED;
    vmcb->rflags |= X86_EFLAGS_IF;
}

void scenario_setup(unsigned long cpu)
{
    struct kvm_vcpu *vcpu = &vcpus[cpu];

    svm_init(cpu);
    sched_create(&tasks[cpu], cpu, 1, TASK_RUNNING, vcpu_thread, vcpu);
    svm_create_vcpu(vcpu, cpu, cpu, &tasks[cpu]);
    to_svm(vcpu)->vmcb->rip = (u64)guest_xapic_pass_main;
    if (cpu != 0)
        halt_vcpu(vcpu);
    sched_pick_first(cpu);
}

/* One round: each passes one interrupt on, but vCPU 0, which has sent the first. */
static void run(unsigned long cpu, int vcpus_of_ring)
{
    u64 *gprs = vcpus[cpu].gprs;
    int next = (cpu + 1) % vcpus_of_ring;

    gprs[GUEST_XAPIC_FIRST] = vector_of(next);
    gprs[GUEST_XAPIC_SECOND] = cpu == 0 ? vector_of(next) : 0;
    gprs[GUEST_XAPIC_ICRH] = next << 24;
    gprs[GUEST_XAPIC_PASSES] = cpu != 0;
    sched_enter();
}

void vcpu_of_two_thread(unsigned long cpu)
{
    run(cpu, 2);
}

void vcpu_of_three_thread(unsigned long cpu)
{
    run(cpu, 3);
}
