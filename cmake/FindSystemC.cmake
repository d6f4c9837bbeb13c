# SPDX-License-Identifier: Apache-2.0
# Finds SystemC by its CMake package, which exists if SystemC was built with CMake, else by pkg-config,
# $SYSTEMC_HOME and the directories of the system. Defines SystemC_VERSION and SystemC::systemc, which
# requires C++17 of the targets that link it.
if(NOT TARGET SystemC::systemc)
  find_package(SystemCLanguage CONFIG QUIET)
endif()
if(TARGET SystemC::systemc)
  get_target_property(SystemC_INCLUDE_DIR SystemC::systemc INTERFACE_INCLUDE_DIRECTORIES)
  list(GET SystemC_INCLUDE_DIR 0 SystemC_INCLUDE_DIR)
  set(SystemC_LIBRARY SystemC::systemc)
else()
  find_package(PkgConfig QUIET)
  if(PkgConfig_FOUND)
    pkg_check_modules(SystemC_PC QUIET systemc)
  endif()
  find_path(SystemC_INCLUDE_DIR systemc
            HINTS ${SystemC_PC_INCLUDE_DIRS} ENV SYSTEMC_HOME PATH_SUFFIXES include)
  find_library(SystemC_LIBRARY systemc
               HINTS ${SystemC_PC_LIBRARY_DIRS} ENV SYSTEMC_HOME PATH_SUFFIXES lib lib-linux64)
  mark_as_advanced(SystemC_INCLUDE_DIR SystemC_LIBRARY)
  if(SystemC_INCLUDE_DIR AND SystemC_LIBRARY)
    find_package(Threads)
    add_library(SystemC::systemc UNKNOWN IMPORTED)
    set_target_properties(SystemC::systemc PROPERTIES
      IMPORTED_LOCATION "${SystemC_LIBRARY}"
      INTERFACE_INCLUDE_DIRECTORIES "${SystemC_INCLUDE_DIR}"
      INTERFACE_COMPILE_FEATURES cxx_std_17
      INTERFACE_LINK_LIBRARIES Threads::Threads)
  endif()
endif()

if(TARGET SystemC::systemc)
  # The version is read from the headers, since the pkg-config file of Debian 13 has another one.
  set(SystemC_VERSION "")
  foreach(part MAJOR MINOR PATCH)
    file(STRINGS "${SystemC_INCLUDE_DIR}/sysc/kernel/sc_ver.h" line
         REGEX "^#define SC_VERSION_${part} ")
    string(REGEX MATCH "[0-9]+" number "${line}")
    list(APPEND SystemC_VERSION "${number}")
  endforeach()
  list(JOIN SystemC_VERSION "." SystemC_VERSION)

  # The library of SystemC only links with programs of the C++ standard with which it was built, which
  # is C++17 in Debian. A target that sets no standard gets C++17 instead of the compiler's default.
  string(CONCAT standard "$<$<AND:$<COMPILE_LANGUAGE:CXX>,"
                         "$<STREQUAL:$<TARGET_PROPERTY:CXX_STANDARD>,>>:-std=gnu++17>")
  set_property(TARGET SystemC::systemc APPEND PROPERTY INTERFACE_COMPILE_OPTIONS "${standard}")
  if(NOT SystemC_IS_CXX17)
    try_compile(SystemC_IS_CXX17
      SOURCE_FROM_CONTENT systemc_is_cxx17.cpp
        "#include <sysc/kernel/sc_externs.h>\n#include <sysc/kernel/sc_ver.h>\nint sc_main(int, char*[]) { return 0; }\n"
      LINK_LIBRARIES SystemC::systemc
      CXX_STANDARD 17 CXX_STANDARD_REQUIRED ON
      OUTPUT_VARIABLE SystemC_OUTPUT)
    if(NOT SystemC_IS_CXX17)
      set(SystemC_REASON "${SystemC_LIBRARY} cannot be linked with C++17 programs: it wants to be built with -DCMAKE_CXX_STANDARD=17\n${SystemC_OUTPUT}")
    endif()
  endif()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(SystemC
  REQUIRED_VARS SystemC_LIBRARY SystemC_INCLUDE_DIR SystemC_IS_CXX17
  VERSION_VAR SystemC_VERSION
  REASON_FAILURE_MESSAGE "${SystemC_REASON}")
