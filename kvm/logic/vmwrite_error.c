/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A VMWRITE that failed, out of line because there are many of them; see vmcs.h.
 */
#include "vmcs.h"

void vmwrite_error(unsigned long field)
{
    note_value("VMWRITE failed, field %#x", field);
    WARN("VMWRITE failed");
}
