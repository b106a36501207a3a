/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The vCPU's local APIC in software: what the processor does not virtualize, as much as it leaves.
 *
 * The registers are in the virtual-APIC page, whoever virtualizes them; xAPIC offsets and x2APIC MSRs
 * come to one table (kvm_lapic_find_reg.c), by whichever VM exit the controls make of an access:
 * APIC-access (44), APIC-write (56), RDMSR and WRMSR (31, 32), CR access (28). With a TPR shadow the
 * guest changes TPR without an exit: then the TPR threshold says from when on somebody must look again
 * (43). With virtual-interrupt delivery the processor picks interrupts itself, and software posts them.
 *
 * In upstream's names and order of steps (arch/x86/kvm/lapic.c as of 5.15 to 6.12), from facts about it.
 * Beyond upstream: errors (ESR and their LVT entry). After the SDM vol. 3, 10.4 to 10.12 and
 * 29.1 to 29.5. The timer runs on a timer of the host, as upstream's does for a vCPU that may leave its
 * CPU: the host's interrupt comes in the guest, where it exits, and outside of it.
 *
 * Left out: real mode, so that INIT stops a vCPU and none is started; SMI, ExtINT and remote read
 * (refused); the guest's change of mode in IA32_APIC_BASE (refused); NMIs by the LVT entries of LINT0
 * and LINT1, which nothing drives; the halt of a vCPU (logic/block), APICv on and off (logic/apicv).
 */
#ifndef IRQWEAVE_KVM_LOGIC_LAPIC_KVM_LAPIC_H
#define IRQWEAVE_KVM_LOGIC_LAPIC_KVM_LAPIC_H

#include "image.h"
#include "lapic.h"
#include "vmx.h"

#define KVM_REQ_NMI         10

/* VMCS, beside vmcs.h. */
#define APIC_ACCESS_ADDR                0x2014
#define VM_ENTRY_EXCEPTION_ERROR_CODE   0x4018
#define IDT_VECTORING_INFO              0x4408
#define CPU_BASED_CR8_LOAD_EXITING      (1u << 19)
#define CPU_BASED_CR8_STORE_EXITING     (1u << 20)
#define CPU_BASED_NMI_WINDOW            (1u << 22)
#define PIN_BASED_VIRTUAL_NMIS          (1u << 5)
#define SECONDARY_APIC_ACCESSES         (1u << 0)
#define EXIT_REASON_NMI_WINDOW          8
#define EXIT_REASON_CR_ACCESS           28
#define EXIT_REASON_MSR_READ            31
#define EXIT_REASON_TPR_BELOW_THRESHOLD 43
#define EXIT_REASON_APIC_ACCESS         44
#define EXIT_REASON_APIC_WRITE          56
#define BLOCKED_BY_NMI                  0x8

#define APIC_DEFAULT_PHYS_BASE          0xfee00000ul
#define MSR_TSC_DEADLINE                0x6e0
#define APIC_BASE_MSR                   0x800
#define LOCAL_TIMER_VECTOR              0xec    /* the host's */

/* Byte offsets in the page, APIC_IRR is in lapic.h. [SDM table 10-1] */
#define APIC_ID         0x020
#define APIC_LVR        0x030
#define APIC_TASKPRI    0x080
#define APIC_ARBPRI     0x090
#define APIC_PROCPRI    0x0a0
#define APIC_EOI        0x0b0
#define APIC_RRR        0x0c0
#define APIC_LDR        0x0d0
#define APIC_DFR        0x0e0
#define APIC_SPIV       0x0f0
#define APIC_ISR        0x100
#define APIC_TMR        0x180
#define APIC_ESR        0x280
#define APIC_LVTCMCI    0x2f0
#define APIC_ICR        0x300
#define APIC_ICR2       0x310
#define APIC_LVTT       0x320
#define APIC_LVTTHMR    0x330
#define APIC_LVTPC      0x340
#define APIC_LVT0       0x350
#define APIC_LVT1       0x360
#define APIC_LVTERR     0x370
#define APIC_TMICT      0x380
#define APIC_TMCCT      0x390
#define APIC_TDCR       0x3e0
#define APIC_SELF_IPI   0x3f0

#define APIC_LVT_MASKED         0x10000
#define APIC_LVT_LEVEL_TRIGGER  0x08000
#define APIC_LVT_TIMER_MODE     0x60000
#define APIC_LVT_TIMER_ONESHOT  0x00000
#define APIC_LVT_TIMER_PERIODIC 0x20000
#define APIC_LVT_TIMER_DEADLINE 0x40000
#define APIC_SPIV_APIC_ENABLED  0x100
#define APIC_SPIV_DIRECTED_EOI  0x1000
#define APIC_ICR_BUSY           0x1000
#define APIC_DEST_LOGICAL       0x800
#define APIC_FIRST_VECTOR       16
#define APIC_ESR_SENDILL        0x20
#define APIC_ESR_RECVILL        0x40
#define APIC_ESR_ILLREGA        0x80

enum { APIC_DM_FIXED, APIC_DM_LOWEST, APIC_DM_SMI, APIC_DM_REMRD,
       APIC_DM_NMI, APIC_DM_INIT, APIC_DM_STARTUP, APIC_DM_EXTINT };
enum { APIC_DEST_NOSHORT, APIC_DEST_SELF, APIC_DEST_ALLINC, APIC_DEST_ALLBUT };

/* What the processor virtualizes, each on top of the one before. Without a TPR shadow, nothing. */
enum apic_virtualization { APIC_VIRT_NONE, APIC_VIRT_TPR, APIC_VIRT_REGISTERS, APIC_VIRT_DELIVERY };

/* Times are those of the host's TSC, which the guest's equals; the APIC counts its cycles. */
struct kvm_timer {
    u32 timer_mode;             /* of LVTT, as it was when it last changed */
    u32 divide_count;
    u32 initial_count;          /* what APIC_TMICT is, whatever the guest has stored in the page */
    u32 pending;                /* expired and not yet delivered: the host's handler counts up */
    u64 period;                 /* of the whole count */
    u64 target_expiration;      /* 0: not running */
    u64 tscdeadline;
};

struct kvm_lapic {
    struct kvm_vcpu *vcpu;      /* NULL: this one has no APIC in software */
    bool x2apic;
    bool sw_enabled;            /* SVR[8]; the page may hold a new value already */
    enum apic_virtualization virtualization;
    u32 esr_pending;            /* errors since ESR was written last */
    u32 arb_prio;               /* how many lowest-priority interrupts it has got */
    unsigned long pending_events;   /* KVM_APIC_*, a bit each; set by anyone */
    u32 sipi_vector;
    u32 nmi_queued;             /* counted up by anyone */
    u32 nmi_pending;            /* the vCPU's own */
    struct kvm_timer lapic_timer;
};

#define KVM_APIC_INIT 0
#define KVM_APIC_SIPI 1

extern struct kvm_lapic lapics[NR_VCPUS];

static inline struct kvm_lapic *vcpu_to_lapic(struct kvm_vcpu *vcpu)
{
    return &lapics[vcpu->vcpu_id];
}

static inline u32 *apic_reg(struct kvm_lapic *apic, u32 offset)
{
    return (u32 *)(apic->vcpu->apic_regs + offset);
}

static inline u32 kvm_lapic_get_reg(struct kvm_lapic *apic, u32 offset)
{
    return READ_ONCE(*apic_reg(apic, offset));
}

static inline void kvm_lapic_set_reg(struct kvm_lapic *apic, u32 offset, u32 value)
{
    WRITE_ONCE(*apic_reg(apic, offset), value);
}

/* The dword of ISR, TMR or IRR that has the vector, and its bit there. */
static inline u32 *apic_vector_reg(struct kvm_lapic *apic, u32 array, int vector)
{
    return apic_reg(apic, array + vector / APIC_VECTORS_PER_REG * 0x10);
}

static inline u32 apic_vector_bit(int vector)
{
    return 1u << vector % APIC_VECTORS_PER_REG;
}

static inline bool apic_x2apic_mode(struct kvm_lapic *apic)
{
    return apic->x2apic;
}

static inline bool kvm_apic_apicv_active(struct kvm_lapic *apic)
{
    return apic->virtualization == APIC_VIRT_DELIVERY;
}

/* ---- Set-up, with the vCPU's VMCS current ---- */

void kvm_create_lapic(struct kvm_vcpu *vcpu, bool x2apic, enum apic_virtualization virtualization);
void vmx_set_virtual_apic_mode(struct kvm_vcpu *vcpu);
void vmx_update_msr_bitmap_x2apic(struct kvm_vcpu *vcpu);

/* ---- Registers; an int is 0, or 1 where the access must fault ---- */

#define REG_READ    1
#define REG_WRITE   2
#define REG_XAPIC   4
#define REG_X2APIC  8

struct lapic_register {
    u16 first;
    u8 count, access;
    u32 bits;                   /* that can be written */
};

/* NULL: there is no such register in this mode. */
const struct lapic_register *kvm_lapic_find_reg(struct kvm_lapic *apic, u32 offset);
u32 kvm_lapic_reg_read(struct kvm_lapic *apic, u32 offset);
void kvm_lapic_reg_write(struct kvm_lapic *apic, u32 offset, u32 value);
u32 apic_mmio_read(struct kvm_lapic *apic, u32 offset);
void apic_mmio_write(struct kvm_lapic *apic, u32 offset, u32 value);
int kvm_x2apic_msr_read(struct kvm_vcpu *vcpu, u32 msr, u64 *data);
int kvm_x2apic_msr_write(struct kvm_vcpu *vcpu, u32 msr, u64 data);

/* ---- Priorities ---- */

int apic_find_highest_isr(struct kvm_lapic *apic);
int kvm_apic_has_interrupt(struct kvm_vcpu *vcpu);      /* -1: none of a class above PPR's */
int kvm_get_apic_interrupt(struct kvm_vcpu *vcpu);      /* takes it into service */
void apic_update_ppr(struct kvm_lapic *apic);
void apic_set_tpr(struct kvm_lapic *apic, u32 tpr);
void apic_set_eoi(struct kvm_lapic *apic);
void apic_set_spiv(struct kvm_lapic *apic, u32 value);
void update_cr8_intercept(struct kvm_vcpu *vcpu);
int kvm_set_cr8(struct kvm_vcpu *vcpu, u64 cr8);
u64 kvm_get_cr8(struct kvm_vcpu *vcpu);

/* ---- Interrupts and errors ---- */

struct kvm_lapic_irq {
    u32 vector, delivery_mode, shorthand, dest_id;
    bool logical, level, trig_mode;
};

void kvm_apic_send_ipi(struct kvm_lapic *apic, u32 icr_low, u32 icr_high);
void kvm_apic_send_self_ipi(struct kvm_lapic *apic, u32 vector);
void kvm_irq_delivery_to_apic(struct kvm_lapic *source, const struct kvm_lapic_irq *irq);
/* From any core. */
void __apic_accept_irq(struct kvm_lapic *apic, const struct kvm_lapic_irq *irq);
void vmx_deliver_interrupt(struct kvm_vcpu *vcpu, int vector);
bool kvm_apic_local_deliver(struct kvm_lapic *apic, u32 lvt);
void apic_error(struct kvm_lapic *apic, u32 bit);
void apic_write_esr(struct kvm_lapic *apic);
void kvm_apic_accept_events(struct kvm_vcpu *vcpu);
void process_nmi(struct kvm_vcpu *vcpu);
void kvm_inject_gp(struct kvm_vcpu *vcpu);

/* The guest has ended a level-triggered interrupt; whoever has an I/O APIC defines this one. */
void kvm_ioapic_update_eoi(int vector, int trigger_mode);
void kvm_ioapic_send_eoi(struct kvm_lapic *apic, int vector);

/* ---- The timer ---- */

void start_apic_timer(struct kvm_lapic *apic);
void cancel_apic_timer(struct kvm_lapic *apic);
void apic_update_lvtt(struct kvm_lapic *apic);
void update_divide_count(struct kvm_lapic *apic, u32 tdcr);
u32 apic_get_tmcct(struct kvm_lapic *apic);
void kvm_set_lapic_tscdeadline_msr(struct kvm_vcpu *vcpu, u64 data);
u64 kvm_get_lapic_tscdeadline_msr(struct kvm_vcpu *vcpu);
void kvm_inject_apic_timer_irqs(struct kvm_vcpu *vcpu);
void apic_timer_fn(struct kvm_lapic *apic);

/* The host's own timer of this core: one deadline, 0 for none, and its interrupt. */
void hrtimer_setup(void);
void hrtimer_start(struct kvm_lapic *apic, u64 expires);
void hrtimer_interrupt(void);
u64 ktime_get(void);

/* ---- VM exits ---- */

int handle_apic_access(struct kvm_vcpu *vcpu);
int handle_apic_write(struct kvm_vcpu *vcpu);
int handle_apic_eoi_induced(struct kvm_vcpu *vcpu);
int handle_tpr_below_threshold(struct kvm_vcpu *vcpu);
int handle_cr(struct kvm_vcpu *vcpu);
int handle_rdmsr(struct kvm_vcpu *vcpu);

#endif
