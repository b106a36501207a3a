/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lapic/vapic.h"

unsigned vapic_highest(struct core *c, uint64_t bits, const char *name)
{
    for (unsigned word = 8; word-- > 0;) {
        uint32_t value = (uint32_t)core_hw_read(c, bits + 16 * word, 4);
        if (!value)
            continue;
        machine_say(c->m, c->cpu->virt_ops->steps, "%s[%u] = %#x", name, word, value);
        return word * 32 + 31 - (unsigned)__builtin_clz(value);
    }
    machine_say(c->m, c->cpu->virt_ops->steps, "%s is empty", name);
    return 0;
}

void vapic_change_bit(struct core *c, uint64_t bits, unsigned vector, bool set, const char *name)
{
    uint64_t bit = 1ull << (vector & 31);
    core_hw_rmw(c, bits + vapic_word(vector), 4, ~bit, set ? bit : 0);
    machine_say(c->m, c->cpu->virt_ops->steps, "%s bit %#x = %d", name, vector, set);
}
