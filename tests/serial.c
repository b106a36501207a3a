/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Executions without interleaving (sim/serial.h): what they find, and what only a race would show. */
#include <criterion/criterion.h>
#include <string.h>

#include "cpu/program.h"
#include "sim/explore.h"
#include "sim/serial.h"

/* Variables 0 and 1 count; all that is added has to be there when everybody has stopped. */
static bool adds_up(void *context, struct machine *m, char *message, size_t size)
{
    uint64_t sum = memory_read(&m->memory, PROGRAM_DATA, 4);
    (void)context;
    snprintf(message, size, "%llu of 2", (unsigned long long)sum);
    return sum == 2;
}

static struct program *counting(bool wrong)
{
    struct code code[2] = {{.size = 0}, {.size = 0}};
    const struct obligation obligation = {.name = "adds-up", .met = adds_up};
    code_add(&code[0], 0, 1);
    code_end(&code[0]);
    code_add(&code[1], 0, wrong ? 2 : 1);
    code_end(&code[1]);
    struct program *p = program_new(2, code, MEMORY_TSO);
    machine_add_obligation(p->m, &obligation);
    return p;
}

/* Two additions without a lock lose one if they overlap; one after the other they do not. */
Test(serial, a_race_is_not_found)
{
    struct program *p = counting(false);
    struct serial_result serial;
    struct explore_options options = {.algorithm = ALGORITHM_OPTIMAL};
    struct explore_result all;
    serial_explore(p->m, &serial);
    cr_expect_eq(serial.executions, 2, "one for each order of two cores: %u", serial.executions);
    cr_expect_eq(serial.finding.kind, FINDING_NONE, "%s", serial.finding.message);
    cr_expect_eq(serial.bounds, 0);
    explore(p->m, &options, &all);
    cr_expect_eq(all.verdict, VERDICT_VIOLATION);
    explore_result_free(&all);
}

Test(serial, what_is_wrong_by_itself_is_found)
{
    struct program *p = counting(true);
    struct serial_result serial;
    serial_explore(p->m, &serial);
    cr_expect_eq(serial.finding.kind, FINDING_OBLIGATION);
    cr_expect_str_eq(serial.finding.name, "adds-up");
    cr_expect_str_eq(serial.finding.message, "3 of 2");
}

/* v0 = v1 + 1 on one core, v1 = 1 on the other: right if the other comes first, wrong in the one other order, whoever is who. */
static void wrong_in_one_order(unsigned reader)
{
    struct code code[2] = {{.size = 0}, {.size = 0}};
    const struct obligation obligation = {.name = "adds-up", .met = adds_up};
    const uint32_t variable = (uint32_t)PROGRAM_BASE + PROGRAM_DATA;
    struct serial_result serial;
    code_load(&code[reader], 0, 1);
    code_bytes(&code[reader], "\x83\xc0\x01\x89\x04\x25", 6); /* add eax, 1; mov [v0], eax */
    code_bytes(&code[reader], &variable, 4);
    code_end(&code[reader]);
    code_store(&code[1 - reader], 1, 1);
    code_end(&code[1 - reader]);
    struct program *p = program_new(2, code, MEMORY_TSO);
    machine_add_obligation(p->m, &obligation);
    serial_explore(p->m, &serial);
    cr_expect_eq(serial.executions, 2);
    cr_expect_str_eq(serial.finding.message, "1 of 2");
}

Test(serial, every_order_is_tried)
{
    wrong_in_one_order(0);
    wrong_in_one_order(1);
}

/* Core 0 waits for v1, and adds 1 to v0; core 1 reads v0, lets core 0 go on, and stores 1 more: an addition is lost if core 0 goes
 * on at once. (pause; cmp dword [v1], 0; je back) */
Test(serial, who_acts_is_not_interrupted)
{
    struct code code[2] = {{.size = 0}, {.size = 0}};
    const struct obligation obligation = {.name = "adds-up", .met = adds_up};
    const uint32_t v0 = (uint32_t)PROGRAM_BASE + PROGRAM_DATA, v1 = v0 + 8;
    struct serial_result serial;
    code_bytes(&code[0], "\xf3\x90\x83\x3c\x25", 5);
    code_bytes(&code[0], &v1, 4);
    code_bytes(&code[0], "\x00\x74\xf4", 3);
    code_add(&code[0], 0, 1);
    code_end(&code[0]);
    code_load(&code[1], 0, 0);
    code_store(&code[1], 1, 1);
    code_bytes(&code[1], "\x83\xc0\x01\x89\x04\x25", 6); /* add eax, 1; mov [v0], eax */
    code_bytes(&code[1], &v0, 4);
    code_end(&code[1]);
    struct program *p = program_new(2, code, MEMORY_TSO);
    machine_add_obligation(p->m, &obligation);
    serial_explore(p->m, &serial);
    cr_expect_eq(serial.finding.kind, FINDING_NONE, "%s", serial.finding.message);
    cr_expect_eq(serial.bounds, 0);
}
