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
# These are archives in front of kvm/logic, so that their functions come first.

get_filename_component(IRQWEAVE_ROOT "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)
set(IRQWEAVE_KVM "${CMAKE_CURRENT_LIST_DIR}")
set(IRQWEAVE_IMAGES "${CMAKE_BINARY_DIR}/images")

set(IRQWEAVE_IMAGE_FLAGS
    -D__KVM_GUEST__ -std=gnu11 -O2 -g -gdwarf-4 -Wall -Wextra -Werror
    -ffreestanding -fno-pic -fno-pie -mcmodel=kernel -mno-red-zone -mgeneral-regs-only
    -fno-stack-protector -fno-asynchronous-unwind-tables -fcf-protection=none
    -fno-jump-tables -fno-tree-vectorize
    "-ffile-prefix-map=${IRQWEAVE_ROOT}/=" "-ffile-prefix-map=${CMAKE_BINARY_DIR}=."
    "-I${IRQWEAVE_KVM}/runtime" "-I${IRQWEAVE_KVM}/logic"
    "-I${IRQWEAVE_KVM}/runtime/sched" "-I${IRQWEAVE_KVM}/logic/block"
    "-I${IRQWEAVE_KVM}/logic/iommu")

set(IRQWEAVE_LINK_FLAGS
    -m elf_x86_64 -static -nostdlib -z max-page-size=4096 -z noexecstack --build-id=none)

# Compiles one source; its object goes to the variable that `object_out` names.
function(irqweave_image_object source object_out)
    file(RELATIVE_PATH relative "${IRQWEAVE_ROOT}" "${source}")
    set(object "${IRQWEAVE_IMAGES}/objects/${relative}.o")
    get_filename_component(directory "${object}" DIRECTORY)
    file(MAKE_DIRECTORY "${directory}")
    add_custom_command(
        OUTPUT "${object}"
        COMMAND "${CMAKE_C_COMPILER}" ${IRQWEAVE_IMAGE_FLAGS} -MD -MF "${object}.d"
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

# The archive of a folder of kvm, once; its path goes to the variable that `archive_out` names.
function(irqweave_image_archive folder archive_out)
    string(REPLACE "/" "_" name "${folder}")
    set(archive "${IRQWEAVE_IMAGES}/libkvm_${name}.a")
    set(${archive_out} "${archive}" PARENT_SCOPE)
    if(TARGET image-archive-${name})
        return()
    endif()
    irqweave_image_folder("${IRQWEAVE_KVM}/${folder}" objects)
    add_custom_command(
        OUTPUT "${archive}"
        COMMAND "${CMAKE_COMMAND}" -E rm -f "${archive}"
        COMMAND "${CMAKE_AR}" rcsD "${archive}" ${objects}
        DEPENDS ${objects}
        COMMENT "Image archive libkvm_${name}.a"
        VERBATIM)
    add_custom_target(image-archive-${name} DEPENDS "${archive}")
endfunction()

# Folders of kvm that the images of a scenario take functions from before they turn to kvm/logic.
function(irqweave_image_uses scenario)
    set_property(GLOBAL PROPERTY IRQWEAVE_USES_${scenario} "${ARGN}")
endfunction()

# What all images share, once: the objects of kvm/runtime and the archive of kvm/logic.
function(irqweave_image_common)
    if(TARGET image-common)
        return()
    endif()
    irqweave_image_folder("${IRQWEAVE_KVM}/runtime" runtime)
    irqweave_image_archive(logic archive)
    add_custom_target(image-common DEPENDS ${runtime})
    add_dependencies(image-common image-archive-logic)
    set_property(GLOBAL PROPERTY IRQWEAVE_RUNTIME_OBJECTS "${runtime}")
    add_custom_target(images ALL)
endfunction()

# The objects of a scenario that its variants share, once.
function(irqweave_image_scenario scenario object_out)
    irqweave_image_object("${IRQWEAVE_ROOT}/scenarios/${scenario}/threads.c" object)
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

    set(source "${IRQWEAVE_ROOT}/scenarios/${scenario}/${variant}.c")
    get_property(uses GLOBAL PROPERTY IRQWEAVE_USES_${scenario})
    set(archives)
    foreach(folder IN LISTS uses ITEMS logic)
        irqweave_image_archive("${folder}" archive)
        list(APPEND archives "${archive}")
    endforeach()
    set(image "${IRQWEAVE_IMAGES}/${scenario}/${variant}.elf")
    set(script "${IRQWEAVE_KVM}/runtime/image.ld")
    irqweave_image_object("${source}" replacement)
    file(MAKE_DIRECTORY "${IRQWEAVE_IMAGES}/${scenario}")
    add_custom_command(
        OUTPUT "${image}"
        COMMAND sh "${IRQWEAVE_KVM}/check-variant.sh" "${CMAKE_NM}" "${replacement}" "${source}"
                ${archives}
        COMMAND "${CMAKE_LINKER}" ${IRQWEAVE_LINK_FLAGS} -T "${script}" -o "${image}"
                ${runtime} "${threads}" "${replacement}" ${archives}
        DEPENDS ${runtime} "${threads}" "${replacement}" ${archives} "${script}"
                "${IRQWEAVE_KVM}/check-variant.sh"
        COMMENT "Image ${scenario}:${variant}"
        VERBATIM)
    add_custom_target(image-${scenario}-${variant} DEPENDS "${image}")
    add_dependencies(image-${scenario}-${variant} image-common image-${scenario})
    add_dependencies(images image-${scenario}-${variant})
endfunction()
