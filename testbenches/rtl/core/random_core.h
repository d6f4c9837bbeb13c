// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "spikeloom/arch/address_map.h"
#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/core_tables.h"
#include "spikeloom/arch/packet.h"
#include "testbenches/unit/support/random.h"

namespace spikeloom::rtl {

/// Codes of faults (rtl/core/core.sv).
namespace fault_code {
inline constexpr std::uint64_t kControl = 1;
inline constexpr std::uint64_t kGroup = 2;
inline constexpr std::uint64_t kNeuron = 3;
inline constexpr std::uint64_t kGather = 4;
inline constexpr std::uint64_t kSum = 5;
inline constexpr std::uint64_t kRoute = 6;
inline constexpr std::uint64_t kAxon = 7;
inline constexpr std::uint64_t kList = 8;
inline constexpr std::uint64_t kStart = 10;
}  // namespace fault_code

/// A core with random tables and weights, which reach the limits of its chip.
class RandomCore {
 public:
  struct Write {
    arch::CoreRegion region;
    std::uint64_t offset;
    std::uint64_t word;
  };

  /// Writes after which a tick has a fault.
  struct Broken {
    std::uint64_t fault_code;
    std::vector<Write> writes;
    bool sends_nothing = false;  ///< no packet can be sent
  };

  RandomCore(const arch::ChipDescription& chip, test::Random& random);

  /// The words that load it, the register ENABLE last.
  const std::vector<Write>& writes() const { return writes_; }
  const std::vector<arch::GroupEntry>& groups() const { return groups_; }
  const std::vector<arch::NeuronEntry>& neurons() const { return neurons_; }
  /// Whether the axons of all groups drive all dendrites with weights of the same sign.
  bool has_largest_sums() const { return largest_sums_; }
  /// Returns a way to break the tables; nullopt if the core would not notice it.
  std::optional<Broken> break_tables(test::Random& random) const;
  /// Returns an entry of the expansion table after which no list ends.
  int entry_without_end(test::Random& random) const;

  /// Returns a packet for an axon, or a list of axons, of the core; nullopt if it has none.
  std::optional<arch::Packet> packet(test::Random& random) const;
  /// Returns the axons that a packet sets, in order.
  std::vector<arch::ExpansionEntry> axons(arch::Packet packet) const;

 private:
  /// Returns the neurons in use, and the dendrites that each of them gathers, of a core that falls
  /// behind, or nullopt if no number of them fits.
  std::optional<std::pair<int, int>> neurons_of_long_tick(test::Random& random) const;
  Broken break_neuron(test::Random& random) const;
  /// Returns a packet that no core can receive.
  arch::Packet packet_to_nobody(test::Random& random) const;
  /// Returns a packet that only the lowest level of a neuron can send.
  static arch::Packet packet_of_one_level(test::Random& random);
  void make_groups(test::Random& random);
  void make_neurons(test::Random& random);
  void make_expansion(test::Random& random);
  void make_weights(test::Random& random);
  arch::Packet route(test::Random& random) const;
  template <class Value>
  static void write_table(arch::CoreRegion region, const std::vector<Value>& entries,
                          std::vector<Write>& writes);

  const arch::ChipDescription* chip_;
  bool largest_sums_;
  bool falls_behind_;  ///< its work is longer than a tick of fixed length, by a simple fraction
  std::vector<arch::GroupEntry> groups_;
  std::vector<arch::NeuronEntry> neurons_;
  std::vector<arch::ExpansionEntry> expansion_;
  std::vector<Write> writes_;
};

}  // namespace spikeloom::rtl
