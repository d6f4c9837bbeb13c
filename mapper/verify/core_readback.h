// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "spikeloom/arch/address_map.h"
#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/core_tables.h"
#include "spikeloom/arch/deployment.h"
#include "spikeloom/arch/packet.h"

namespace spikeloom::mapper {

/// Receives the text of a finding of the verifier.
using Finding = std::function<void(const std::string&)>;

/// The memories of a core after the transactions, with their tables decoded.
class CoreReadback {
 public:
  explicit CoreReadback(const arch::CoreDescription& core);

  /// Replays a write to the region and offset of `address`. Reports what the hardware would refuse.
  void write(const arch::BusAddress& address, const arch::Payload& data,
             const arch::BusDescription& bus, const Finding& finding);
  /// Decodes the tables and checks every limit and index. Call once, after all writes.
  void decode(const Finding& finding);

  bool enabled() const { return enabled_; }
  const std::vector<arch::GroupEntry>& groups() const { return groups_; }
  const std::vector<arch::NeuronEntry>& neurons() const { return neurons_; }
  /// Group that a dendrite belongs to, or -1.
  int group_of(int dendrite) const { return group_of_[at(dendrite)]; }
  /// Gather entry, threshold or route number `i` of a neuron.
  arch::GatherEntry gathered(const arch::NeuronEntry& neuron, int i) const;
  std::int32_t threshold(const arch::NeuronEntry& neuron, int i) const;
  arch::Packet route(const arch::NeuronEntry& neuron, int i) const;
  /// Appends the entries of the expansion table's list that begins at `entry`. Returns false if the
  /// list has no end.
  bool expand(int entry, std::vector<arch::ExpansionEntry>& places) const;
  arch::ExpansionEntry expansion(int entry) const;
  /// Weight of a synapse: -1, 0 or +1; +2 if both bits of a pair are set.
  int weight(int row, int dendrite) const;
  /// Number of bits set in the planes: nonzero physical synapses.
  std::uint64_t synapses() const;

 private:
  static std::size_t at(int i) { return static_cast<std::size_t>(i); }
  const std::vector<std::uint8_t>& memory(arch::CoreRegion region) const;
  template <typename T>
  T value(arch::CoreRegion region, std::uint64_t offset) const;
  void decode_groups(int count, const Finding& finding);
  void decode_neurons(int count, const Finding& finding);
  bool bit(arch::CoreRegion plane, int row, int column) const;

  const arch::CoreDescription& core_;
  std::uint64_t row_bytes_;
  std::vector<std::vector<std::uint8_t>> memories_;  ///< [region]: the whole region
  std::vector<arch::GroupEntry> groups_;
  std::vector<arch::NeuronEntry> neurons_;
  std::vector<int> group_of_;
  bool enabled_ = false;
};

}  // namespace spikeloom::mapper
