// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/onnx_import.h"

#include <filesystem>
#include <stdexcept>

#include <fmt/format.h>

#include "spikeloom/base/error.h"
#include "spikeloom/converter/network/network_check.h"
#include "spikeloom/converter/onnx/onnx_graph.h"
#include "spikeloom/converter/recognize/graph_recognition.h"

namespace spikeloom::converter {

Conversion import_onnx(const std::string& path, const ImportOptions& options) {
  const OnnxGraph graph(path, options.output);
  Conversion conversion = build_network(
      recognize_graph(graph), std::filesystem::path(path).stem().string(), options.first_layer);
  try {
    check_network(conversion.network);
  } catch (const std::invalid_argument& error) {
    throw base::UserError(fmt::format("{}: {}", path, error.what()));
  }
  conversion.notes.insert(conversion.notes.begin(), graph.notes().begin(), graph.notes().end());
  return conversion;
}

SpikingNetwork convert_onnx(const std::string& path) { return import_onnx(path).network; }

}  // namespace spikeloom::converter
