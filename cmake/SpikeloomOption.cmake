# SPDX-License-Identifier: Apache-2.0
# spikeloom_option(NAME text default [NEEDS options...]): defines an option. If one of the
# options that it needs is off, it is off by default, and switching it on is an error.
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
