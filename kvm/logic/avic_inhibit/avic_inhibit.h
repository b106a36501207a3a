/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * AVIC off and on while the VM runs.
 *
 * The protocol is that of logic/apicv (one word a VM, one bit a vCPU, a request, a lock); here is AMD's part of it. A vCPU
 * whose AVIC is off has an APIC in software: who sends it an interrupt sets its bit in IRR, requests EVENT and
 * kicks, and KVM injects at VMRUN, or asks for a window by a virtual interrupt (V_IRQ) that leaves the guest as
 * soon as it could be taken. And it is marked as not running, so that processors leave IPIs to software, too. In
 * upstream's names and order of steps as of Linux 6.1 to 6.17, from facts about it. [APM vol. 2, 15.21, 15.29]
 *
 * The functions of this folder stand in front of those of logic/svm and logic/avic. The guests are in x2APIC mode: with
 * AVIC on most of its registers are open in the MSR map, with AVIC off none is. (In the other mode nested page tables
 * decide, which are not modelled.) IPIs go to APIC id 0, whose ICR is the same in both modes; software's part is
 * otherwise that of logic/avic for xAPIC. avic_inhibit_iommu adds the entries of an IOMMU. Left out: flushes of the TLB,
 * restoring the tables from registers that the guest may have changed meanwhile.
 *
 * Each function that a variant may replace has a file of its own, named after it.
 */
#ifndef IRQWEAVE_KVM_LOGIC_AVIC_INHIBIT_H
#define IRQWEAVE_KVM_LOGIC_AVIC_INHIBIT_H

#include "apicv/apicv.h"
#include "avic/avic.h"

#define MSR_X2APIC_FIRST    0x800
#define MSR_X2APIC_LAST     0x8ff
#define MSR_X2APIC_EOI      0x80b
#define MSR_X2APIC_ICR      0x830
#define MSR_X2APIC_LVTT     0x832

/* Set-up: svm_create_vcpu() for a guest in x2APIC mode. AVIC is on unless a reason against it has been set before. */
void avic_inhibit_create_vcpu(struct kvm_vcpu *vcpu, int vcpu_id, unsigned long cpu, union thread_union *thread);

/* The VMCB, and what processors see of the vCPU, follow apicv_active; with preemption off. */
void avic_refresh_apicv_exec_ctrl(struct kvm_vcpu *vcpu);
void avic_deactivate_vmcb(struct kvm_vcpu *vcpu);

/* MSRs whose accesses do not leave the guest: most of x2APIC, or none. */
void svm_set_x2apic_msr_interception(struct vmcb *vmcb, bool intercept);

/* Exits; the last two are of a guest whose APIC is in software. */
int svm_invoke_exit_handler(struct kvm_vcpu *vcpu);
int svm_msr_interception(struct kvm_vcpu *vcpu);
int interrupt_window_interception(struct kvm_vcpu *vcpu);

#endif
