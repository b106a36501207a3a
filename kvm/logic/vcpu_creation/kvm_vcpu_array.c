/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The vCPUs that are there, and what is to be known of each; see vcpu_creation.h.
 */
#include "vcpu_creation/vcpu_creation.h"

struct kvm_vcpu_array kvm_vcpus;
struct vcpu_creation vcpu_creations[NR_VCPUS];
