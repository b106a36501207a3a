/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/step.h"

const char *step_action_name(enum step_action action)
{
    static const char *const names[] = {
        [STEP_NONE] = "none",       [STEP_LOAD] = "load",       [STEP_STORE] = "store",
        [STEP_RMW] = "rmw",         [STEP_FENCE] = "fence",     [STEP_DRAIN] = "drain",
        [STEP_SEND] = "send",       [STEP_ARRIVE] = "arrive",   [STEP_DELIVER] = "deliver",
        [STEP_INTERRUPTS] = "interrupts", [STEP_HALT] = "halt", [STEP_PAUSE] = "pause",
        [STEP_REGISTER] = "register", [STEP_VMX] = "vmx",       [STEP_SVM] = "svm",
        [STEP_DEVICE] = "device",
        [STEP_END] = "end",         [STEP_FINDING] = "finding",
    };
    return names[action];
}
