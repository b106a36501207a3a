/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * EVENTINJ, and EXITINTINFO when the delivery of an event ends in #VMEXIT (APM vol. 2, 15.7.2, 15.20).
 *
 * Injection asks neither IF nor TPR nor GIF nor the shadow, and intercepts do not see the event itself, only what
 * its delivery raises.
 */
#include "svm/internal.h"

static_assert(DELIVER_EXTERNAL == (int)EVENT_TYPE_EXTERNAL && DELIVER_NMI == (int)EVENT_TYPE_NMI &&
                  DELIVER_EXCEPTION == (int)EVENT_TYPE_EXCEPTION &&
                  DELIVER_SOFTWARE == (int)EVENT_TYPE_SOFTWARE,
              "cores number events as SVM does");

/* 15.20: INT n, and #BP and #OF, return behind the instruction, which nRIP names where it is offered. */
static uint64_t return_rip(const struct svm *s, const struct vmcb_copy *g, unsigned type, unsigned vector)
{
    bool trap = type == EVENT_TYPE_SOFTWARE ||
                (type == EVENT_TYPE_EXCEPTION && (vector == VECTOR_BP || vector == VECTOR_OF));
    return trap && svm_offers(s, SVM_NRIPS) ? vmcb_get(g, VMCB_NRIP) : vmcb_get(g, VMCB_RIP);
}

/* 15.21.10: with V_NMI_ENABLE the injection masks virtual NMIs; 15.20: without it nothing. */
static void mask_nmis(struct svm *s, struct core *c)
{
    struct vmcb_copy *g = svm_current(s, c);
    if (vmcb_control(g, V_NMI_ENABLE))
        vmcb_set(g, VMCB_INT_CTL, vmcb_get(g, VMCB_INT_CTL) | V_NMI_MASK);
}

void svm_inject(struct svm *s, struct core *c, const struct vmcb_copy *g)
{
    uint32_t info = (uint32_t)vmcb_get(g, VMCB_EVENT_INJ);
    unsigned type = info >> 8 & 7, vector = info & 0xff;
    if (!(info & EVENT_VALID))
        return;
    if (type == EVENT_TYPE_NMI) {
        vector = VECTOR_NMI; /* 15.20: whatever the field says */
        mask_nmis(s, c);
    }
    machine_say(c->m, STEP_DELIVER, "injects vector %#x, type %u", vector, type);
    core_deliver_event(c, &(struct delivery){
                              .vector = (uint8_t)vector,
                              .type = (uint8_t)type,
                              .has_error = !!(info & EVENT_HAS_ERROR),
                              .error = (uint32_t)vmcb_get(g, VMCB_EVENT_INJ_ERROR),
                              .return_rip = return_rip(s, g, type, vector),
                          });
}

/* INT3 and INTO are exceptions here. */
static unsigned event_type(const struct delivery *d)
{
    return d->type > DELIVER_SOFTWARE ? (unsigned)EVENT_TYPE_EXCEPTION : d->type;
}

/* 15.7.3: a double fault that is intercepted, too, leaves the event before it. 15.21.10: an NMI whose delivery
 * ends so masks nothing. */
uint32_t svm_exit_int_info(struct svm *s, struct core *c, uint32_t *error)
{
    const struct delivery *d = &c->exec.delivering;
    struct vmcb_copy *g = svm_current(s, c);
    uint32_t info = 0;
    *error = 0;
    if (d->valid) {
        info = EVENT_VALID | event_type(d) << 8 | (d->has_error ? EVENT_HAS_ERROR : 0) | d->vector;
        *error = d->error;
        machine_say(c->m, STEP_SVM, "during the delivery of vector %#x", d->vector);
    }
    if (d->valid && d->type == DELIVER_NMI && vmcb_control(g, V_NMI_ENABLE))
        vmcb_set(g, VMCB_INT_CTL, vmcb_get(g, VMCB_INT_CTL) & ~V_NMI_MASK);
    c->exec.delivering.valid = 0;
    return info;
}
