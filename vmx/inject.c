/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Event injection at VM entry, and IDT-vectoring information when the delivery of an event, injected or
 * not, ends in a VM exit.
 * After the SDM vol. 3, 24.8.3, 24.9.3, 26.5, 27.2.3, 27.2.4.
 *
 * Injection asks neither IF nor priorities, the exception bitmap does not see the event itself, and the
 * local APIC and RVI, SVI and the virtual-APIC page are left alone. It wakes the guest and ends blocking by
 * STI and MOV SS, as each delivery does (26.6.1, 26.6.2).
 */
#include "vmx/internal.h"

static const char *type_name(unsigned type)
{
    switch (type) {
    case DELIVER_EXTERNAL: return "external interrupt";
    case DELIVER_NMI: return "NMI";
    case DELIVER_EXCEPTION: return "exception";
    case DELIVER_SOFTWARE: return "software interrupt";
    case DELIVER_PRIVILEGED: return "privileged software exception";
    default: return "software exception";
    }
}

/* What returns behind an instruction does so by the length that the host gives, not by decoding. */
void vmx_inject(struct vmx *x, struct core *c, const struct vmcs *v)
{
    uint32_t info = (uint32_t)vmcs_get(v, VMCS_ENTRY_INTR_INFO);
    uint64_t length =
        intr_is_software(info) ? vmcs_get(v, VMCS_ENTRY_INSTRUCTION_LENGTH) : 0;
    if (!(info & INTR_VALID))
        return;
    if (intr_type(info) == DELIVER_NMI)
        vmx_block_nmis(x, c);
    machine_say(c->m, STEP_DELIVER, "injects vector %#x, %s", info & 0xff,
                type_name(intr_type(info)));
    core_deliver_event(c, &(struct delivery){
                              .vector = info & 0xff,
                              .type = (uint8_t)intr_type(info),
                              .has_error = !!(info & INTR_HAS_ERROR),
                              .error = (uint32_t)vmcs_get(v, VMCS_ENTRY_EXCEPTION_ERROR),
                              .length = (uint8_t)length,
                              .return_rip = vmcs_get(v, VMCS_GUEST_RIP) + length,
                          });
}

/* 27.2.3: a double fault and a triple fault that exit have not occurred during the delivery of what
 * caused them. */
static bool ends_a_delivery(const struct core *c, const struct vmcs *v)
{
    uint32_t reason = (uint32_t)vmcs_get(v, VMCS_EXIT_REASON);
    uint32_t info = (uint32_t)vmcs_get(v, VMCS_EXIT_INTR_INFO);
    bool double_fault = reason == EXIT_EXCEPTION_NMI && (info & 0xff) == VECTOR_DF;
    return c->exec.delivering.valid && reason != EXIT_TRIPLE_FAULT && !double_fault;
}

void vmx_record_vectoring(struct core *c, struct vmcs *v)
{
    const struct delivery *d = &c->exec.delivering;
    uint64_t info = 0;
    if (ends_a_delivery(c, v)) {
        info = INTR_VALID | (uint32_t)d->type << 8 | d->vector;
        if (d->has_error)
            info |= INTR_HAS_ERROR;
        vmcs_set(v, VMCS_IDT_VECTORING_ERROR, d->error);
        if (d->length)
            vmcs_set(v, VMCS_EXIT_INSTRUCTION_LENGTH, d->length);
        machine_say(c->m, STEP_VMX, "during the delivery of vector %#x", d->vector);
    }
    vmcs_set(v, VMCS_IDT_VECTORING_INFO, info);
    c->exec.delivering.valid = 0;
}
