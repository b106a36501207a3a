/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SVM on this core; see svm.h. [APM vol. 2, 15.4, 15.30.4]
 */
#include "svm/svm.h"

u8 svm_save_areas[NR_CPUS][PAGE_SIZE] __aligned(PAGE_SIZE);

/* What VMRUN does not save of the host (FS, GS, TR) never changes here, so it is saved once. */
void hardware_enable(unsigned long cpu)
{
    u64 save_area_pa = __pa(svm_save_areas[cpu]);

    wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_SVME);
    wrmsr(MSR_VM_HSAVE_PA, save_area_pa);
    asm volatile("vmsave" : : "a"(save_area_pa) : "memory");
}
