// SPDX-License-Identifier: Apache-2.0
#include "converter/onnx_import.h"

#include <filesystem>
#include <stdexcept>

#include <fmt/format.h>

#include "common/error.h"
#include "converter/graph_recognition.h"
#include "converter/network_builder.h"
#include "converter/network_check.h"
#include "converter/onnx_graph.h"

namespace spikeloom::converter {

SpikingNetwork convert_onnx(const std::string& path) {
  const OnnxGraph graph(path);
  SpikingNetwork network =
      build_network(recognize_graph(graph), std::filesystem::path(path).stem().string());
  try {
    check_network(network);
  } catch (const std::invalid_argument& error) {
    throw common::UserError(fmt::format("{}: {}", path, error.what()));
  }
  return network;
}

}  // namespace spikeloom::converter
