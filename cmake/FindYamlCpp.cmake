# SPDX-License-Identifier: Apache-2.0
# Finds yaml-cpp and defines the target yaml-cpp::yaml-cpp for all versions; before version 0.8 its
# name was yaml-cpp.
find_package(yaml-cpp CONFIG QUIET)
if(TARGET yaml-cpp AND NOT TARGET yaml-cpp::yaml-cpp)
  add_library(yaml-cpp::yaml-cpp INTERFACE IMPORTED)
  target_link_libraries(yaml-cpp::yaml-cpp INTERFACE yaml-cpp)
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(YamlCpp REQUIRED_VARS yaml-cpp_DIR VERSION_VAR yaml-cpp_VERSION)
