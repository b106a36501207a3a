/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The simplification that was dropped: word first, request second.
 */
#include "apicv/word_first.h"
