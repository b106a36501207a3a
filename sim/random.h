/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random numbers from a seed, the same on every machine: SplitMix64 (Steele, Lea, Flood, OOPSLA
 * 2014). All there is to a stream is its state, which the caller keeps; a seed is a first state.
 */
#ifndef SIM_RANDOM_H
#define SIM_RANDOM_H

#include <stdint.h>

static inline uint64_t random_next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

/* 0 to limit - 1; no number is more likely than another by more than 2^-32. */
static inline uint32_t random_below(uint64_t *state, uint32_t limit)
{
    return (uint32_t)((random_next(state) >> 32) * limit >> 32);
}

#endif
