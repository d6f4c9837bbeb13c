// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/inputs/network_file.h"

#include "spikeloom/base/envelope.h"
#include "spikeloom/base/file.h"
#include "spikeloom/converter/onnx_import.h"

namespace spikeloom::sim {

converter::SpikingNetwork load_network(const std::string& path) {
  const std::vector<std::uint8_t> bytes = base::read_file(path);
  if (!base::has_envelope(bytes)) return converter::convert_onnx(path);
  return converter::SpikingNetwork::decode(bytes, path);
}

}  // namespace spikeloom::sim
