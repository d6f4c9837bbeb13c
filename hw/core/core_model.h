// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "spikeloom/arch/address_map.h"
#include "spikeloom/arch/chip_description.h"
#include "spikeloom/arch/packet.h"
#include "spikeloom/hw/core/core_memory.h"
#include "spikeloom/hw/core/crossbar.h"
#include "spikeloom/hw/core/loaded_tables.h"
#include "spikeloom/hw/network/spike_network.h"

namespace spikeloom::hw {

/// How an access to a core's registers ended.
enum class AccessResult { kOk, kUnmapped, kReadOnly };

/// What happened in one group of axons in a tick.
struct GroupActivity {
  std::uint64_t axons = 0;                ///< set axons
  std::uint64_t scan_words = 0;           ///< bitmap words looked at
  std::uint64_t row_word_reads = 0;       ///< crossbar words read, zero weights included
  std::uint64_t synaptic_operations = 0;  ///< nonzero synapses driven
  std::uint64_t axon_writes = 0;          ///< axons that packets of this tick set, for the next
  std::uint64_t expansion_writes = 0;     ///< those of them that the expansion table named
};

/// A core without its clock: registers, tables, axon buffers, and the work of a tick with the cycle
/// of each of its events, counted from the tick's start (docs/timing.md). Both timings run it.
class CoreModel {
 public:
  CoreModel(const arch::ChipDescription& chip, int core);

  /// Everything is as after construction, but for the accounts, which are not the hardware's.
  void reset();

  /// Reads or writes `length` bytes at `offset` of a region; whole bus words, checked by the bus.
  AccessResult access(int region, std::uint64_t offset, std::uint8_t* data, std::uint64_t length,
                      bool write);

  /// How such an access would end; changes nothing.
  AccessResult check(int region, std::uint64_t offset, std::uint64_t length, bool write) const;

  bool enabled() const { return enabled_; }

  /// For reports only: which account the events of a group and of a neuron go to.
  void set_categories(std::vector<std::uint16_t> groups, std::vector<std::uint16_t> neurons);

  /// A packet arrives: its axon is set for the next tick. One of the tick before is late, and dealt
  /// with as sync.late_spikes says.
  void receive(arch::Packet packet) {
    if (stale()) prepare();
    if (packet.parity() != parity_ && !take_late()) return;
    if (packet.expanded()) {
      expand(packet);
    } else {
      set_axon(packet.group(), packet.axon());
    }
  }

  /// Cycles that the core's port is busy with an expanded packet after it has arrived.
  std::int64_t port_cycles(arch::Packet packet);

  /// Takes the axons of the last tick, integrates, fires and fills emissions(). `parity` is the
  /// tick's; its work begins at cycle `start`, when that of the last tick is done.
  void tick(int parity, std::int64_t start = 0);

  // The tick just done.
  const std::vector<Emission>& emissions() const { return emissions_; }
  std::int64_t start_cycle() const { return start_cycle_; }            ///< of the first SCAN
  std::int64_t busy_cycles() const { return busy_cycles_; }            ///< end of FIRE
  std::int64_t integrate_cycles() const { return integrate_cycles_; }  ///< end of INTEGRATE
  std::uint64_t late_spikes() const { return late_spikes_; }  ///< that have arrived in this tick
  const std::vector<GroupActivity>& group_activity() const { return activity_; }
  /// The axons of a group that were set, ascending.
  void list_set_axons(std::size_t group, std::vector<int>& axons) const;
  /// Bit i of neuron j: its threshold i was reached.
  const std::vector<std::uint64_t>& fired() const { return fired_; }
  const std::vector<std::int32_t>& potentials() const { return potentials_; }
  const std::vector<arch::NeuronEntry>& neurons() const { return tables_.neurons; }
  const std::vector<arch::GroupEntry>& groups() const { return tables_.groups; }
  /// Words of the crossbar's memory that a row of the group has.
  std::int64_t row_words(const arch::GroupEntry& group) const;
  /// Cycles that neurons first .. end - 1 take side by side.
  std::int64_t fire_cycles(std::size_t first, std::size_t end) const;
  const std::vector<std::uint16_t>& group_categories() const { return group_categories_; }
  const std::vector<std::uint16_t>& neuron_categories() const { return neuron_categories_; }
  std::int32_t threshold(int index) const {
    return tables_.thresholds[static_cast<std::size_t>(index)];
  }

  /// The first thing that went wrong since reset (a packet for an axon that is not there, a table
  /// that points outside another, an overflow); empty while nothing did.
  const std::string& fault() const { return fault_; }

 private:
  static constexpr int kBitmapBits = 64;

  /// Whether memory has changed since it was decoded.
  bool stale() const { return tables_changed_ || crossbar_changed_; }
  void prepare();
  /// Counts a packet of the tick before. Whether it is to be taken.
  bool take_late();
  void expand(arch::Packet packet);
  void set_axon(int number, int place) {
    const auto group = static_cast<std::size_t>(number);
    if (!enabled_ || group >= tables_.groups.size() || place >= tables_.groups[group].axons) {
      fail_for_axon(number, place);
      return;
    }
    ++activity_[group].axon_writes;
    ++counter(arch::CoreCounter::kAxonWrites);
    const auto axon = static_cast<unsigned>(place);
    arriving_[group * bitmap_words_ + axon / kBitmapBits] |= std::uint64_t{1} << axon % kBitmapBits;
  }
  void fail_for_axon(int group, int axon);
  /// The packet's list in the expansion table; empty, and a fault, where it has no end.
  const arch::ExpansionEntry* list_of(arch::Packet packet);
  void drop_lost_axons();
  void prepare_crossbar();
  void integrate(std::int64_t start);
  void fire(int parity);
  void emit(std::size_t neuron, std::int64_t ready, int parity);
  void fail(const std::string& what);
  std::uint64_t& counter(arch::CoreCounter which) {
    return counters_[static_cast<std::size_t>(which)];
  }
  void read_only_word(arch::CoreRegion region, std::uint64_t offset, std::uint8_t* data) const;

  const arch::ChipDescription* chip_;
  int core_;
  CoreMemory memory_;
  std::vector<std::uint64_t> counters_;

  // Decoded from the memory when it has changed.
  bool enabled_ = false;
  bool tables_changed_ = false;
  bool crossbar_changed_ = false;
  std::optional<Crossbar> crossbar_;
  LoadedTables tables_;
  std::vector<std::vector<std::uint16_t>> nonzeros_;  ///< [group][axon]

  // Axon buffers: bitmaps [group][axon / 64]; one is filled while the other is read.
  std::size_t bitmap_words_;
  std::vector<std::uint64_t> arriving_;
  std::vector<std::uint64_t> current_;
  int parity_ = 0;

  std::vector<int> rows_;
  std::vector<std::int32_t> sums_;
  std::vector<std::int32_t> potentials_;
  std::vector<std::uint64_t> fired_;
  std::vector<Emission> emissions_;
  std::vector<GroupActivity> activity_;
  std::vector<std::uint16_t> group_categories_;
  std::vector<std::uint16_t> neuron_categories_;
  std::int64_t start_cycle_ = 0;
  std::int64_t busy_cycles_ = 0;
  std::int64_t integrate_cycles_ = 0;
  std::uint64_t late_spikes_ = 0;
  std::string fault_;
};

}  // namespace spikeloom::hw
