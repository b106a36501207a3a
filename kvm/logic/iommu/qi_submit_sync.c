/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The invalidation queue, software's end; see iommu.h.
 *
 * Left out: the look at the unit's fault status in each round. A queue at fault is a wait that nobody
 * ends, which the explorer reports as such.
 */
#include "iommu.h"

static void reclaim_free_desc(struct q_inval *qi)
{
    while (qi->desc_status[qi->free_tail] == QI_FREE && qi->free_tail != qi->free_head) {
        qi->free_tail = (qi->free_tail + 1) % QI_LENGTH;
        qi->free_cnt++;
    }
}

/*
 * The descriptors and, behind them, a wait whose status word the unit writes. The lock is given back
 * between two looks at that word, so that others can submit meanwhile; interrupts stay off, or a
 * handler could submit while its core holds the lock.
 */
void qi_submit_sync(struct intel_iommu *iommu, const struct qi_desc *desc, int count)
{
    struct q_inval *qi = &iommu->qi;
    unsigned long flags = local_irq_save();
    int index, wait_index;

    raw_spin_lock(&qi->q_lock);
    index = qi->free_head;
    wait_index = (index + count) % QI_LENGTH;
    for (int i = 0; i < count; i++) {
        qi->desc[(index + i) % QI_LENGTH] = desc[i];
        qi->desc_status[(index + i) % QI_LENGTH] = QI_IN_USE;
    }
    WRITE_ONCE(qi->desc_status[wait_index], QI_IN_USE);
    qi->desc[wait_index] = (struct qi_desc) {
        QI_IWD_STATUS_DATA(QI_DONE) | QI_IWD_STATUS_WRITE | QI_IWD_TYPE,
        __pa(&qi->desc_status[wait_index]),
    };
    qi->free_head = (wait_index + 1) % QI_LENGTH;
    qi->free_cnt -= count + 1;

    dmar_writel(DMAR_IQT_REG, qi->free_head * sizeof(struct qi_desc));
    while (READ_ONCE(qi->desc_status[wait_index]) != QI_DONE) {
        raw_spin_unlock(&qi->q_lock);
        cpu_relax();
        raw_spin_lock(&qi->q_lock);
    }

    for (int i = 0; i <= count; i++)
        WRITE_ONCE(qi->desc_status[(index + i) % QI_LENGTH], QI_FREE);
    reclaim_free_desc(qi);
    raw_spin_unlock(&qi->q_lock);
    local_irq_restore(flags);
}
