/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CPUID of the AMD profile: the vendor, SVM, and leaf 8000_000A (APM vol. 3, appendix E). */
#include "svm/internal.h"

enum {
    LEAF_BASIC = 0,
    LEAF_SIGNATURE = 1,
    ECX_SVM = 1 << 2,
    SVM_REVISION = 1,
};
#define LEAF_EXTENDED 0x80000000u
#define LEAF_EXTENDED_FEATURES 0x80000001u
#define LEAF_ADDRESS_SIZES 0x80000008u
#define LEAF_SVM 0x8000000au

static void vendor(struct cpuid_registers *r)
{
    r->b = 0x68747541; /* "Auth" */
    r->d = 0x69746e65; /* "enti" */
    r->c = 0x444d4163; /* "cAMD" */
}

void svm_cpuid(void *virt, struct core *c, uint32_t leaf, struct cpuid_registers *r)
{
    const struct svm *s = virt;
    (void)c;
    switch (leaf) {
    case LEAF_BASIC:
        vendor(r);
        break;
    case LEAF_SIGNATURE:
        r->a = s->signature;
        break;
    case LEAF_EXTENDED:
        vendor(r);
        r->a = LEAF_SVM;
        break;
    case LEAF_EXTENDED_FEATURES:
        r->c = ECX_SVM;
        break;
    case LEAF_ADDRESS_SIZES:
        r->a = SVM_PHYSICAL_BITS | 48u << 8;
        break;
    case LEAF_SVM:
        *r = (struct cpuid_registers){SVM_REVISION, SVM_ASIDS, s->features.ecx, s->features.edx};
        break;
    default:
        break;
    }
}
