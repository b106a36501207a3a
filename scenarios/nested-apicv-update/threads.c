/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * APICv goes off and on while L2 runs: the machine and its threads.
 *
 * Core 0 runs vCPU 0, which is L1 and is in L2 from the beginning, as behind an exit of L2 or behind its state has been restored.
 * L2 calls L1, which halts with interrupts on. Core 1 sets a reason against APICv or takes it back, or sends L1 an interrupt.
 * The ledger as in posted-delivery, of L1's interrupts.
 */
#include "guest.h"
#include "nested_apicv/nested_apicv.h"

#define L1_VECTOR       0x41
#define L1_IN_SERVICE   0x71    /* L1 has it in service from the beginning, in some variants */

static struct pi_desc l2_pi_desc;
static u8 l2_apic_page[PAGE_SIZE] __aligned(PAGE_SIZE);
static struct guest_memory l1_memory;
static struct vmcs12 vmcs12;

IMAGE_STATE("vcpu0.mode", vcpus[0].mode);
IMAGE_STATE("vcpu0.requests", vcpus[0].requests);
IMAGE_STATE("vcpu0.apicv_active", apicv_vcpus[0].active);
IMAGE_STATE("kvm.inhibit_reasons", kvm_apicv.inhibit_reasons);
IMAGE_STATE("nested.guest_mode", nested_vmxs[0].guest_mode);
IMAGE_STATE("nested.update_apicv", nested_vmxs[0].update_vmcs01_apicv_status);
IMAGE_STATE("vmcs12.pin", vmcs12.pin_based);
IMAGE_STATE("vmcs12.cpu", vmcs12.cpu_based);
IMAGE_STATE("vmcs12.secondary", vmcs12.secondary);
IMAGE_STATE("pid0", vcpus[0].pi_desc);
IMAGE_STATE("pid0.control", vcpus[0].pi_desc.control);
IMAGE_STATE("vapic0", apic_pages[0]);
IMAGE_STATE("vapic02", l2_apic_page);
IMAGE_STATE("ledger.posted", guest_posted);
IMAGE_STATE("ledger.answered", guest_answered);

image_thread_fn vcpu0_thread, vcpu0_was_off_thread, vcpu0_own_thread;
image_thread_fn vcpu0_restored_thread, vcpu0_restored_off_thread;
image_thread_fn vcpu0_eoi_thread, vcpu0_eoi_was_off_thread, vcpu0_sends_thread, vcpu0_sends_was_off_thread;
image_thread_fn off_thread, on_thread, post_thread;

/* ---- L1 and L2 ---- */

void l1_vmexit(void), l1_interrupt(void);
void l2_call_main(void), l2_eoi_main(void), l2_send_main(void);

/* When L2 is left L1 lets its interrupts in and halts. Its handler needs RAX, RCX and RDX. */
asm(".pushsection .guest.text, \"ax\", @progbits\n"
    "l1_vmexit:\n"
    "    sti\n"
    "1:  hlt\n"
    "    jmp 1b\n"
    ".balign 16\n"
    "l1_interrupt:\n"
    "    push %rax\n  push %rcx\n  push %rdx\n"
    "    mov guest_posted+4*0x41, %ecx\n"
    "    mov %ecx, guest_answered+4*0x41\n"
    "    mov $0x80b, %ecx\n"           /* X2APIC_EOI */
    "    xor %eax, %eax\n  xor %edx, %edx\n"
    "    wrmsr\n"
    "    pop %rdx\n  pop %rcx\n  pop %rax\n"
    "    iretq\n"
    "l2_eoi_main:\n"                   /* for L1's APIC: L2 has none of its own */
    "    mov $0x80b, %ecx\n"
    "    xor %eax, %eax\n  xor %edx, %edx\n"
    "    wrmsr\n"
    "    jmp l2_call_main\n"
    "l2_send_main:\n"
    "    incl guest_posted+4*0x41\n"
    "    mov $0x830, %ecx\n"           /* X2APIC_ICR */
    "    mov $0x41, %eax\n  xor %edx, %edx\n"
    "    wrmsr\n"
    "l2_call_main:\n"
    "    vmcall\n"
    "1:  hlt\n"
    "    jmp 1b\n"
    ".popsection\n");

/* ---- Set-up ---- */

/* What a thread's name says of the beginning. */
static bool was_off(image_thread_fn *t)
{
    return t == vcpu0_was_off_thread || t == vcpu0_restored_thread || t == vcpu0_eoi_was_off_thread ||
           t == vcpu0_sends_was_off_thread;
}

static void (*l2_program(image_thread_fn *t))(void)
{
    if (t == vcpu0_eoi_thread || t == vcpu0_eoi_was_off_thread)
        return l2_eoi_main;
    return t == vcpu0_sends_thread || t == vcpu0_sends_was_off_thread ? l2_send_main : l2_call_main;
}

static void init_vmcs12(image_thread_fn *thread)
{
    vmcs12 = (struct vmcs12){
        .guest_rip = (u64)l2_program(thread),
        .guest_rsp = (u64)(guest_memory.stack + GUEST_STACK_SIZE),
        .guest_rflags = 0x2,
        .posted_intr_desc = &l2_pi_desc,
        .virtual_apic_page = l2_apic_page,
        .host_rip = (u64)l1_vmexit,
        .host_rsp = (u64)(l1_memory.stack + GUEST_STACK_SIZE),
    };
    if (thread != vcpu0_own_thread)
        return;
    vmcs12.pin_based = PIN_BASED_POSTED_INTR;
    vmcs12.cpu_based = CPU_BASED_TPR_SHADOW;
    vmcs12.secondary = APICV_SECONDARY;
}

static void init_l1(void)
{
    struct guest_memory *l1 = &l1_memory;

    tss_init(&l1->tss);
    l1->tss.ist[IST_INTERRUPT - 1] = (u64)(l1->interrupt_stack + GUEST_STACK_SIZE);
    gate_init(&l1->idt[L1_VECTOR], (u64)l1_interrupt, IST_INTERRUPT);
    vmcs_writel(GUEST_TR_BASE, (u64)&l1->tss);
    vmcs_writel(GUEST_IDTR_BASE, (u64)l1->idt);
    vmcs_writel(GUEST_RSP, (u64)(l1->stack + GUEST_STACK_SIZE));
}

/* As between L1's taking of the vector and its EOI. */
static void begin_service(struct kvm_vcpu *vcpu)
{
    atomic_or(apic_irr_reg(vcpu->apic_regs, L1_IN_SERVICE / APIC_VECTORS_PER_REG), BIT(L1_IN_SERVICE % APIC_VECTORS_PER_REG));
    kvm_apic_ack_interrupt(vcpu, L1_IN_SERVICE);
}

/* Creation leaves the request pending; the reason may have changed before the vCPU could be told. */
static void restore_changed(struct kvm_vcpu *vcpu, image_thread_fn *thread)
{
    if (thread != vcpu0_restored_thread && thread != vcpu0_restored_off_thread)
        return;
    kvm_apicv.inhibit_reasons ^= BIT(APICV_INHIBIT_REASON_ABSENT);
    kvm_make_request(KVM_REQ_APICV_UPDATE, vcpu);
}

static void create_l1(unsigned long cpu)
{
    struct kvm_vcpu *vcpu = &vcpus[0];
    image_thread_fn *thread = image_thread[cpu];

    vmx_create_vcpu(vcpu, 0, cpu);
    nested_vmx_create(vcpu, &vmcs12, cpu);
    init_l1();
    if (thread == vcpu0_eoi_thread || thread == vcpu0_eoi_was_off_thread)
        begin_service(vcpu);
    kvm_apicv.inhibit_reasons = was_off(thread) ? BIT(APICV_INHIBIT_REASON_ABSENT) : 0;
    to_apicv(vcpu)->active = !was_off(thread);
    vmx_write_apicv_controls(vcpu);
    nested_vmx_run(vcpu);
    restore_changed(vcpu, thread);
}

void scenario_setup(unsigned long cpu)
{
    sched_init(cpu);
    if (cpu != 0)
        return;
    guest_init();
    init_vmcs12(image_thread[cpu]);
    hardware_enable(cpu);
    create_l1(cpu);
}

/* ---- Threads ---- */

static void run(void)
{
    vcpu_run(&vcpus[0]);
}

/* Functions of vCPU 0's core, told apart by what they begin with: APICv on, off; L2 with a virtual APIC of its own; L2
 * restored before the first run, APICv on or off since; a vector of L1 in service, which L2 ends; L2 that sends an IPI. */
void vcpu0_thread(unsigned long cpu) { (void)cpu; run(); }
void vcpu0_was_off_thread(unsigned long cpu) { (void)cpu; run(); }
void vcpu0_own_thread(unsigned long cpu) { (void)cpu; run(); }
void vcpu0_restored_thread(unsigned long cpu) { (void)cpu; run(); }
void vcpu0_restored_off_thread(unsigned long cpu) { (void)cpu; run(); }
void vcpu0_eoi_thread(unsigned long cpu) { (void)cpu; run(); }
void vcpu0_eoi_was_off_thread(unsigned long cpu) { (void)cpu; run(); }
void vcpu0_sends_thread(unsigned long cpu) { (void)cpu; run(); }
void vcpu0_sends_was_off_thread(unsigned long cpu) { (void)cpu; run(); }

static void inhibit(bool set)
{
    note_value("a reason against APICv: %u", set);
    kvm_set_or_clear_apicv_inhibit(APICV_INHIBIT_REASON_ABSENT, set);
}

static void post(void)
{
    guest_count_post(L1_VECTOR);
    note_value("sends %#x to L1", L1_VECTOR);
    vmx_deliver_interrupt_apicv(&vcpus[0], L1_VECTOR);
}

void off_thread(unsigned long cpu)
{
    (void)cpu;
    inhibit(true);
}

void on_thread(unsigned long cpu)
{
    (void)cpu;
    inhibit(false);
}

void post_thread(unsigned long cpu)
{
    (void)cpu;
    post();
}
