# SPDX-License-Identifier: Apache-2.0
# Finds the protobuf classes generated for ONNX. Debian's CMake package of ONNX also requires its test
# back ends, so this module looks for the header and the library. Defines OnnxProto::OnnxProto.
find_path(OnnxProto_INCLUDE_DIR onnx/onnx_pb.h)
find_library(OnnxProto_LIBRARY onnx_proto)
mark_as_advanced(OnnxProto_INCLUDE_DIR OnnxProto_LIBRARY)
# Since version 22 protobuf has a CMake package of its own, which finds its dependencies.
find_package(Protobuf CONFIG QUIET)
if(NOT TARGET protobuf::libprotobuf)
  find_package(Protobuf MODULE QUIET)
endif()
if(TARGET protobuf::libprotobuf)
  set(OnnxProto_PROTOBUF protobuf::libprotobuf)
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(OnnxProto
  REQUIRED_VARS OnnxProto_LIBRARY OnnxProto_INCLUDE_DIR OnnxProto_PROTOBUF)
if(OnnxProto_FOUND AND NOT TARGET OnnxProto::OnnxProto)
  add_library(OnnxProto::OnnxProto UNKNOWN IMPORTED)
  set_target_properties(OnnxProto::OnnxProto PROPERTIES
    IMPORTED_LOCATION "${OnnxProto_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${OnnxProto_INCLUDE_DIR}"
    INTERFACE_COMPILE_DEFINITIONS "ONNX_ML=1;ONNX_NAMESPACE=onnx"
    INTERFACE_LINK_LIBRARIES protobuf::libprotobuf)
endif()
