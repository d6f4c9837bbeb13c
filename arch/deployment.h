// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/packet.h"

namespace spikeloom::arch {

/// A burst write on the configuration bus: whole bus words, at most bus.max_burst_bytes.
struct Transaction {
  std::uint64_t address = 0;
  std::vector<std::uint8_t> data;
};

/// What a neuron of a core stands for.
struct NeuronLabel {
  std::uint32_t neuron = 0;      ///< number in its layer, (channel * height + y) * width + x
  std::uint16_t layer = 0;       ///< of Deployment::layers
  std::uint8_t first_level = 0;  ///< level of its first threshold
  std::uint8_t levels = 0;       ///< thresholds
};

/// What stands where in a core: not part of the hardware, but of its reports and checks.
struct CoreLabels {
  int core = 0;
  std::vector<std::uint16_t> group_layers;  ///< a group: the layer that its dendrites belong to
  std::vector<NeuronLabel> neurons;
};

/// One on-chip layer.
struct DeployedLayer {
  std::string name;
  int depth = 0;    ///< ticks from the host's spikes to its own
  int neurons = 0;  ///< of the quantized network
  int levels = 0;   ///< spiking neurons for each of them
  int cores = 0;    ///< cores that hold a part of it
};

/// The packets that the host sends when level 0 of an input neuron fires; level i sends the same
/// with_level(i). Neuron j's are packets[first[j]] .. packets[first[j + 1] - 1].
struct InputRoutes {
  int levels = 0;
  std::vector<std::uint32_t> first;
  std::vector<std::uint64_t> packets;

  /// The packets of an input whose neuron j fires at its levels 0 .. activations[j] - 1.
  std::vector<std::uint64_t> spikes(const std::vector<std::uint8_t>& activations) const;
  /// Adds the packets of one spike to `sent`.
  void append(std::size_t neuron, int level, std::vector<std::uint64_t>& sent) const;
};

/// A network laid out on a chip, or a board of chips: everything that a host needs to load and run
/// it. The last layer's neuron j, level i arrives at the host as output j * levels + i.
struct Deployment {
  static constexpr std::uint32_t kVersion = 3;

  std::string network;
  ChipDescription chip;
  std::uint64_t seed = 0;
  std::vector<DeployedLayer> layers;
  InputRoutes input;
  std::vector<CoreLabels> cores;  ///< those in use, by number on the board
  std::vector<Transaction> transactions;
  std::vector<std::uint8_t> spiking_network;  ///< the file that it was made from, for the host

  /// How many levels of each neuron of the last layer fired, from the packets at the host. Throws
  /// std::out_of_range for an output number that the layer does not have.
  std::vector<std::uint8_t> output_levels(const std::vector<std::uint64_t>& outputs) const;

  std::vector<std::uint8_t> encode() const;
  static Deployment decode(const std::vector<std::uint8_t>& bytes, const std::string& source);
};

}  // namespace spikeloom::arch
