/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Accesses of devices and units to memory. */
#include "iommu/access.h"

#include "sim/tso.h"

uint64_t device_read(struct machine *m, unsigned context, uint64_t address, unsigned size)
{
    visible_touch(&m->visibility, address, size, false, context);
    return memory_read(&m->memory, address, size);
}

void device_write(struct machine *m, unsigned context, uint64_t address, unsigned size,
                  uint64_t value)
{
    visible_touch(&m->visibility, address, size, true, context);
    tso_write_global(m, address, size, value);
}

void device_record(struct machine *m, uint64_t address, unsigned size, uint64_t value)
{
    if (!m->record)
        return;
    m->record->address = address;
    m->record->size = (uint8_t)size;
    m->record->old = memory_read(&m->memory, address, size);
    m->record->value = value;
}
