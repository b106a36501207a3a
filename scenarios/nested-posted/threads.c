/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Posted interrupts of a guest hypervisor: the machine and its threads.
 *
 * Core 0 runs vCPU 0, which is L1: it runs L2 whenever it has nothing else to do. Core 1 is another
 * vCPU of L1 in the host, where its ICR write has taken it: it posts a vector to L2 and hands L1's
 * notification vector to L0. Core 2 interrupts the host; somebody may send L1 an interrupt of its own.
 * The ledger says what must have come out when everything is idle.
 */
#include "guest.h"
#include "image.h"
#include "nested.h"

#define L1_NOTIFICATION 0x61    /* L1's notification vector: of L1's virtual APIC */
#define L1_OWN          0x71
#define L2_VECTOR_ONE   0x41
#define L2_VECTOR_TWO   0x52

static struct pi_desc l2_pi_desc;
static u8 l2_apic_page[PAGE_SIZE] __aligned(PAGE_SIZE);
static struct guest_memory l1_memory;
static struct vmcs12 vmcs12;

IMAGE_STATE("vcpu0.mode", vcpus[0].mode);
IMAGE_STATE("vcpu0.requests", vcpus[0].requests);
IMAGE_STATE("pid0", l2_pi_desc);
IMAGE_STATE("pid0.control", l2_pi_desc.control);
IMAGE_STATE("vapic0", l2_apic_page);
IMAGE_STATE("pid01", vcpus[0].pi_desc);
IMAGE_STATE("vapic01", apic_pages[0]);
IMAGE_STATE("nested.guest_mode", nested_vmxs[0].guest_mode);
IMAGE_STATE("nested.pi_pending", nested_vmxs[0].pi_pending);
IMAGE_STATE("ledger.posted", guest_posted);
IMAGE_STATE("ledger.answered", guest_answered);

image_thread_fn vcpu0_thread, l1_post_thread, l1_post_two_thread, resched_thread, interrupt_l1_thread;

/* ---- L1 ---- */

void l1_main(void), l1_vmexit(void), l1_interrupt_own(void), l1_interrupt_notification(void);
void l1_prepare(void);

/*
 * Before each entry, with interrupts off: L1 empties its descriptor itself. What is posted later finds
 * ON clear and sends L1's notification, which stays pending in L1's APIC until L2 runs.
 */
__section(".guest.text") void l1_prepare(void)
{
    int highest;

    if (!pi_test_and_clear_on(&l2_pi_desc))
        return;
    highest = nested_drain_pir(&l2_pi_desc, l2_apic_page);
    if (highest > (vmcs12.guest_intr_status & 0xff))
        vmcs12.guest_intr_status = (vmcs12.guest_intr_status & ~0xff) | highest;
}

/* L1's handlers need no more than EAX, ECX and EDX. */
asm(".pushsection .guest.text, \"ax\", @progbits\n"
    ".globl l1_main, l1_vmexit, l1_interrupt_own, l1_interrupt_notification\n"
    "l1_main:\n"
    "1:  cli\n"
    "    call l1_prepare\n"
    "    vmlaunch\n"
    "    ud2\n"
    "l1_vmexit:\n"             /* interrupts are off: take what is pending, and go back */
    "    sti\n"
    "    nop\n"
    "    jmp 1b\n"
    ".balign 16\n"
    "l1_interrupt_own:\n"
    "    push %rax\n  push %rcx\n  push %rdx\n"
    "    mov guest_posted+4*0x71, %ecx\n"
    "    mov %ecx, guest_answered+4*0x71\n"
    "    jmp 2f\n"
    ".balign 16\n"
    "l1_interrupt_notification:\n"
    "    push %rax\n  push %rcx\n  push %rdx\n"
    "2:  mov $0x80b, %ecx\n"   /* X2APIC_EOI */
    "    xor %eax, %eax\n  xor %edx, %edx\n"
    "    wrmsr\n"
    "    pop %rdx\n  pop %rcx\n  pop %rax\n"
    "    iretq\n"
    ".popsection\n");

static void l1_init(void)
{
    struct guest_memory *l1 = &l1_memory;

    tss_init(&l1->tss);
    l1->tss.ist[IST_INTERRUPT - 1] = (u64)(l1->interrupt_stack + GUEST_STACK_SIZE);
    gate_init(&l1->idt[L1_OWN], (u64)l1_interrupt_own, IST_INTERRUPT);
    gate_init(&l1->idt[L1_NOTIFICATION], (u64)l1_interrupt_notification, IST_INTERRUPT);
    vmcs_writel(GUEST_TR_BASE, (u64)&l1->tss);
    vmcs_writel(GUEST_IDTR_BASE, (u64)l1->idt);
    vmcs_writel(GUEST_RIP, (u64)l1_main);
    vmcs_writel(GUEST_RSP, (u64)(l1->stack + GUEST_STACK_SIZE));
}

/* ---- Set-up ---- */

void scenario_setup(unsigned long cpu)
{
    if (cpu != 0)
        return;
    vmcs12 = (struct vmcs12){
        .guest_rip = (u64)guest_main,
        .guest_rsp = (u64)(guest_memory.stack + GUEST_STACK_SIZE),
        .guest_rflags = 0x2,
        .posted_intr_nv = L1_NOTIFICATION,
        .posted_intr_desc = &l2_pi_desc,
        .virtual_apic_page = l2_apic_page,
        .host_rip = (u64)l1_vmexit,
        .host_rsp = (u64)(l1_memory.stack + GUEST_STACK_SIZE),
    };
    guest_init();
    hardware_enable(cpu);
    vmx_create_vcpu(&vcpus[0], 0, cpu);
    nested_vmx_create(&vcpus[0], &vmcs12, cpu);
    l1_init();
}

/* ---- L0's parts that know of L2 ---- */

/* RVI of vmcs02 is L2's: what is new for L1 while L2 runs is looked at as an event. */
void vmx_sync_pir_to_irr(struct kvm_vcpu *vcpu)
{
    bool got_posted_interrupt = pi_test_on(&vcpu->pi_desc);

    if (got_posted_interrupt) {
        pi_clear_on(&vcpu->pi_desc);
        smp_mb__after_atomic();
        kvm_apic_update_irr(vcpu, vcpu->pi_desc.pir);
    }
    if (!is_guest_mode(vcpu))
        vmx_hwapic_irr_update(vcpu, kvm_lapic_find_highest_irr(vcpu));
    else if (got_posted_interrupt)
        kvm_make_request(KVM_REQ_EVENT, vcpu);
}

void inject_pending_event(struct kvm_vcpu *vcpu)
{
    if (is_guest_mode(vcpu))
        vmx_check_nested_events(vcpu);
}

int vmx_handle_exit(struct kvm_vcpu *vcpu)
{
    u32 reason = vmcs_read32(VM_EXIT_REASON);

    if (reason == EXIT_REASON_EXTERNAL_INTERRUPT)
        return 1;
    if (reason == EXIT_REASON_VMLAUNCH && !is_guest_mode(vcpu))
        return nested_vmx_run(vcpu);
    note_value("unexpected VM exit, reason %#x", reason);
    BUG();
}

/* ---- Threads ---- */

void vcpu0_thread(unsigned long cpu)
{
    (void)cpu;
    vcpu_run(&vcpus[0]);
}

/* L1 posts to L2: PIR, ON, and L1's notification to the vCPU that runs it. Counts first. */
static void l1_post(int vector)
{
    guest_count_post(vector);
    note_value("L1 posts %#x to L2", vector);
    if (pi_test_and_set_pir(vector, &l2_pi_desc) || pi_test_and_set_on(&l2_pi_desc))
        return;
    vmx_deliver_interrupt(&vcpus[0], L1_NOTIFICATION);
}

void l1_post_thread(unsigned long cpu)
{
    (void)cpu;
    l1_post(L2_VECTOR_ONE);
}

/* What comes before L2 runs is the affair of l1_post_thread. */
static void wait_for_l2(void)
{
    while (!is_guest_mode(&vcpus[0]))
        asm volatile("pause");
}

void l1_post_two_thread(unsigned long cpu)
{
    (void)cpu;
    wait_for_l2();
    l1_post(L2_VECTOR_ONE);
    l1_post(L2_VECTOR_TWO);
}

/* A host interrupt, as any other device or core might cause: L2 exits to L0 and comes back. */
void resched_thread(unsigned long cpu)
{
    (void)cpu;
    smp_send_reschedule(0);
}

void interrupt_l1_thread(unsigned long cpu)
{
    (void)cpu;
    guest_count_post(L1_OWN);
    note_value("interrupt %#x for L1", L1_OWN);
    vmx_deliver_interrupt(&vcpus[0], L1_OWN);
}
