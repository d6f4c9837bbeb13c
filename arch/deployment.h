// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/packet.h"
#include "spikeloom/arch/payload.h"
#include "spikeloom/base/cbor.h"

namespace spikeloom::arch {

/// A burst write on the configuration bus: whole bus words, at most bus.max_burst_bytes in all.
struct Transaction {
  std::uint64_t address = 0;
  Payload data;
};

/// The network's neuron that a neuron of a core represents.
struct NeuronLabel {
  std::uint32_t neuron = 0;      ///< number in its layer: (channel * height + y) * width + x
  std::uint16_t layer = 0;       ///< index into Deployment::layers
  std::uint8_t first_level = 0;  ///< level of its first threshold
  std::uint8_t levels = 0;       ///< number of its thresholds
};

/// What a core holds. Used by reports and checks; not part of the hardware.
struct CoreLabels {
  int core = 0;
  std::vector<std::uint16_t> group_layers;  ///< [group]: layer that its dendrites belong to
  std::vector<NeuronLabel> neurons;
};

/// One on-chip layer.
struct DeployedLayer {
  std::string name;
  int depth = 0;    ///< ticks from the host's spikes to the layer's; 0: fires without them
  int neurons = 0;  ///< neurons of the quantized network
  int levels = 0;   ///< spiking neurons for each of them
  int cores = 0;    ///< cores that hold a part of the layer
};

/// The packets that the host sends when level 0 of an input neuron fires; for level i it sends the
/// same packets with_level(i). Those of neuron j are packets[first[j]] .. packets[first[j + 1] -
/// 1].
struct InputRoutes {
  int levels = 0;
  std::vector<std::uint32_t> first;
  std::vector<std::uint64_t> packets;

  /// Returns the packets of an input whose neuron j fires at its levels 0 .. activations[j] - 1.
  std::vector<std::uint64_t> spikes(const std::vector<std::uint8_t>& activations) const;
  /// Appends the packets of one spike to `sent`.
  void append(std::size_t neuron, int level, std::vector<std::uint64_t>& sent) const;
};

/// A network mapped to a chip or a board of chips: everything that a host needs to load and run it.
/// A spike of neuron j, level i of the last layer arrives at the host as output j * levels + i.
struct Deployment {
  static constexpr std::uint32_t kVersion = 3;

  std::string network;
  ChipDescription chip;
  std::uint64_t seed = 0;
  std::vector<DeployedLayer> layers;
  InputRoutes input;
  std::vector<CoreLabels> cores;  ///< cores in use, in ascending order of their board numbers
  std::vector<Transaction> transactions;
  std::vector<std::uint8_t> spiking_network;  ///< file of the network, for the host's layers

  /// Whether the host's spikes drive the network; otherwise its neurons fire without them.
  bool driven() const { return layers.back().depth > 0; }
  /// Returns for each neuron of the last layer the number of levels that fired, from the packets
  /// received by the host. Throws std::out_of_range for an output number that the layer lacks.
  std::vector<std::uint8_t> output_levels(const std::vector<std::uint64_t>& outputs) const;

  /// Returns the bytes of the file (base/envelope.h).
  std::vector<std::uint8_t> encode() const;
  /// Gives them to `sink`, piece by piece.
  void write(const base::ByteSink& sink) const;
  /// Writes them to a file without a copy of them all. Throws UserError on failure.
  void save(const std::string& path) const;
  /// The inverse of encode; `source` names the file in messages. Throws UserError for anything but
  /// a complete, consistent deployment.
  static Deployment decode(base::ByteView bytes, const std::string& source);
  /// Reads a file.
  static Deployment load(const std::string& path);
};

}  // namespace spikeloom::arch
