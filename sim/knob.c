/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/knob.h"

#include <string.h>

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
        "SDM vol. 3, 26.6.2: silent; Bochs delays it"},
    [KNOB_PIR_DRAIN_ORDER] = {
        "pir-drain-order", {"ascending", "descending"},
        "in which order posted-interrupt processing reads the words of PIR",
        "SDM vol. 3, 29.6: an implementation's choice"},
    [KNOB_PPR_SUBCLASS] = {
        "ppr-subclass", {"tpr", "zero"},
        "PPR[3:0] when TPR and the vector in service have the same class",
        "SDM vol. 3, 10.8.3.1: model specific"},
};

unsigned knob_values(enum knob which)
{
    unsigned n = 0;
    while (n < 3 && knob_table[which].values[n])
        n++;
    return n;
}

bool knob_set(struct knobs *k, const char *assignment)
{
    const char *equals = strchr(assignment, '=');
    if (!equals)
        return false;
    size_t length = (size_t)(equals - assignment);
    for (int i = 0; i < KNOB_COUNT; i++) {
        if (strlen(knob_table[i].name) != length ||
            strncmp(knob_table[i].name, assignment, length))
            continue;
        for (unsigned v = 0; v < knob_values((enum knob)i); v++) {
            if (!strcmp(knob_table[i].values[v], equals + 1)) {
                k->value[i] = (uint8_t)v;
                return true;
            }
        }
    }
    return false;
}
