// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "spikeloom/converter/network/network_builder.h"

namespace spikeloom::converter {

struct ImportOptions {
  FirstLayer first_layer = FirstLayer::kAuto;
  std::string output = {};  ///< which of the graph's outputs holds the scores; empty: the only one
};

/// Converts the quantized network of an ONNX file to an exactly equivalent spiking network, named
/// after the file. Throws UserError that names file, node, operator, what was found and what is
/// accepted.
Conversion import_onnx(const std::string& path, const ImportOptions& options = {});

/// Likewise, without the notes.
SpikingNetwork convert_onnx(const std::string& path);

}  // namespace spikeloom::converter
