# SPDX-License-Identifier: Apache-2.0
# What the libraries use: the arguments of a find_package each, for the build and for the installed
# package. Find modules lie beside this file.
list(APPEND CMAKE_MODULE_PATH "${CMAKE_CURRENT_LIST_DIR}")
set(SPIKELOOM_DEPENDENCIES
  "Boost 1.74 CONFIG"
  "fmt"
  "nlohmann_json"
  "OnnxProto"
  "SystemC 2.3.4"
  "YamlCpp"
  "ZLIB")
