// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "spikeloom/converter/network/spiking_network.h"

namespace spikeloom::sim {

/// Value name of an operand that `load_network` reads.
inline constexpr const char* kNetworkFiles = "FILE.snn|FILE.onnx";

/// Loads a network from an ONNX model or a spiking network file; the file's content decides which.
/// Throws base::UserError.
converter::SpikingNetwork load_network(const std::string& path);

/// Returns where the network of a run file is: at `path`, or if nothing is there and `name`, the
/// value of the run file, names no folder, in the folder `networks` of the data folders and of
/// `shared` beside the checkout. Throws base::UserError, with the places searched.
std::string find_network(const std::string& name, const std::string& path,
                         const std::string& run_path);

/// A network by the name and the CRC-32 of its file, as results of a run note it.
struct NetworkName {
  std::string name;
  std::uint32_t checksum = 0;

  static NetworkName of(const converter::SpikingNetwork& network);
  /// Throws base::UserError if the results in file `path`, which were `made` ("was measured") on
  /// this network, are to be used for another one.
  void check(const std::string& path, const char* made,
             const converter::SpikingNetwork& used) const;
};

}  // namespace spikeloom::sim
