/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's HLT has exited; see block.h.
 */
#include "block.h"

int kvm_emulate_halt(struct kvm_vcpu *vcpu)
{
    skip_emulated_instruction(vcpu);
    to_block(vcpu)->mp_state = KVM_MP_STATE_HALTED;
    return 1;
}
