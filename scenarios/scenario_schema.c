/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The schema of scenario.yaml, for libcyaml: which keys there are and where their values go. */
#include "scenarios/scenario_internal.h"
#include "sim/knob.h"

#define REQUIRED CYAML_FLAG_DEFAULT
#define OPTIONAL CYAML_FLAG_OPTIONAL
#define OPTIONAL_LIST (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)

static const cyaml_schema_value_t text_schema = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, 80),
};

static const cyaml_schema_value_t vector_schema = {
    CYAML_VALUE_UINT(CYAML_FLAG_DEFAULT, uint8_t),
};

static const cyaml_schema_field_t thread_fields[] = {
    CYAML_FIELD_UINT("cpu", REQUIRED, struct scenario_thread, cpu),
    CYAML_FIELD_STRING_PTR("function", CYAML_FLAG_POINTER, struct scenario_thread, function, 1, 80),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t thread_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct scenario_thread, thread_fields),
};

static const cyaml_schema_field_t msi_fields[] = {
    CYAML_FIELD_UINT("handle", REQUIRED, struct scenario_msi, handle),
    CYAML_FIELD_UINT("count", OPTIONAL, struct scenario_msi, count),
    CYAML_FIELD_UINT("vector", OPTIONAL, struct scenario_msi, vector),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t msi_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct scenario_msi, msi_fields),
};

static const cyaml_strval_t action_names[] = {
    {"assert", LINE_ASSERT},
    {"release", LINE_RELEASE},
    {"pulse", LINE_PULSE},
};
static const cyaml_schema_value_t action_schema = {
    CYAML_VALUE_ENUM(CYAML_FLAG_STRICT, enum line_action, action_names, 3),
};
static const cyaml_schema_field_t line_fields[] = {
    CYAML_FIELD_UINT("pin", REQUIRED, struct scenario_line, pin),
    CYAML_FIELD_SEQUENCE("script", CYAML_FLAG_POINTER, struct scenario_line, script, &action_schema, 1,
                         LINE_SCRIPT_MAX),
    CYAML_FIELD_END,
};

static const cyaml_strval_t entry_names[] = {
    {"lint0", LVT_LINT0}, {"lint1", LVT_LINT1}, {"thermal", LVT_THERMAL}, {"pmc", LVT_PMC}, {"cmci", LVT_CMCI},
};
static const cyaml_schema_field_t local_fields[] = {
    CYAML_FIELD_UINT("cpu", REQUIRED, struct scenario_local, cpu),
    CYAML_FIELD_ENUM("entry", CYAML_FLAG_STRICT, struct scenario_local, entry, entry_names, 5),
    CYAML_FIELD_SEQUENCE("script", CYAML_FLAG_POINTER, struct scenario_local, script, &action_schema, 1,
                         LINE_SCRIPT_MAX),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t timer_fields[] = {
    CYAML_FIELD_UINT("cpu", REQUIRED, struct scenario_timer, cpu),
    CYAML_FIELD_UINT("ticks", OPTIONAL, struct scenario_timer, ticks),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t device_fields[] = {
    CYAML_FIELD_SEQUENCE("posts", OPTIONAL_LIST, struct scenario_device, posts, &vector_schema, 1, 8),
    CYAML_FIELD_SEQUENCE("msi", OPTIONAL_LIST, struct scenario_device, msi, &msi_schema, 1, 8),
    CYAML_FIELD_MAPPING_PTR("line", OPTIONAL_LIST, struct scenario_device, line, line_fields),
    CYAML_FIELD_MAPPING_PTR("local", OPTIONAL_LIST, struct scenario_device, local, local_fields),
    CYAML_FIELD_MAPPING_PTR("apic_timer", OPTIONAL_LIST, struct scenario_device, apic_timer, timer_fields),
    CYAML_FIELD_MAPPING_PTR("vmx_timer", OPTIONAL_LIST, struct scenario_device, vmx_timer, timer_fields),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t device_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct scenario_device, device_fields),
};

static const cyaml_strval_t verdict_names[] = {
    {"safe", VERDICT_SAFE},
    {"violation", VERDICT_VIOLATION},
    {"incomplete", VERDICT_INCOMPLETE}, /* of a sample that finds nothing */
};
static const cyaml_schema_field_t expected_fields[] = {
    CYAML_FIELD_ENUM("tso", CYAML_FLAG_STRICT, struct scenario_expected, tso, verdict_names, 3),
    CYAML_FIELD_ENUM("sc", CYAML_FLAG_STRICT, struct scenario_expected, sc, verdict_names, 3),
    CYAML_FIELD_SEQUENCE("findings", OPTIONAL_LIST, struct scenario_expected, findings,
                         &text_schema, 0, EXPLORE_MAX_FINDINGS),
    CYAML_FIELD_SEQUENCE("depends", OPTIONAL_LIST, struct scenario_expected, depends, &text_schema,
                         0, KNOB_COUNT),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t machine_fields[] = {
    CYAML_FIELD_STRING_PTR("vendor", OPTIONAL_LIST, struct scenario_machine, vendor, 1, 40),
    CYAML_FIELD_STRING_PTR("processor", OPTIONAL_LIST, struct scenario_machine, processor, 1, 40),
    CYAML_FIELD_SEQUENCE("errata", OPTIONAL_LIST, struct scenario_machine, errata, &text_schema, 0, 8),
    CYAML_FIELD_SEQUENCE("without", OPTIONAL_LIST, struct scenario_machine, without, &text_schema, 0, 16),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t variant_fields[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct scenario_variant, name, 1, 40),
    CYAML_FIELD_STRING_PTR("summary", CYAML_FLAG_POINTER, struct scenario_variant, summary, 1, 200),
    CYAML_FIELD_STRING_PTR("image", CYAML_FLAG_POINTER, struct scenario_variant, image, 1, 40),
    CYAML_FIELD_UINT_PTR("cores", OPTIONAL_LIST, struct scenario_variant, cores_given),
    CYAML_FIELD_SEQUENCE("threads", CYAML_FLAG_POINTER, struct scenario_variant, threads,
                         &thread_schema, 1, MACHINE_MAX_CORES),
    CYAML_FIELD_SEQUENCE("devices", OPTIONAL_LIST, struct scenario_variant, devices,
                         &device_schema, 0, MACHINE_MAX_DEVICES),
    CYAML_FIELD_MAPPING("machine", OPTIONAL, struct scenario_variant, machine, machine_fields),
    CYAML_FIELD_SEQUENCE("needs", OPTIONAL_LIST, struct scenario_variant, needs, &text_schema, 0, 16),
    CYAML_FIELD_SEQUENCE("invariants", OPTIONAL_LIST, struct scenario_variant, invariants, &text_schema, 0,
                         MACHINE_MAX_INVARIANTS),
    CYAML_FIELD_UINT("sample", OPTIONAL, struct scenario_variant, sample),
    CYAML_FIELD_MAPPING("expected", REQUIRED, struct scenario_variant, expected, expected_fields),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t variant_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct scenario_variant, variant_fields),
};

static const cyaml_schema_field_t state_fields[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct scenario_state, name, 1, 31),
    CYAML_FIELD_SEQUENCE("values", OPTIONAL_LIST, struct scenario_state, values, &text_schema, 0,
                         64),
    CYAML_FIELD_SEQUENCE("bits", OPTIONAL_LIST, struct scenario_state, bits, &text_schema, 0, 64),
    CYAML_FIELD_BOOL("vectors", OPTIONAL, struct scenario_state, vectors),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t state_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct scenario_state, state_fields),
};

static const cyaml_schema_field_t scenario_fields[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct scenario, name, 1, 40),
    CYAML_FIELD_STRING_PTR("summary", CYAML_FLAG_POINTER, struct scenario, summary, 1, 200),
    CYAML_FIELD_SEQUENCE("invariants", CYAML_FLAG_POINTER, struct scenario, invariants,
                         &text_schema, 0, MACHINE_MAX_INVARIANTS),
    CYAML_FIELD_SEQUENCE("obligations", CYAML_FLAG_POINTER, struct scenario, obligations,
                         &text_schema, 0, MACHINE_MAX_INVARIANTS),
    CYAML_FIELD_SEQUENCE("needs", OPTIONAL_LIST, struct scenario, needs, &text_schema, 0, 16),
    CYAML_FIELD_SEQUENCE("states", OPTIONAL_LIST, struct scenario, states, &state_schema, 0, 64),
    CYAML_FIELD_SEQUENCE("variants", CYAML_FLAG_POINTER, struct scenario, variants,
                         &variant_schema, 1, 200),
    CYAML_FIELD_IGNORE("folder", OPTIONAL),
    CYAML_FIELD_END,
};
const cyaml_schema_value_t scenario_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct scenario, scenario_fields),
};
