/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device's interrupt through an AMD IOMMU in guest mode, to a vCPU that runs, waits for its turn, moves or blocks: the
 * machine and its threads.
 *
 * Core 0 begins with the thread of vCPU 0. A better thread sleeps there, or has preempted it. Core 1 takes the interrupts of the
 * GA log, and that of the device while it is the host's, which posts it to vCPU 0 as an irqfd does; its thread preempts vCPU 0,
 * takes it over, or changes the route of the interrupt. vCPU 1 has no thread any more, and nobody asks what becomes of
 * its interrupts. The ledger counts when the bit is in IRR, or the host's interrupt has left the unit.
 */
#include "apic.h"
#include "avic_iommu.h"
#include "xapic/guest_xapic.h"

#define GUEST_VECTOR    0x41
#define GA_LOG_VECTOR   0xf3    /* of the host */
#define DEVICE_VECTOR   0xf4
#define HOST_CPU        1
#define DEVICE_ID       0x18    /* 00:03.0 */

/* As set-up leaves them: to the host; to vCPU 0, or the host; to vCPU 1; to nobody: the unit blocks what comes. */
enum { ENTRY_HOST, ENTRY_GUEST, ENTRY_OTHER, ENTRY_NEW, ENTRIES };
static_assert(ENTRIES <= INTTABLEN, "each has a place in the table");

static struct amd_ir_data ir_data[ENTRIES];
static struct kvm_kernel_irqfd irqfds[ENTRIES];

IMAGE_STATE("vcpu0.mode", vcpus[0].mode);
IMAGE_STATE("vcpu0.cpu", vcpus[0].cpu);
IMAGE_STATE("vapic0", apic_pages[0]);
IMAGE_STATE("physical_id", avic_physical_id_table);
IMAGE_STATE("irte", amd_irq_table);
IMAGE_STATE("ledger.posted", guest_posted);
IMAGE_STATE("ledger.handled", guest_handled);
IMAGE_STATE("ledger.answered", guest_answered);

static union thread_union vcpu0_task, vcpu1_task, better_task, core1_task;
IMAGE_STATE("vcpu0.state", vcpu0_task.task.state);
IMAGE_STATE("vcpu0.on_rq", vcpu0_task.task.on_rq);

image_thread_fn vcpu0_inside_thread, vcpu0_waiting_thread, vcpu0_halted_thread, vcpu0_asleep_thread;
image_thread_fn idle_thread, preempt_thread, pull_thread, route_thread, start_thread, unroute_thread, retarget_thread;
image_thread_fn galog_thread, overflow_thread;

static void nothing(void *unused)
{
    (void)unused;
}

static void create_vcpu(unsigned long cpu, union thread_union *thread, u32 state)
{
    struct kvm_vcpu *vcpu = &vcpus[cpu];

    sched_create(thread, cpu, 1, state, vcpu_thread, vcpu);
    avic_init_vcpu_ir(cpu);
    svm_create_vcpu(vcpu, cpu, cpu, thread);
    to_svm(vcpu)->vmcb->rip = (u64)guest_xapic_wait_main;
    vcpu->gprs[GUEST_XAPIC_FIRST] = GUEST_VECTOR;
}

/* Where an entry is to become one of vCPU 0, it is the first. */
static bool begins_posted(void)
{
    image_thread_fn *other = image_thread[1];

    return other != route_thread && other != start_thread && other != retarget_thread;
}

static void prepare_entries(void)
{
    for (int i = 0; i < ENTRIES; i++) {
        amd_ir_prepare(&ir_data[i], DEVICE_ID, i, HOST_CPU, DEVICE_VECTOR);
        irqfds[i].host_irq = &ir_data[i];
    }
    amd_irq_table[ENTRY_NEW] = (struct irte_ga) { .lo = 0, .hi = 0 };
    if (begins_posted())
        kvm_pi_update_irte(&irqfds[ENTRY_GUEST], &vcpus[0], GUEST_VECTOR);
    kvm_pi_update_irte(&irqfds[ENTRY_OTHER], &vcpus[1], GUEST_VECTOR);
}

/* As kvm_sched_out() leaves it: the better thread has preempted it before its first guest entry. */
static void preempt_vcpu(struct kvm_vcpu *vcpu)
{
    to_block(vcpu)->preempted = true;
    kvm_arch_vcpu_put(vcpu);
}

/* As behind the exit of its guest's HLT; the guest's interrupts are on. */
static void halt_vcpu(struct kvm_vcpu *vcpu)
{
    to_block(vcpu)->mp_state = KVM_MP_STATE_HALTED;
    to_svm(vcpu)->vmcb->rflags |= X86_EFLAGS_IF;
}

/* Where its thread goes on when it is woken. */
static void woken_vcpu(void *vcpu)
{
    kvm_vcpu_end_wait(vcpu);
    vcpu_thread(vcpu);
}

/* As behind the last look of kvm_vcpu_block(), when it has been switched out. */
static void put_to_sleep(struct kvm_vcpu *vcpu)
{
    halt_vcpu(vcpu);
    vcpu0_task.task.function = woken_vcpu;
    to_block(vcpu)->wait.task = &vcpu0_task.task;
    __avic_vcpu_put(vcpu, AVIC_START_BLOCKING);
}

/* On the host's core, whenever the device's interrupt comes there. */
static void device_interrupt(void)
{
    ack_APIC_irq();
    svm_deliver_interrupt(&vcpus[0], GUEST_VECTOR);
}

/* No place is left: 511 entries, the first behind the head, for vCPUs of another guest. The tail is where initialization left it. */
static void fill_ga_log(void)
{
    u32 other_guest = AVIC_GATAG(0) + (1u << 9);

    for (int i = 1; i < GA_LOG_ENTRIES; i++)
        amd_iommu_ga_log[i] = (u64)GA_GUEST_NR << 60 | (u64)DEVICE_ID << 32 | other_guest;
    iommu_writel(MMIO_GA_HEAD_OFFSET, GA_ENTRY_SIZE);
}

static void set_up_core0(void)
{
    bool waiting = image_thread[0] == vcpu0_waiting_thread;
    bool asleep = image_thread[0] == vcpu0_asleep_thread;

    sched_handlers[GA_LOG_VECTOR - SCHED_VECTOR_FIRST] = amd_iommu_int_galog_handler;
    sched_handlers[DEVICE_VECTOR - SCHED_VECTOR_FIRST] = device_interrupt;
    create_vcpu(0, &vcpu0_task, asleep ? TASK_INTERRUPTIBLE : TASK_RUNNING);
    create_vcpu(1, &vcpu1_task, TASK_INTERRUPTIBLE);
    __avic_vcpu_put(&vcpus[1], AVIC_START_BLOCKING);
    sched_create(&better_task, 0, 2, waiting ? TASK_RUNNING : TASK_INTERRUPTIBLE, nothing, NULL);
    amd_iommu_init(HOST_CPU, GA_LOG_VECTOR);
    prepare_entries();
    if (waiting)
        preempt_vcpu(&vcpus[0]);
    svm_halt_inside(&vcpus[0]);
    if (image_thread[0] == vcpu0_halted_thread)
        halt_vcpu(&vcpus[0]);
    if (asleep)
        put_to_sleep(&vcpus[0]);
    if (image_thread[1] == galog_thread || image_thread[1] == overflow_thread)
        fill_ga_log();
    if (image_thread[1] == overflow_thread)
        iommu_feature_disable(CONTROL_GALOG_EN);
}

void scenario_setup(unsigned long cpu)
{
    svm_init(cpu);
    if (cpu == 0)
        set_up_core0();
    else if (image_thread[1] == pull_thread)
        sched_create(&core1_task, cpu, 1, TASK_RUNNING, nothing, NULL);
    sched_pick_first(cpu);
}

/* ---- Core 0 ---- */

/* From the vCPU's first guest entry on. Its guest runs up to its first interrupt, and then halts in guest mode. */
void vcpu0_inside_thread(unsigned long cpu)
{
    (void)cpu;
    sched_enter();
}

/* The same, but it waits behind the better thread, which ends. */
void vcpu0_waiting_thread(unsigned long cpu)
{
    (void)cpu;
    sched_enter();
}

/* From behind the exit of its guest's HLT on. Once is enough: later its guest halts in guest mode. */
void vcpu0_halted_thread(unsigned long cpu)
{
    (void)cpu;
    sched_enter();
}

/* Its thread sleeps. */
void vcpu0_asleep_thread(unsigned long cpu)
{
    (void)cpu;
    sched_enter();
}

/* ---- Core 1: what is not to be scheduled needs no thread, and interrupts find the core idle behind it ---- */

/* Interrupts alone. */
void idle_thread(unsigned long cpu)
{
    (void)cpu;
}

/* vCPU 0 is preempted on core 0, and goes on there. */
void preempt_thread(unsigned long cpu)
{
    (void)cpu;
    wake_up_process(&better_task.task);
}

static void pull(void *unused)
{
    (void)unused;
    pull_task(0);
}

/* Core 1 takes vCPU 0 over if it waits on core 0. */
void pull_thread(unsigned long cpu)
{
    (void)cpu;
    core1_task.task.function = pull;
    sched_enter();
}

/* The interrupt, so far the host's, is posted to vCPU 0. */
void route_thread(unsigned long cpu)
{
    (void)cpu;
    kvm_pi_update_irte(&irqfds[ENTRY_HOST], &vcpus[0], GUEST_VECTOR);
}

/* The same with an interrupt that has not been in use. */
void start_thread(unsigned long cpu)
{
    (void)cpu;
    kvm_pi_update_irte(&irqfds[ENTRY_NEW], &vcpus[0], GUEST_VECTOR);
}

/* The interrupt, so far posted to vCPU 0, is the host's. */
void unroute_thread(unsigned long cpu)
{
    (void)cpu;
    kvm_pi_update_irte(&irqfds[ENTRY_GUEST], NULL, 0);
}

/*
 * The interrupt, so far posted to vCPU 1, is posted to vCPU 0. Behind the update nothing is posted to vCPU 1 any more: a last
 * look at its IRR finds all that will ever be there, and takes it along, as a guest does that moves an interrupt between
 * its processors.
 */
void retarget_thread(unsigned long cpu)
{
    u32 *irr = apic_irr_reg(vcpus[1].apic_regs, GUEST_VECTOR / APIC_VECTORS_PER_REG);

    (void)cpu;
    kvm_pi_update_irte(&irqfds[ENTRY_OTHER], &vcpus[0], GUEST_VECTOR);
    if (xchg32(irr, 0))
        svm_deliver_interrupt(&vcpus[0], GUEST_VECTOR);
}

/* Behind a look at the status register. */
static void in_galog_interrupt(u32 status)
{
    local_irq_disable();
    region_enter(REGION_WAKE);
    amd_iommu_handle_galog(status);
    amd_iommu_int_thread_galog();
    region_leave(REGION_WAKE);
    local_irq_enable();
}

/* The log is full. That GAInt is 0 here is nothing that anybody sees: until it is cleared there is no place for an entry that
 * would set it. */
void galog_thread(unsigned long cpu)
{
    (void)cpu;
    in_galog_interrupt(MMIO_STATUS_GALOG_INT_MASK);
}

/* It has overflowed as well, and does not run. That it is disabled, and GAOverflow is 0, makes no difference to what comes until
 * both are changed. */
void overflow_thread(unsigned long cpu)
{
    (void)cpu;
    in_galog_interrupt(MMIO_STATUS_GALOG_INT_MASK | MMIO_STATUS_GALOG_OVERFLOW_MASK);
}
