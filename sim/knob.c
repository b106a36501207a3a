/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/knob.h"

#include <stdio.h>
#include <string.h>

#include "sim/nearest.h"

_Static_assert(KNOB_COUNT < 64, "knobs.consulted has a bit for each");

const struct knob_info knob_table[KNOB_COUNT] = {
    [KNOB_VM_ENTRY_DRAINS] = {
        "vm-entry-drains", {"yes", "no"},
        "does VM entry wait until the store buffer is empty",
        "SDM vol. 3, VM entries: silent"},
    [KNOB_VM_EXIT_DRAINS] = {
        "vm-exit-drains", {"yes", "no"},
        "does a VM exit wait until the store buffer is empty",
        "SDM vol. 3, VM exits: silent"},
    [KNOB_MESSAGE_ORDER] = {
        "message-order", {"any", "fifo"},
        "may a later interrupt message overtake an earlier one of the same sender and target",
        "SDM vol. 3, APIC: no order is promised"},
    [KNOB_VMX_SHADOW_BLOCKS_EXTINT] = {
        "vmx-shadow-blocks-extint", {"yes", "no"},
        "does blocking by STI or MOV SS delay an external interrupt that causes a VM exit",
        "SDM vol. 3, 26.6.2: silent; Bochs delays it, kvm-unit-tests (x86/apic.c, test_sti_nop) expect it"},
    [KNOB_PIR_DRAIN_ORDER] = {
        "pir-drain-order", {"ascending", "descending"},
        "in which order posted-interrupt processing reads the words of PIR",
        "SDM vol. 3, 29.6: an implementation's choice"},
    [KNOB_IEC] = {
        "iec", {"until-invalidated", "never"},
        "how long the interrupt entry cache of a VT-d unit, or the caches of an AMD IOMMU, keep an entry",
        "VT-d specification, 6.4; AMD IOMMU specification, INVALIDATE_INTERRUPT_TABLE: an "
        "implementation's choice"},
    [KNOB_PPR_SUBCLASS] = {
        "ppr-subclass", {"tpr", "zero"},
        "PPR[3:0] when TPR and the vector in service have the same class",
        "SDM vol. 3, 10.8.3.1: model specific"},
    [KNOB_STI_BLOCKS_NMI] = {
        "sti-blocks-nmi", {"no", "yes"},
        "is an NMI (or an NMI-window exit), too, delayed by one instruction behind an STI that found "
        "IF = 0",
        "SDM vol. 2, STI: it \"may be blocked\"; kvm-unit-tests (x86/apic.c, test_sti_nmi) expect yes"},
    [KNOB_IPIV_ENTRY_CHECKS] = {
        "ipiv-entry-checks", {"table", "table-and-tpr-shadow", "none"},
        "what VM entry demands for IPI virtualization: alignment and range of the PID-pointer table, "
        "and that the TPR shadow is used",
        "no public source: assumed; KVM sets all of it right"},
    [KNOB_MSI_DESTINATION_MODE] = {
        "msi-destination-mode", {"used", "ignored"},
        "does the destination mode of an MSI count when its redirection hint is 0",
        "SDM vol. 3, 10.11.1: \"ignored\"; Linux sends logical MSIs without the hint"},
    [KNOB_LOWEST_PRIORITY_IPI] = {
        "lowest-priority-ipi", {"sent", "refused"},
        "can a local APIC send lowest-priority IPIs, or does it log the error \"redirectable IPI\"",
        "SDM vol. 3, 10.6.1: model specific"},
    [KNOB_LOWEST_PRIORITY_RANK] = {
        "lowest-priority-rank", {"tpr", "ppr"},
        "by which priority of the processors is the target of a lowest-priority message chosen",
        "SDM vol. 3, 10.6.2.4: the chipset goes by the task priorities that it knows"},
    [KNOB_LOWEST_PRIORITY_TIE] = {
        "lowest-priority-tie", {"lowest-core", "highest-core"},
        "which of several processors of the same priority gets a lowest-priority message",
        "SDM vol. 3, 10.6.2.4: silent"},
    [KNOB_INIT_DEASSERT] = {
        "init-deassert", {"init", "ignored"},
        "what does an ICR write \"INIT, level, de-assert\" do on processors that do not know it",
        "SDM vol. 3, 10.6.1: sent as an assertion; KVM and Bochs reset nothing"},
    [KNOB_APIC_DISABLE_RESETS] = {
        "apic-disable-resets", {"yes", "no"},
        "does an xAPIC that is disabled in IA32_APIC_BASE lose its registers",
        "SDM vol. 3, 10.4.3: it may"},
    [KNOB_SPURIOUS_INTERRUPT] = {
        "spurious-interrupt", {"never", "after-tpr-raise"},
        "does the core still take an interrupt, then spurious, that a write to TPR has just masked",
        "SDM vol. 3, 10.9: when INTR is asserted and the acknowledge cycle comes late"},
    [KNOB_LVT_ILLEGAL_VECTOR] = {
        "lvt-illegal-vector", {"when-raised", "when-written"},
        "when is an illegal vector in an entry of the local vector table logged as an error",
        "SDM vol. 3, 10.5.1: an implementation may do it when it is written"},
    [KNOB_MFENCE_ORDERS_WRMSR] = {
        "mfence-orders-wrmsr", {"yes", "no"},
        "does WRMSR to an x2APIC register wait for an MFENCE before it that no LFENCE follows",
        "SDM vol. 3, 10.12.3: MFENCE is enough (2016); MFENCE and LFENCE are needed (later)"},
    [KNOB_VMX_TIMER_SAVES] = {
        "vmx-timer-saves", {"all", "one"},
        "what VM exit saves of a VMX-preemption timer that still runs: its value at VM entry, or 1",
        "SDM vol. 3, 25.5.1: it depends on time, which the model does not measure"},
    [KNOB_SELF_IPI_ILLEGAL_VECTOR] = {
        "self-ipi-illegal-vector", {"both", "send"},
        "is an illegal vector that a core sends itself an error of receiving as well as of sending",
        "SDM vol. 3, 10.5.3: \"send\" names both registers, \"receive\" a self IPI; other models log one of them"},
    [KNOB_DELIVERY_STATUS] = {
        "delivery-status", {"idle", "while-in-flight"},
        "does the ICR of xAPIC mode read \"send pending\" until the last IPI has arrived, or is it idle at once",
        "SDM vol. 3, 10.6.1: until the APIC \"has completed sending\"; how long that takes is nowhere"},
    [KNOB_VMRUN_DRAINS] = {
        "vmrun-drains", {"yes", "no"},
        "does VMRUN wait until the store buffer is empty",
        "APM vol. 2, 15.5: silent; KVM puts no fence before it"},
    [KNOB_VMEXIT_DRAINS] = {
        "vmexit-drains", {"yes", "no"},
        "does #VMEXIT wait until the store buffer is empty",
        "APM vol. 2, 15.6: silent"},
    [KNOB_VMCB_CLEAN_BITS] = {
        "vmcb-clean-bits", {"cached", "reloaded"},
        "does VMRUN use its copy of a group of VMCB fields whose clean bit is 1, or memory",
        "APM vol. 2, 15.15: it may use either"},
    [KNOB_VMCB_CLEAN_AVIC] = {
        "vmcb-clean-avic", {"tpr", "avic"},
        "which clean bit covers the enables of AVIC and x2AVIC, bits 31 and 30 of VMCB 060h: that of 060h (3) "
        "or that of AVIC (11)",
        "APM vol. 2, 15.15.3: bit 3 is of 60h-67h, but does not name them"},
    [KNOB_VMRUN_STI_SHADOW] = {
        "vmrun-sti-shadow", {"kept", "lost"},
        "does the shadow of an STI right before VMRUN show in INTERRUPT_SHADOW when the delivery of an "
        "injected event ends in #VMEXIT",
        "Linux, svm_vcpu_enter_exit(): seen on processors; APM vol. 2: silent"},
    [KNOB_SVM_SHADOW_BLOCKS_INTR] = {
        "svm-shadow-blocks-intr", {"yes", "no"},
        "does the guest's interrupt shadow delay a physical interrupt that is intercepted",
        "APM vol. 2, 15.21.5: not recognized in a shadow; Bochs delays it, KVM's nested SVM does not"},
    [KNOB_SVM_INTR_HOST_IF] = {
        "svm-intr-host-if", {"held", "exits"},
        "under V_INTR_MASKING and with IF = 0 in the host at VMRUN, is an intercepted physical interrupt held "
        "until #VMEXIT, or does it cause one",
        "APM vol. 2, 15.21.1: the host's IF \"controls physical interrupts\"; intercepts are not named"},
    [KNOB_EVENTINJ_OVERFLOW] = {
        "eventinj-overflow", {"accepted", "refused"},
        "may EVENTINJ inject #OF as an exception into 64-bit mode, where INTO does not exist",
        "APM vol. 2, 15.20: what is impossible for the mode is refused; #BR is the example"},
    [KNOB_DOORBELL_ID_BITS] = {
        "doorbell-id-bits", {"32", "12", "8"},
        "how many bits of the host APIC id has the AVIC doorbell register; the others fault",
        "APM vol. 2, 15.29.8.2: 8; Linux uses 12; a PPR of family 1Ah lists 32"},
    [KNOB_DOORBELL_WRMSR_DRAINS] = {
        "doorbell-wrmsr-drains", {"no", "yes"},
        "does a WRMSR to the AVIC doorbell wait until the store buffer is empty",
        "APM vol. 2, 15.29.8.2: relaxed serialization, no more is said"},
    [KNOB_DOORBELL_WAKES_HALTED] = {
        "doorbell-wakes-halted", {"yes", "no"},
        "does a doorbell wake a core that its guest has halted by a HLT that is not intercepted",
        "APM vol. 2, 15.29.8.2: silent; KVM lets guests halt so"},
    [KNOB_AVIC_ICR_CHECKS] = {
        "avic-icr-checks", {"type-first", "vector-first"},
        "which of the two does exit 401h report for an ICR whose type and vector are both wrong",
        "APM vol. 2, 15.29.6.1: no order is given"},
    [KNOB_AVIC_ICR_BUSY] = {
        "avic-icr-busy", {"clear", "set"},
        "is the delivery status in the ICR set when exit 401h reports it",
        "Linux commit b51818afdc1d: it is, somewhat arbitrarily"},
    [KNOB_AVIC_TARGET_ORDER] = {
        "avic-target-order", {"ascending", "descending"},
        "in which order an ICR write serves several targets",
        "APM vol. 2, 15.29.6.1: silent"},
    [KNOB_AVIC_OTHERS] = {
        "avic-others", {"by-id", "by-page"},
        "by what does all-but-self tell the sender: the id in its page, or the address of the page",
        "APM vol. 2, 15.29.6.1: silent"},
    [KNOB_AVIC_BROADCAST_BAD_PAGE] = {
        "avic-broadcast-bad-page", {"nothing-sent", "sent-before"},
        "what a broadcast has sent when it meets an entry with an illegal backing page",
        "APM vol. 2, 15.29.9.1: silent"},
    [KNOB_AVIC_LOGICAL_BAD_TARGET] = {
        "avic-logical-bad-target", {"nothing-sent", "sent-before"},
        "what an IPI to a logical destination has sent when it meets a target that is not valid",
        "APM vol. 2, 15.29.6.1: targets are looked up in earlier steps, no more is said; Linux sends it all again"},
    [KNOB_AVIC_NOT_RUNNING_INDEX] = {
        "avic-not-running-index", {"first", "last"},
        "which of several targets that are not running does exit 401h name",
        "APM vol. 2, 15.29.9.1: one of them"},
    [KNOB_AVIC_IPI_CLEARS_TMR] = {
        "avic-ipi-clears-tmr", {"no", "yes"},
        "does an IPI of AVIC clear the vector's bit in the trigger mode register of its target",
        "APM vol. 2, 15.29.6.1: silent"},
    [KNOB_AVIC_LEVEL_EOI] = {
        "avic-level-eoi", {"trap-kept", "trap-cleared", "fault"},
        "an EOI of a level-triggered interrupt: exit behind the instruction or before it, and is the vector "
        "still in service at the exit",
        "APM vol. 2, 15.29.3.1 calls it a trap, 15.29.9.2 a fault"},
    [KNOB_AVIC_ENTRY_TPR] = {
        "avic-entry-tpr", {"v-tpr", "page"},
        "which task priority counts from VMRUN on: V_TPR of the VMCB or TPR of the backing page",
        "APM vol. 2, 15.29.8.3: not said; Linux commit d02e48830e3f measured V_TPR, illumos says page"},
    [KNOB_AVIC_LOOKS_AT_STI] = {
        "avic-looks-at-sti", {"no", "yes"},
        "does a core look at IRR once more when its guest sets IF; what it has found before stays",
        "APM vol. 2, 15.29.8: not among the occasions that it lists"},
    [KNOB_AVIC_VINTR] = {
        "avic-vintr", {"ignored", "exits"},
        "does the VINTR intercept leave the guest where AVIC would deliver an interrupt",
        "APM vol. 2, 15.29: silent; V_IRQ is ignored"},
    [KNOB_AVIC_IDLE_HLT] = {
        "avic-idle-hlt", {"irr-counts", "irr-ignored"},
        "does the idle HLT intercept let a HLT pass that an interrupt in IRR would end",
        "APM vol. 2, 15.9: speaks of V_INTR; it is what the intercept is for"},
    [KNOB_AVIC_STALE_TLB] = {
        "avic-stale-tlb", {"used", "dropped"},
        "does a guest that was entered without a flush use the translation of its APIC page from before",
        "APM vol. 2, 15.29.4.3: it may"},
    [KNOB_AVIC_NRIP] = {
        "avic-nrip", {"zero", "next"},
        "what nRIP is at exits 401h and 402h: 0, or where the instruction ends",
        "APM vol. 2, 15.7.1: a list of intercepts that names neither"},
    [KNOB_AVIC_WITHOUT_NP] = {
        "avic-without-np", {"runs", "invalid"},
        "does VMRUN of a guest with AVIC and without nested paging succeed",
        "APM vol. 2, 15.29.4.1: software must enable nested paging; no check is listed"},
    [KNOB_X2AVIC_FAULTS] = {
        "x2avic-faults", {"all", "none"},
        "which #GPs of x2APIC registers does the processor raise before it looks at AVIC's table",
        "APM vol. 2, 15.29.10: no list"},
    [KNOB_X2AVIC_BROADCAST] = {
        "x2avic-broadcast", {"all", "no-target"},
        "is physical destination FFFFFFFFh a broadcast with x2AVIC, or an id beyond the table",
        "APM vol. 2, 15.29.6.1: names FFh of xAVIC alone"},
    [KNOB_AVIC_LOGICAL_FFH] = {
        "avic-logical-ffh", {"all", "table"},
        "is the logical destination FFh of xAVIC a broadcast, or are its entries of the logical table looked up",
        "APM vol. 2, 15.29.6.1: step 2 comes before logical destinations and asks only for FFh"},
    [KNOB_ERRATUM_1235] = {
        "erratum-1235", {"reorder", "stale-copy"},
        "how an ICR write sees a target as running that is not: IsRunning is read before IRR is set, or "
        "from a copy that lives on",
        "AMD 56323, erratum 1235: body not at hand; Linux commit 8de4a1c8164e"},
    [KNOB_ERRATUM_1235_WRITES] = {
        "erratum-1235-writes", {"2", "1", "4"},
        "how many ICR writes at most use one stale copy",
        "Levitsky 2023: \"for a few times\""},
    [KNOB_ERRATUM_1235_WORLD_SWITCH] = {
        "erratum-1235-world-switch", {"keeps", "drops"},
        "does a stale copy outlive VMRUN and #VMEXIT of its core",
        "AMD 56323, erratum 1235: body not at hand"},
    [KNOB_VAPIC_POST_ORDER] = {
        "vapic-post-order", {"irr-first", "isrun-first", "irr-last"},
        "in which order an AMD IOMMU sets the bit in IRR of a vAPIC, reads IsRun, and notifies: IRR, IsRun, "
        "notification; IsRun, IRR, notification; or IsRun, notification, IRR",
        "AMD IOMMU specification, Guest Virtual APIC: not at hand; Linux relies on the first"},
    [KNOB_IRTE_FETCH] = {
        "irte-fetch", {"at-once", "halves"},
        "does an AMD IOMMU read the 128 bits of a remapping entry at once",
        "AMD IOMMU specification, Interrupt Remapping Tables: not at hand; Linux relies on it"},
    [KNOB_IRTE_GALOGINTR] = {
        "irte-galogintr", {"uncached", "cached"},
        "may an AMD IOMMU use GALogIntr and GAPPIDis of a cached entry, as it does not with IsRun",
        "AMD IOMMU specification, p. 93, does not name them; AMD's architects say it does not (V. Hegde, "
        "2025-04)"},
    [KNOB_DTE_IV_0] = {
        "dte-iv-0", {"forwards", "aborts"},
        "what an AMD IOMMU does with interrupts of a device whose table entry has IV = 0",
        "AMD IOMMU specification, Device Table Entry: not at hand; emulators disagree"},
    [KNOB_AMDVI_ABORTS] = {
        "amdvi-aborts", {"reported", "silent"},
        "does an AMD IOMMU log interrupts that it aborts because IntCtl says so, their index is beyond the "
        "table or their kind is not let through",
        "AMD IOMMU specification, IO_PAGE_FAULT: not at hand; emulators disagree"},
    [KNOB_GAPPI_FILTER] = {
        "gappi-filter", {"precise", "always"},
        "does an AMD IOMMU leave out a GAPPI whenever IRR held a bit before, or never",
        "AMD IOMMU specification, 2.2.5.4: it may be imprecise"},
    [KNOB_COMPLETION_WAIT_DRAINS] = {
        "completion-wait-drains", {"yes", "no"},
        "is COMPLETION_WAIT of an AMD IOMMU complete only when interrupts that used an old entry have left the "
        "unit",
        "AMD IOMMU specification, COMPLETION_WAIT: what it says of interrupts was not at hand"},
};

unsigned knob_values(enum knob which)
{
    unsigned n = 0;
    while (n < 3 && knob_table[which].values[n])
        n++;
    return n;
}

/* The knob whose name these first characters are, or KNOB_COUNT. */
static unsigned find_knob(const char *name, size_t length)
{
    unsigned i = 0;
    while (i < KNOB_COUNT && (strlen(knob_table[i].name) != length ||
                              strncmp(knob_table[i].name, name, length)))
        i++;
    return i;
}

bool knob_set(struct knobs *k, const char *assignment)
{
    size_t length = strcspn(assignment, "=");
    unsigned knob = find_knob(assignment, length);
    if (!assignment[length] || knob == KNOB_COUNT)
        return false;
    for (unsigned v = 0; v < knob_values((enum knob)knob); v++) {
        if (!strcmp(knob_table[knob].values[v], assignment + length + 1)) {
            k->value[knob] = (uint8_t)v;
            return true;
        }
    }
    return false;
}

/* Its first 40 characters; files may hold any, and a message is one line. */
static void quote(char quoted[41], const char *text, size_t length)
{
    size_t n = length < 40 ? length : 40;
    for (size_t i = 0; i < n; i++)
        quoted[i] = (unsigned char)text[i] < ' ' || text[i] == 0x7f ? '?' : text[i];
    quoted[n] = 0;
}

void knob_complain(const char *assignment, char *text, size_t size)
{
    const char *names[KNOB_COUNT];
    char name[41], value[41], advice[250];
    size_t length = strcspn(assignment, "=");
    unsigned knob = find_knob(assignment, length);
    quote(name, assignment, length);
    if (knob < KNOB_COUNT) {
        const char *given = assignment + length + (assignment[length] == '=');
        quote(value, given, strlen(given));
        nearest_advise(advice, sizeof advice, value, knob_table[knob].values,
                       knob_values((enum knob)knob));
        snprintf(text, size, "no value '%s' of knob %s: %s", value, name, advice);
        return;
    }
    for (unsigned i = 0; i < KNOB_COUNT; i++)
        names[i] = knob_table[i].name;
    nearest_advise(advice, sizeof advice, name, names, KNOB_COUNT);
    snprintf(text, size, "no knob '%s': %s", name, advice);
}
