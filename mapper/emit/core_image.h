// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "spikeloom/arch/address_map.h"
#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/core_tables.h"
#include "spikeloom/arch/deployment.h"
#include "spikeloom/arch/packet.h"

namespace spikeloom::mapper {

/// The weights of neighbouring dendrites for one axon: bit i % 64 of word i / 64 is that of the
/// i-th dendrite.
struct DendriteBits {
  const std::uint64_t* plus;
  const std::uint64_t* minus;
  std::size_t words;
};

/// Image of the memories of one core: filled table by table, then converted to bus transactions.
class CoreImage {
 public:
  explicit CoreImage(const arch::CoreDescription& core);

  /// Appends a group.
  void add_group(const arch::GroupEntry& group);
  int groups() const { return groups_; }
  /// Sets the weight, -1 or +1, at `rows` rows of a ternary dendrite, from the first on.
  void set_synapses(int first_row, int rows, int dendrite, int weight);
  /// Sets the weights of the dendrites from `first_dendrite` on, likewise.
  void set_synapses(int first_row, int rows, int first_dendrite, const DendriteBits& bits);
  /// Sets an entry of the expansion table.
  void set_expansion(int entry, const arch::ExpansionEntry& place);
  /// Sets what the random numbers begin with, of a core with stochastic neurons.
  void set_random(const arch::RandomStart& start);
  /// Appends a neuron with its dendrites, thresholds and routes.
  void add_neuron(const std::vector<arch::GatherEntry>& gathers,
                  const std::vector<std::int32_t>& thresholds,
                  const std::vector<arch::Packet>& routes);

  /// Appends burst writes of all nonzero words, then writes to GROUPS, NEURONS and finally ENABLE.
  /// `pool` makes their payloads.
  void append_transactions(const arch::CoreLocation& core, const arch::BusDescription& bus,
                           arch::PayloadPool& pool,
                           std::vector<arch::Transaction>& transactions) const;

 private:
  using Bytes = std::vector<std::uint8_t>;
  using Plane = std::vector<std::uint64_t>;  ///< rows of whole words

  void set_columns(Plane& plane, int first_row, int rows, int column, const std::uint64_t* bits,
                   std::size_t words) const;

  arch::CoreDescription core_;
  std::size_t row_words_;
  Plane plus_;
  Plane minus_;
  std::vector<std::uint64_t> pairs_;  ///< columns of Synapse::kBinaryPair that are being set
  Bytes group_table_;
  Bytes neuron_table_;
  Bytes gather_table_;
  Bytes threshold_table_;
  Bytes route_table_;
  Bytes expansion_table_;
  Bytes random_;
  int groups_ = 0;
  int neurons_ = 0;
  int gathers_ = 0;
  int thresholds_ = 0;
  int routes_ = 0;
};

}  // namespace spikeloom::mapper
