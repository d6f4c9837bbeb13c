# SPDX-License-Identifier: Apache-2.0
include(GNUInstallDirs)

# What every target of our own shares: the standard, the warnings, strict arithmetic, sanitizers.
function(spikeloom_target target)
  # No later standard either: SystemC's library serves C++17 programs only (FindSystemC.cmake).
  target_compile_features(${target} PUBLIC cxx_std_17)
  set_target_properties(${target} PROPERTIES
    CXX_STANDARD 17 CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF)
  # No contraction into fused multiply-adds: the host's layers must round the same on every machine.
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wshadow -Wconversion -ffp-contract=off)
  if(SPIKELOOM_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(SPIKELOOM_SANITIZE)
    target_compile_options(${target} PUBLIC -fsanitize=address,undefined -fno-sanitize-recover=all
                                            -fno-omit-frame-pointer)
    # GCC 12 takes the instrumented std::function inside std::regex for uninitialized.
    target_compile_options(${target} PRIVATE -Wno-maybe-uninitialized)
    target_link_options(${target} PUBLIC -fsanitize=address,undefined)
  endif()
endfunction()

# Sources and installations include the headers of libraries alike: "spikeloom/arch/packet.h".
foreach(folder base arch converter mapper hw sim explore)
  file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/include/spikeloom")
  file(CREATE_LINK "${PROJECT_SOURCE_DIR}/${folder}"
       "${PROJECT_BINARY_DIR}/include/spikeloom/${folder}" SYMBOLIC)
endforeach()

# spikeloom_library(name sources...): one library a folder.
function(spikeloom_library name)
  add_library(spikeloom_${name} STATIC ${ARGN})
  add_library(spikeloom::${name} ALIAS spikeloom_${name})
  target_include_directories(spikeloom_${name} PUBLIC
    "$<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>"
    "$<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/generated/include>"
    "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
  # Fit for shared libraries too, such as bindings, whose calls among our own functions stay direct.
  set_target_properties(spikeloom_${name} PROPERTIES
    EXPORT_NAME ${name} POSITION_INDEPENDENT_CODE ON)
  spikeloom_target(spikeloom_${name})
  target_compile_options(spikeloom_${name} PRIVATE -fno-semantic-interposition)
endfunction()

# spikeloom_precompile(TARGET headers...): outside headers that most of its sources include and that
# take long to read.
function(spikeloom_precompile target)
  if(SPIKELOOM_PRECOMPILE)
    target_precompile_headers(${target} PRIVATE ${ARGN})
  endif()
endfunction()
