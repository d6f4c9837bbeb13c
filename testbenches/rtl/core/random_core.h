// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "spikeloom/arch/address_map.h"
#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/core_tables.h"
#include "spikeloom/arch/packet.h"
#include "testbenches/unit/support/random.h"

namespace spikeloom::rtl {

/// A core with random tables and weights, which reach the limits of its chip.
class RandomCore {
 public:
  struct Write {
    arch::CoreRegion region;
    std::uint64_t offset;
    std::uint64_t word;
  };

  RandomCore(const arch::ChipDescription& chip, test::Random& random);

  /// The words that load it, the register ENABLE last.
  const std::vector<Write>& writes() const { return writes_; }
  const std::vector<arch::GroupEntry>& groups() const { return groups_; }
  const std::vector<arch::NeuronEntry>& neurons() const { return neurons_; }

  /// Returns a packet for an axon, or a list of axons, of the core; nullopt if it has none.
  std::optional<arch::Packet> packet(test::Random& random) const;
  /// Returns the axons that a packet sets, in order.
  std::vector<arch::ExpansionEntry> axons(arch::Packet packet) const;

 private:
  void make_groups(test::Random& random);
  void make_neurons(test::Random& random);
  void make_expansion(test::Random& random);
  void make_weights(test::Random& random);
  arch::Packet route(test::Random& random) const;
  template <class Value>
  void write_table(arch::CoreRegion region, const std::vector<Value>& entries);

  const arch::ChipDescription* chip_;
  std::vector<arch::GroupEntry> groups_;
  std::vector<arch::NeuronEntry> neurons_;
  std::vector<arch::ExpansionEntry> expansion_;
  std::vector<Write> writes_;
};

}  // namespace spikeloom::rtl
