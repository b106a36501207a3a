/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What has come into IRR before the vCPU was put is looked at by nobody: no EVENT.
 */
#include "svm_nested/svm_nested.h"
#include "apicv/no_event.h"
