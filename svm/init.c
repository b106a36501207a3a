/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * INIT: R_INIT in VM_CR makes #SX of it where it is not intercepted; otherwise SVMDIS is cleared unless it is locked
 * (APM vol. 2, 15.21.8, 15.28, 15.30.1).
 */
#include "lapic/init.h"
#include "svm/internal.h"

bool svm_init_redirected(const struct svm *s, const struct core *c)
{
    return svm_core(s, c)->vm_cr & VM_CR_R_INIT;
}

/* The INIT is pending no longer. */
bool svm_init(void *virt, struct core *c)
{
    struct svm *s = virt;
    struct svm_core *k = svm_core(s, c);
    if (!svm_init_redirected(s, c)) {
        if (!(k->vm_cr & VM_CR_LOCK))
            k->vm_cr &= ~(uint64_t)VM_CR_SVMDIS;
        return false;
    }
    lapic_take_init(s->lapic, c->id);
    machine_say(s->m, STEP_DELIVER, "INIT becomes #SX");
    core_deliver_event(c, &(struct delivery){.vector = VECTOR_SX,
                                             .type = DELIVER_EXCEPTION,
                                             .has_error = 1,
                                             .error = SX_INIT,
                                             .return_rip = c->exec.resume_rip});
    return true;
}
