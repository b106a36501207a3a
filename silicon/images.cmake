# SPDX-License-Identifier: GPL-2.0-or-later
#
# Check programs: silicon/check/NAME.c, each an image that irqweave loads (NAME.elf) and the disk
# that boots the same bytes elsewhere (NAME.disk), in ${CMAKE_BINARY_DIR}/silicon.
#
# Entry code and descriptor tables are those of all images, VM entry that of kvm/logic, with
# kvm/logic/lapic in front of it;
# the files of IRQWEAVE_CHECK_SHARED are what the programs share. The target `checks` builds them.

set(IRQWEAVE_SILICON "${CMAKE_CURRENT_LIST_DIR}")
set(IRQWEAVE_CHECKS "${CMAKE_BINARY_DIR}/silicon")
set(IRQWEAVE_CHECK_SHARED apic_program apic_program_events apic_program_priority apic_program_timer
    console guest guest_run program random vapic)

function(irqweave_check name shared archive)
    irqweave_image_object("${IRQWEAVE_SILICON}/check/${name}.c" object)
    set(image "${IRQWEAVE_CHECKS}/${name}.elf")
    set(disk "${IRQWEAVE_CHECKS}/${name}.disk")
    set(script "${IRQWEAVE_KVM}/runtime/image.ld")
    add_custom_command(
        OUTPUT "${image}"
        COMMAND "${CMAKE_LINKER}" ${IRQWEAVE_LINK_FLAGS} -T "${script}" -o "${image}"
                ${shared} "${object}" "${archive}"
        DEPENDS ${shared} "${object}" "${archive}" "${script}"
        COMMENT "Check ${name}"
        VERBATIM)
    set(sector "${IRQWEAVE_IMAGES}/objects/silicon/boot.S.o")
    add_custom_command(
        OUTPUT "${disk}"
        COMMAND sh "${IRQWEAVE_SILICON}/disk.sh" "${image}" "${sector}"
                "${IRQWEAVE_SILICON}/boot.ld" "${disk}"
        DEPENDS "${image}" "${sector}" "${IRQWEAVE_SILICON}/boot.ld" "${IRQWEAVE_SILICON}/disk.sh"
        COMMENT "Disk ${name}"
        VERBATIM)
    add_custom_target(check-${name} DEPENDS "${disk}")
    add_dependencies(check-${name} image-common check-common)
    add_dependencies(checks check-${name})
endfunction()

function(irqweave_checks)
    irqweave_image_common()
    irqweave_image_archive(archive logic/lapic logic)
    get_property(shared GLOBAL PROPERTY IRQWEAVE_RUNTIME_OBJECTS)
    list(FILTER shared INCLUDE REGEX "/(entry\\.S|desc\\.c|apic\\.c)\\.o$")
    foreach(name IN LISTS IRQWEAVE_CHECK_SHARED)
        irqweave_image_object("${IRQWEAVE_SILICON}/check/${name}.c" object)
        list(APPEND shared "${object}")
    endforeach()
    irqweave_image_object("${IRQWEAVE_SILICON}/boot.S" sector)
    add_custom_target(check-common DEPENDS ${shared} "${sector}")
    add_custom_target(checks)
    file(MAKE_DIRECTORY "${IRQWEAVE_CHECKS}")
    file(GLOB programs CONFIGURE_DEPENDS "${IRQWEAVE_SILICON}/check/*.c")
    foreach(program IN LISTS programs)
        get_filename_component(name "${program}" NAME_WE)
        if(NOT name IN_LIST IRQWEAVE_CHECK_SHARED)
            irqweave_check(${name} "${shared}" "${archive}")
        endif()
    endforeach()
endfunction()
