/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * After AMD's revision guides as far as they are quoted in public: 56323 (family 17h models 30h to 3Fh), and what
 * Linux and illumos do about them. Families that Linux treats as affected count as affected. What hardware does that no
 * guide lists is here as well, if software works around it.
 *
 * The delivery status that some processors leave set at exit 401h is the knob avic-icr-busy, as nobody knows which.
 */
#include "svm/errata.h"

#include <string.h>

#include "svm/svm.h"

const struct erratum errata_table[] = {
    {ERRATUM_1235, SVM_AVIC, "1235",
     "Guest with AVIC enabled may fail to process IPI until guest is re-scheduled",
     "17h models 30h to 3Fh by the guide; all of 17h and Hygon 18h by Linux",
     "an ICR write sees a target as running that is not: it sets IRR and rings, and there is no exit 401h",
     "AMD 56323; Linux commits 8de4a1c8164e, 9a12fa5213cf",
     {KNOB_ERRATUM_1235, KNOB_ERRATUM_1235_WRITES, KNOB_ERRATUM_1235_WORLD_SWITCH, KNOB_COUNT}},
    {ERRATUM_X2AVIC_LVTT, SVM_X2AVIC, "x2avic-lvtt",
     "A write of the timer's LVT entry that chooses TSC-deadline mode, by x2AVIC",
     "those with x2AVIC (19h from model 10h, 1Ah)",
     "#GP in the guest where the table says trap",
     "Linux, arch/x86/kvm/svm/avic.c: it keeps that register intercepted",
     {KNOB_COUNT}},
};
const size_t errata_count = sizeof errata_table / sizeof *errata_table;

/* Of Zen 1 and 2 the guide of Rome alone lists #1235. Zen 3 hides AVIC in CPUID, and has it. */
enum { NO_X2AVIC = SVM_X2AVIC | SVM_VNMI | SVM_EXT_LVT_AVIC };
const struct processor processors[] = {
    {"zen1", 0x17, 0x01, NO_X2AVIC, SVM_X2AVIC_EXT, ERRATUM_1235},
    {"zen2", 0x17, 0x31, NO_X2AVIC, SVM_X2AVIC_EXT, ERRATUM_1235},
    {"zen3", 0x19, 0x01, NO_X2AVIC, SVM_X2AVIC_EXT, 0},
    {"zen4", 0x19, 0x11, SVM_EXT_LVT_AVIC, SVM_X2AVIC_EXT, ERRATUM_X2AVIC_LVTT},
    {"zen5", 0x1a, 0x02, 0, 0, ERRATUM_X2AVIC_LVTT},
};
const size_t processors_count = sizeof processors / sizeof *processors;

const struct erratum *errata_find(const char *name)
{
    for (size_t i = 0; i < errata_count; i++)
        if (!strcmp(errata_table[i].name, name))
            return &errata_table[i];
    return NULL;
}

const struct processor *processor_find(const char *name)
{
    for (size_t i = 0; i < processors_count; i++)
        if (!strcmp(processors[i].name, name))
            return &processors[i];
    return NULL;
}
