/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IN and OUT. */
#include "cpu/console.h"
#include "cpu/internal.h"

static const struct footprint nothing;

/* Ports lead nowhere but to the console: writes vanish, reads give ones; both drain (SDM vol. 3,
 * 8.1.2). */
void port_write(struct core *c, const struct insn *in)
{
    uint64_t port = core_operand_read(c, in, 0) & 0xffff;
    uint64_t value = core_operand_read(c, in, 1);
    struct footprint fp;
    footprint_clear(&fp);
    console_next(c->cpu, port, &fp);
    if (!core_point(c, &fp, POINT_BOUNDARY | POINT_DRAINED))
        return;
    machine_say(c->m, STEP_DEVICE, "port %#llx = %#llx", (unsigned long long)port,
                (unsigned long long)value);
    console_write(c->cpu, port, (uint8_t)value);
    core_skip(c, in);
}

/* SDM vol. 1, 3.4.1.1: 32 bits clear the upper half of the register, fewer leave the rest alone. */
void port_read(struct core *c, const struct insn *in)
{
    unsigned size = in->operand[0].size;
    if (!core_point(c, &nothing, POINT_BOUNDARY | POINT_DRAINED))
        return;
    uint64_t kept = size == 4 ? 0 : core_reg(c, UC_X86_REG_RAX);
    core_set_reg(c, UC_X86_REG_RAX, kept | ~0ull >> (64 - 8 * size));
    core_skip(c, in);
}
