/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A reason against APICv comes or goes; see apicv.h.
 */
#include "apicv.h"

void kvm_set_or_clear_apicv_inhibit(int reason, bool set)
{
    region_enter(REGION_APICV);
    apicv_lock_write(&kvm_apicv.lock);
    __kvm_set_or_clear_apicv_inhibit(reason, set);
    apicv_unlock_write(&kvm_apicv.lock);
    region_leave(REGION_APICV);
}
