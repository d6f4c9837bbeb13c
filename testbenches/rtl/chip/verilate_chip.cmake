# SPDX-License-Identifier: Apache-2.0
# Builds the RTL of a chip as a library for rtl_chip_lockstep, with `verilator --sc`:
#
#   cmake -D NAME=value... -P verilate_chip.cmake
#
# CHIP: the chip file. OUTPUT: the library. WORK: directory for what is between.
# SETTINGS: a file that sets
#   SPIKELOOM: the program. RUNTIME: Verilator's own sources as a library.
#   VERILATOR, VERILATOR_INCLUDE: the program, and its headers.
#   CXX: the compiler. INCLUDE: directories of the headers of this project and of SystemC.
# MODULES, which need not be set: a directory with modules that replace those of the program.
# OPTIMIZATION: of what runs; by default -O1.
# WAVES: whether the library can write waveforms, which is most of its code; by default it can.
#
# A library that is made of the same is not built again, though the program may be a new one.
cmake_minimum_required(VERSION 3.25)

set(here "${CMAKE_CURRENT_LIST_DIR}")
include("${SETTINGS}")
if(NOT OPTIMIZATION)
  set(OPTIMIZATION -O1)
endif()
set(trace --trace --trace-depth 3 --no-trace-params)
set(traces 1)
if(DEFINED WAVES AND NOT WAVES)
  set(trace "")
  set(traces 0)
endif()
file(MAKE_DIRECTORY "${WORK}")
file(REMOVE_RECURSE "${WORK}/rtl")
execute_process(COMMAND "${SPIKELOOM}" rtl --chip "${CHIP}" -o "${WORK}/rtl"
                OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
if(MODULES)
  file(GLOB modules "${MODULES}/*.sv")
  # file(COPY) would keep what was written in the same second.
  foreach(module IN LISTS modules)
    get_filename_component(name "${module}" NAME)
    file(COPY_FILE "${module}" "${WORK}/rtl/${name}")
  endforeach()
endif()

file(GLOB parts "${WORK}/rtl/*" "${here}/verilate_chip.cmake" "${here}/chip.vlt"
     "${here}/verilated_chip.cpp" "${here}/rtl_board.h" "${here}/pin_adapter.h")
set(content "${VERILATOR} ${CXX} ${OPTIMIZATION} ${traces} ${INCLUDE}")
foreach(part IN LISTS parts)
  file(SHA256 "${part}" hash)
  string(APPEND content " ${hash}")
endforeach()
set(old "")
if(EXISTS "${WORK}/content" AND EXISTS "${OUTPUT}")
  file(READ "${WORK}/content" old)
endif()
if(content STREQUAL old)
  file(TOUCH "${OUTPUT}")
  return()
endif()

function(run)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY "${WORK}" RESULT_VARIABLE result
                  OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}: ${result}\n${output}")
  endif()
endfunction()

# Registers and undefined values begin with random numbers, so that nothing depends on them.
file(REMOVE_RECURSE "${WORK}/model")
file(MAKE_DIRECTORY "${WORK}/model")
run(${CMAKE_COMMAND} -E chdir "${WORK}/rtl" "${VERILATOR}" --sc ${trace} -O3 --x-assign unique --x-initial unique --no-timing -Wno-fatal --top-module chip
    --prefix Vchip --Mdir "${WORK}/model" "${here}/chip.vlt" -f files.f)

# Two sources: what runs, and what runs once or only with waveforms.
file(GLOB sources RELATIVE "${WORK}/model" "${WORK}/model/*.cpp")
set(fast "")
set(slow "")
foreach(source IN LISTS sources)
  if(source MATCHES "Slow|Trace")
    string(APPEND slow "#include \"${source}\"\n")
  else()
    string(APPEND fast "#include \"${source}\"\n")
  endif()
endforeach()
file(WRITE "${WORK}/model/fast.cc" "${fast}")
file(WRITE "${WORK}/model/slow.cc" "${slow}")

set(flags -std=c++17 -fPIC -DVM_TRACE=${traces} -DVM_SC=1 -DVM_COVERAGE=0 -I "${WORK}/model")
foreach(directory IN LISTS VERILATOR_INCLUDE INCLUDE)
  list(APPEND flags -isystem "${directory}")
endforeach()
run(${CXX} ${flags} -w ${OPTIMIZATION} -c model/fast.cc -o fast.o)
run(${CXX} ${flags} -w -O0 -c model/slow.cc -o slow.o)
run(${CXX} ${flags} -Wall -Wextra -Wshadow -Wconversion ${OPTIMIZATION} -c "${here}/verilated_chip.cpp"
    -o verilated_chip.o)
run(${CXX} -shared -o "${OUTPUT}" fast.o slow.o verilated_chip.o "${RUNTIME}")
file(WRITE "${WORK}/content" "${content}")
