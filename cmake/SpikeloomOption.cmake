# SPDX-License-Identifier: Apache-2.0
# spikeloom_option(NAME text default [NEEDS options...]): an option that is off by default, and an
# error when switched on, where one that it needs is off.
function(spikeloom_option name text default)
  cmake_parse_arguments(arg "" "" "NEEDS" ${ARGN})
  set(missing "")
  foreach(need ${arg_NEEDS})
    if(NOT ${need})
      list(APPEND missing ${need})
      set(default OFF)
    endif()
  endforeach()
  option(${name} "${text}" ${default})
  if(${name} AND missing)
    list(JOIN missing ", " missing)
    message(FATAL_ERROR "${name} is on and needs ${missing}, which is off")
  endif()
endfunction()
