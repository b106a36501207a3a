/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An access to the APIC's page that exits: the instruction is emulated; see kvm_lapic.h.
 * [SDM 29.4.1; table 27-6]
 *
 * The code is the guest's, read at its RIP: guest and host share their page tables. Decoded are MOVs of
 * 32 bits between a register or a constant and memory, which is what the manual allows on this page;
 * the processor says where they go, so that the address form does not matter.
 */
#include "kvm_lapic.h"

#define ACCESS_READ     0x0000
#define ACCESS_WRITE    0x1000
#define ACCESS_TYPE     0xf000

#define OPCODE_STORE        0x89    /* MOV r/m32, r32 */
#define OPCODE_LOAD         0x8b    /* MOV r32, r/m32 */
#define OPCODE_STORE_IMM    0xc7    /* MOV r/m32, imm32: the last four bytes */
#define REX                 0x40    /* up to 4F */
#define REX_W               0x08
#define REX_R               0x04
#define GPR_RSP             4

struct mov {
    u8 opcode, gpr;
    u32 immediate;
};

static void refuse(const u8 *code)
{
    note_value("APIC access of the guest by an instruction that is not a MOV of 32 bits: bytes %#x",
               code[0] | code[1] << 8 | code[2] << 16);
    BUG();
}

static struct mov decode(const u8 *code, u32 length)
{
    const u8 *at = code;
    u8 rex = (*at & 0xf0) == REX ? *at++ : 0;
    struct mov mov = { .opcode = at[0], .gpr = (at[1] >> 3 & 7) | (rex & REX_R ? 8 : 0) };

    if ((rex & REX_W) || mov.gpr == GPR_RSP)
        refuse(code);
    for (u32 i = 0; mov.opcode == OPCODE_STORE_IMM && i < 4; i++)
        mov.immediate |= (u32)code[length - 4 + i] << 8 * i;
    return mov;
}

static void store(struct kvm_vcpu *vcpu, u32 offset, const struct mov *mov, const u8 *code)
{
    if (mov->opcode != OPCODE_STORE && mov->opcode != OPCODE_STORE_IMM)
        refuse(code);
    apic_mmio_write(vcpu_to_lapic(vcpu), offset,
                    mov->opcode == OPCODE_STORE ? vcpu->gprs[mov->gpr] : mov->immediate);
}

int handle_apic_access(struct kvm_vcpu *vcpu)
{
    u32 qualification = vmcs_readl(EXIT_QUALIFICATION), offset = qualification & 0xfff;
    const u8 *code = (const u8 *)vmcs_readl(GUEST_RIP);
    struct mov mov = decode(code, vmcs_read32(VM_EXIT_INSTRUCTION_LEN));

    if (offset & 0xf) {
        note_value("APIC access of the guest beside a register, offset %#x", offset);
        BUG();
    }
    if ((qualification & ACCESS_TYPE) == ACCESS_WRITE)
        store(vcpu, offset, &mov, code);
    else if ((qualification & ACCESS_TYPE) != ACCESS_READ || mov.opcode != OPCODE_LOAD)
        refuse(code);
    else
        vcpu->gprs[mov.gpr] = apic_mmio_read(vcpu_to_lapic(vcpu), offset);
    skip_emulated_instruction(vcpu);
    return 1;
}
