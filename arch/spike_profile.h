// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace spikeloom::arch {

struct ProfiledLayer {
  std::string name;
  std::vector<std::uint32_t> spikes;  ///< [neuron of the quantized network]: sum over its levels
};

/// Number of spikes of each neuron of a network over the images of a run. Depends on network and
/// images only, not on the chip.
struct SpikeProfile {
  static constexpr std::uint32_t kVersion = 1;
  /// More than any run has, and few enough to be counted exactly in a double.
  static constexpr std::uint64_t kMaxImages = std::uint64_t{1} << 53;

  std::string network;
  std::uint32_t network_crc = 0;  ///< CRC-32 of the spiking network's file
  std::uint64_t images = 0;
  std::vector<ProfiledLayer> layers;  ///< the host's input layer, then the on-chip layers

  /// Returns the bytes of the file (base/envelope.h).
  std::vector<std::uint8_t> encode() const;
  /// The inverse of encode; `source` names the file in messages. Throws UserError for anything but
  /// a complete spike profile.
  static SpikeProfile decode(const std::vector<std::uint8_t>& bytes, const std::string& source);
};

}  // namespace spikeloom::arch
