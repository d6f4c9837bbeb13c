# SPDX-License-Identifier: Apache-2.0
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

# spikeloom_library(name sources...): one library a folder, included from the repository's root.
function(spikeloom_library name)
  add_library(spikeloom_${name} STATIC ${ARGN})
  add_library(spikeloom::${name} ALIAS spikeloom_${name})
  target_include_directories(spikeloom_${name} PUBLIC "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>"
                                                      "$<INSTALL_INTERFACE:include/spikeloom>")
  # Fit for shared libraries too, such as bindings, whose calls among our own functions stay direct.
  set_target_properties(spikeloom_${name} PROPERTIES
    EXPORT_NAME ${name} POSITION_INDEPENDENT_CODE ON)
  spikeloom_target(spikeloom_${name})
  target_compile_options(spikeloom_${name} PRIVATE -fno-semantic-interposition)
endfunction()
