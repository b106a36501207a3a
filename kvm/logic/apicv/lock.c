/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * apicv_update_lock; see apicv.h. Readers look for a writer again after they have signed up.
 */
#include "apicv.h"

struct kvm_apicv kvm_apicv;
struct apicv_vcpu apicv_vcpus[NR_VCPUS];

void apicv_lock_write(struct apicv_lock *lock)
{
    while (xchg32(&lock->writer, 1))
        while (READ_ONCE(lock->writer))
            cpu_relax();
    while (READ_ONCE(lock->readers))
        cpu_relax();
}

void apicv_unlock_write(struct apicv_lock *lock)
{
    smp_store_release(&lock->writer, 0);
}

void apicv_lock_read(struct apicv_lock *lock)
{
    for (;;) {
        while (READ_ONCE(lock->writer))
            cpu_relax();
        atomic_inc(&lock->readers);
        if (!READ_ONCE(lock->writer))
            return;
        atomic_dec(&lock->readers);
    }
}

void apicv_unlock_read(struct apicv_lock *lock)
{
    atomic_dec(&lock->readers);
}
