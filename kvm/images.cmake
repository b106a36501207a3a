# SPDX-License-Identifier: GPL-2.0-or-later
#
# Images: the code under test, compiled freestanding for the simulated cores and for silicon.
#
#     include(kvm/images.cmake)
#     irqweave_image(posted-delivery v1)
#
# builds ${CMAKE_BINARY_DIR}/images/posted-delivery/v1.elf from kvm/runtime, kvm/logic and
# scenarios/posted-delivery/{threads,v1}.c, as target image-posted-delivery-v1; the target `images`
# builds them all. The flags are the images' own: nothing of CMAKE_C_FLAGS gets in, no sanitizer and
# no optimisation of the host build, so that an image is the same bytes in each preset and each
# directory.
#
# A variant replaces functions of kvm/logic, which is an archive: a member whose function the
# variant defines is not pulled in. A scenario may ask for more folders of kvm in its image.cmake:
#
#     irqweave_image_uses(posted-block logic/block runtime/sched)
#
# A file there takes the place of that of the same name in kvm/logic. Functions of the scenario's own that variants
# replace are in its folder logic/, which comes before those.

get_filename_component(IRQWEAVE_ROOT "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)
set(IRQWEAVE_KVM "${CMAKE_CURRENT_LIST_DIR}")
set(IRQWEAVE_IMAGES "${CMAKE_BINARY_DIR}/images")

set(IRQWEAVE_IMAGE_FLAGS
    -D__KVM_GUEST__ -std=gnu11 -O2 -g -gdwarf-4 -Wall -Wextra -Werror
    -ffreestanding -fno-pic -fno-pie -mcmodel=kernel -mno-red-zone -mgeneral-regs-only
    -fno-stack-protector -fno-asynchronous-unwind-tables -fcf-protection=none
    -fno-jump-tables -fno-tree-vectorize
    "-ffile-prefix-map=${IRQWEAVE_ROOT}/=" "-ffile-prefix-map=${CMAKE_BINARY_DIR}=."
    "-I${IRQWEAVE_KVM}/runtime" "-I${IRQWEAVE_KVM}/logic")
file(GLOB folders CONFIGURE_DEPENDS LIST_DIRECTORIES true "${IRQWEAVE_KVM}/runtime/*" "${IRQWEAVE_KVM}/logic/*")
foreach(folder IN LISTS folders)
    if(IS_DIRECTORY "${folder}")
        list(APPEND IRQWEAVE_IMAGE_FLAGS "-I${folder}")
    endif()
endforeach()

set(IRQWEAVE_LINK_FLAGS
    -m elf_x86_64 -static -nostdlib -z max-page-size=4096 -z noexecstack --build-id=none)

# Compiles one source; its object goes to the variable that `object_out` names.
function(irqweave_image_object source object_out)
    file(RELATIVE_PATH relative "${IRQWEAVE_ROOT}" "${source}")
    set(mapped)
    if(relative MATCHES "^\\.\\.") # of a scenario outside the tree: named as if it were in its folder's folder
        get_filename_component(folder "${source}" DIRECTORY)
        get_filename_component(above "${folder}" DIRECTORY)
        file(RELATIVE_PATH relative "${above}" "${source}")
        set(mapped "-ffile-prefix-map=${above}/=")
        string(PREPEND relative "outside/")
    endif()
    set(object "${IRQWEAVE_IMAGES}/objects/${relative}.o")
    get_filename_component(directory "${object}" DIRECTORY)
    file(MAKE_DIRECTORY "${directory}")
    add_custom_command(
        OUTPUT "${object}"
        COMMAND "${CMAKE_C_COMPILER}" ${IRQWEAVE_IMAGE_FLAGS} ${mapped} -MD -MF "${object}.d"
                -c "${source}" -o "${object}"
        DEPENDS "${source}"
        DEPFILE "${object}.d"
        WORKING_DIRECTORY "${CMAKE_BINARY_DIR}"
        COMMENT "Image object ${relative}"
        VERBATIM)
    set(${object_out} "${object}" PARENT_SCOPE)
endfunction()

# All sources of one folder; their objects go to the variable that `objects_out` names.
function(irqweave_image_folder folder objects_out)
    file(GLOB sources CONFIGURE_DEPENDS "${folder}/*.c" "${folder}/*.S")
    set(objects)
    foreach(source IN LISTS sources)
        irqweave_image_object("${source}" object)
        list(APPEND objects "${object}")
    endforeach()
    set(${objects_out} "${objects}" PARENT_SCOPE)
endfunction()

# The archive of folders, once; its path goes to the variable that `archive_out` names. Of files with the same name
# the one in the first of the folders counts. Folders of kvm are relative to it; one that is not is FOLDER/logic of a scenario.
function(irqweave_image_archive archive_out)
    set(names)
    foreach(folder IN LISTS ARGN)
        if(IS_ABSOLUTE "${folder}")
            get_filename_component(above "${folder}" DIRECTORY)
            get_filename_component(above "${above}" NAME)
            set(folder "of_${above}")
        endif()
        list(APPEND names "${folder}")
    endforeach()
    string(REPLACE "/" "_" name "${names}")
    string(REPLACE ";" "-" name "${name}")
    set(archive "${IRQWEAVE_IMAGES}/libkvm_${name}.a")
    set(${archive_out} "${archive}" PARENT_SCOPE)
    if(TARGET image-archive-${name})
        return()
    endif()
    set(members)
    set(names)
    foreach(folder IN LISTS ARGN)
        get_filename_component(folder "${folder}" ABSOLUTE BASE_DIR "${IRQWEAVE_KVM}")
        irqweave_image_folder("${folder}" objects)
        foreach(object IN LISTS objects)
            get_filename_component(file "${object}" NAME)
            if(NOT file IN_LIST names)
                list(APPEND names "${file}")
                list(APPEND members "${object}")
            endif()
        endforeach()
    endforeach()
    add_custom_command(
        OUTPUT "${archive}"
        COMMAND "${CMAKE_COMMAND}" -E rm -f "${archive}"
        COMMAND "${CMAKE_AR}" rcsD "${archive}" ${members}
        DEPENDS ${members}
        COMMENT "Image archive libkvm_${name}.a"
        VERBATIM)
    add_custom_target(image-archive-${name} DEPENDS "${archive}")
endfunction()

# Folders of kvm that the images of a scenario take functions from before they turn to kvm/logic.
function(irqweave_image_uses scenario)
    if(NOT scenario STREQUAL IRQWEAVE_SCENARIO_NAME)
        message(FATAL_ERROR "irqweave_image_uses(${scenario} ...): '${IRQWEAVE_SCENARIO_NAME}', the name of this scenario, is right")
    endif()
    foreach(folder IN LISTS ARGN)
        if(NOT IS_DIRECTORY "${IRQWEAVE_KVM}/${folder}")
            message(FATAL_ERROR "no folder kvm/${folder}; one like logic/block or runtime/sched is right")
        endif()
    endforeach()
    set_property(GLOBAL PROPERTY IRQWEAVE_USES_${scenario} "${ARGN}")
endfunction()

# What all images share, once: the objects of kvm/runtime and the archive of kvm/logic.
function(irqweave_image_common)
    if(TARGET image-common)
        return()
    endif()
    irqweave_image_folder("${IRQWEAVE_KVM}/runtime" runtime)
    add_custom_target(image-common DEPENDS ${runtime})
    set_property(GLOBAL PROPERTY IRQWEAVE_RUNTIME_OBJECTS "${runtime}")
    add_custom_target(images ALL)
endfunction()

# The objects of a scenario that its variants share, once.
function(irqweave_image_scenario scenario object_out)
    get_property(folder GLOBAL PROPERTY IRQWEAVE_FOLDER_${scenario})
    irqweave_image_object("${folder}/threads.c" object)
    if(NOT TARGET image-${scenario})
        add_custom_target(image-${scenario} DEPENDS "${object}")
    endif()
    set(${object_out} "${object}" PARENT_SCOPE)
endfunction()

function(irqweave_image scenario variant)
    irqweave_image_common()
    get_property(runtime GLOBAL PROPERTY IRQWEAVE_RUNTIME_OBJECTS)
    get_property(threads GLOBAL PROPERTY IRQWEAVE_THREADS_${scenario})
    if(NOT threads)
        irqweave_image_scenario("${scenario}" threads)
        set_property(GLOBAL PROPERTY IRQWEAVE_THREADS_${scenario} "${threads}")
    endif()

    get_property(folder GLOBAL PROPERTY IRQWEAVE_FOLDER_${scenario})
    set(source "${folder}/${variant}.c")
    get_property(uses GLOBAL PROPERTY IRQWEAVE_USES_${scenario})
    get_property(own GLOBAL PROPERTY IRQWEAVE_OWN_${scenario})
    irqweave_image_archive(archive ${own} ${uses} logic)
    set(image "${IRQWEAVE_IMAGES}/${scenario}/${variant}.elf")
    set(script "${IRQWEAVE_KVM}/runtime/image.ld")
    irqweave_image_object("${source}" replacement)
    file(MAKE_DIRECTORY "${IRQWEAVE_IMAGES}/${scenario}")
    add_custom_command(
        OUTPUT "${image}"
        COMMAND sh "${IRQWEAVE_KVM}/check-variant.sh" "${CMAKE_NM}" "${replacement}" "${source}"
                "${threads}" ${archive}
        COMMAND "${CMAKE_LINKER}" ${IRQWEAVE_LINK_FLAGS} -T "${script}" -o "${image}"
                ${runtime} "${threads}" "${replacement}" ${archive}
        DEPENDS ${runtime} "${threads}" "${replacement}" "${archive}" "${script}"
                "${IRQWEAVE_KVM}/check-variant.sh"
        COMMENT "Image ${scenario}:${variant}"
        VERBATIM)
    add_custom_target(image-${scenario}-${variant} DEPENDS "${image}")
    add_dependencies(image-${scenario}-${variant} image-common image-${scenario})
    add_dependencies(images image-${scenario}-${variant})
endfunction()

# The scenario in a folder: all its images, and scenario.yaml beside them. The folder may be anywhere.
function(irqweave_scenario folder)
    get_filename_component(scenario "${folder}" NAME)
    set_property(GLOBAL PROPERTY IRQWEAVE_FOLDER_${scenario} "${folder}")
    file(GLOB own CONFIGURE_DEPENDS "${folder}/logic/*.c" "${folder}/logic/*.S") # what comes later counts, too
    if(own)
        set_property(GLOBAL PROPERTY IRQWEAVE_OWN_${scenario} "${folder}/logic")
    endif()
    set(IRQWEAVE_SCENARIO_NAME "${scenario}")
    file(GLOB settings CONFIGURE_DEPENDS "${folder}/image.cmake")
    include("${folder}/image.cmake" OPTIONAL)
    file(GLOB variants CONFIGURE_DEPENDS "${folder}/v*.c")
    foreach(variant IN LISTS variants)
        get_filename_component(variant "${variant}" NAME_WE)
        irqweave_image(${scenario} ${variant})
    endforeach()
    set(copy "${IRQWEAVE_IMAGES}/${scenario}/scenario.yaml")
    add_custom_command(
        OUTPUT "${copy}"
        COMMAND "${CMAKE_COMMAND}" -E copy "${folder}/scenario.yaml" "${copy}"
        DEPENDS "${folder}/scenario.yaml"
        COMMENT "Scenario ${scenario}"
        VERBATIM)
    add_custom_target(scenario-${scenario} ALL DEPENDS "${copy}")
    if(TARGET images)
        add_dependencies(images scenario-${scenario})
    endif()
endfunction()
