// SPDX-License-Identifier: Apache-2.0
#include "testbenches/spikeloom/inputs/network_file.h"

#include "common/envelope.h"
#include "common/file.h"
#include "converter/onnx_import.h"

namespace spikeloom::program {

converter::SpikingNetwork load_network(const std::string& path) {
  const std::vector<std::uint8_t> bytes = common::read_file(path);
  if (!common::has_envelope(bytes)) return converter::convert_onnx(path);
  return converter::SpikingNetwork::decode(bytes, path);
}

}  // namespace spikeloom::program
