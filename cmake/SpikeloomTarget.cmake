# SPDX-License-Identifier: Apache-2.0
include(GNUInstallDirs)

# Settings of all targets of this project: C++ standard, warnings, strict arithmetic, sanitizers.
function(spikeloom_target target)
  # Not a later standard, because SystemC only links with C++17 programs (FindSystemC.cmake).
  target_compile_features(${target} PUBLIC cxx_std_17)
  set_target_properties(${target} PROPERTIES
    CXX_STANDARD 17 CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF)
  # No fused multiply-adds, because the layers on the host must round identically on every machine.
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wshadow -Wconversion -ffp-contract=off)
  # Names the build in keys of what is kept for later runs (base/build_id.h).
  target_link_options(${target} PRIVATE LINKER:--build-id)
  if(CMAKE_UNITY_BUILD)
    # GCC takes the sources in a batch for headers, which should not use an unnamed namespace.
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
  endif()
  if(SPIKELOOM_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(NOT SPIKELOOM_AVX512)
    target_compile_definitions(${target} PRIVATE SPIKELOOM_NO_AVX512)
  endif()
  if(SPIKELOOM_SANITIZE)
    target_compile_options(${target} PUBLIC -fsanitize=address,undefined -fno-sanitize-recover=all
                                            -fno-omit-frame-pointer)
    if(SPIKELOOM_SANITIZE_EXCEPT)
      target_compile_options(${target} PUBLIC -fno-sanitize=${SPIKELOOM_SANITIZE_EXCEPT})
    endif()
    # GCC 12 warns wrongly about the instrumented std::function in std::regex.
    target_compile_options(${target} PRIVATE -Wno-maybe-uninitialized)
    target_link_options(${target} PUBLIC -fsanitize=address,undefined)
  endif()
  if(SPIKELOOM_COVERAGE)
    target_compile_options(${target} PUBLIC --coverage -fprofile-abs-path)
    # Processes of workers end with _exit, too (base/coverage_exit.cpp).
    target_link_options(${target} PUBLIC --coverage LINKER:--wrap=_exit)
  endif()
  if(SPIKELOOM_FUZZ)
    # Also counts edges for libFuzzer, which only the fuzzer itself links.
    target_compile_options(${target} PUBLIC -fsanitize=fuzzer-no-link,address,undefined
                                            -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(${target} PUBLIC -fsanitize=address,undefined)
  endif()
endfunction()

# Headers have the same path in the sources and in an installation: "spikeloom/arch/packet.h".
foreach(folder base arch converter mapper hw cosim sim explore)
  file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/include/spikeloom")
  file(CREATE_LINK "${PROJECT_SOURCE_DIR}/${folder}"
       "${PROJECT_BINARY_DIR}/include/spikeloom/${folder}" SYMBOLIC)
endforeach()

# spikeloom_library(name sources...): defines the library of a folder.
function(spikeloom_library name)
  add_library(spikeloom_${name} STATIC ${ARGN})
  add_library(spikeloom::${name} ALIAS spikeloom_${name})
  target_include_directories(spikeloom_${name} PUBLIC
    "$<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>"
    "$<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/generated/include>"
    "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
  # Also usable in shared libraries, such as bindings. Calls between functions of one library stay
  # direct.
  set_target_properties(spikeloom_${name} PROPERTIES
    EXPORT_NAME ${name} POSITION_INDEPENDENT_CODE ON)
  spikeloom_target(spikeloom_${name})
  target_compile_options(spikeloom_${name} PRIVATE -fno-semantic-interposition)
endfunction()

# Options of code that runs so rarely that it takes longer to compile than it will ever run, such as what
# a command does once.
set(SPIKELOOM_RARELY_RUN "$<$<CONFIG:Release,RelWithDebInfo>:-O1>")

# spikeloom_precompile(TARGET headers...): precompiles external headers that most sources of the target
# include and that take long to parse. A unity build, which parses them once or twice, has no use for it.
function(spikeloom_precompile target)
  if(SPIKELOOM_PRECOMPILE AND NOT CMAKE_UNITY_BUILD)
    target_precompile_headers(${target} PRIVATE ${ARGN})
  endif()
endfunction()
