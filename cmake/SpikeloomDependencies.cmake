# SPDX-License-Identifier: Apache-2.0
# The dependencies of the libraries, as arguments of find_package, for the build and for the installed
# package. The find modules are in the directory of this file.
list(APPEND CMAKE_MODULE_PATH "${CMAKE_CURRENT_LIST_DIR}")
set(SPIKELOOM_DEPENDENCIES
  "Boost 1.74 CONFIG"
  "fmt"
  "nlohmann_json"
  "OnnxProto"
  "SystemC 2.3.4"
  "YamlCpp"
  "ZLIB")
