// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include <onnx/onnx_pb.h>

namespace spikeloom::converter {

/// Returns the `size` bytes of a tensor that are stored in a file beside the model, which must be
/// in `directory` or below it. Throws std::invalid_argument if there are no such bytes; the text
/// completes a sentence after "is".
std::string read_external_data(const onnx::TensorProto& proto,
                               const std::filesystem::path& directory, std::size_t size);

}  // namespace spikeloom::converter
