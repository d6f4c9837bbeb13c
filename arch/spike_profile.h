// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace spikeloom::arch {

struct ProfiledLayer {
  std::string name;
  std::vector<std::uint32_t> spikes;  ///< of a neuron of the quantized network, all levels together
};

/// How often each neuron of a network spiked over the images of a run: a property of network and
/// images, whatever chip they ran on.
struct SpikeProfile {
  static constexpr std::uint32_t kVersion = 1;

  std::string network;
  std::uint32_t network_crc = 0;  ///< CRC-32 of the spiking network's file
  std::uint64_t images = 0;
  std::vector<ProfiledLayer> layers;  ///< the host's input first, then the on-chip layers

  /// The file's bytes (common/envelope.h).
  std::vector<std::uint8_t> encode() const;
  /// Throws UserError for anything that is not a whole spike profile.
  static SpikeProfile decode(const std::vector<std::uint8_t>& bytes, const std::string& source);
};

}  // namespace spikeloom::arch
