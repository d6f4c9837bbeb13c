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
#include "spikeloom/hw/core/core_if.h"
#include "spikeloom/hw/core/core_memory.h"
#include "spikeloom/hw/core/crossbar.h"
#include "spikeloom/hw/core/loaded_tables.h"
#include "spikeloom/hw/core/neuron_unit.h"

namespace spikeloom::hw {

/// Activity of one group in a tick.
struct GroupActivity {
  std::uint64_t axons = 0;                ///< set axons
  std::uint64_t scan_words = 0;           ///< words of the axon bitmap scanned
  std::uint64_t row_word_reads = 0;       ///< crossbar words read, including zero weights
  std::uint64_t synaptic_operations = 0;  ///< nonzero synapses driven
  std::uint64_t expansion_writes = 0;     ///< axon writes that came from the expansion table
};

/// A core without its clock: registers, tables, axon buffers, and the work of a tick with the cycle
/// of each event, counted from the start of the tick (docs/timing.md). Both timings use it. The
/// whole tick is computed at its start, so begin_tick returns kDone.
class CoreModel final : public CoreIf {
 public:
  /// With `pool`, what the core has in its memory when it is enabled is shared with other cores.
  CoreModel(const arch::ChipDescription& chip, int core,
            std::shared_ptr<MemoryPool> pool = nullptr);

  void reset() override;
  AccessResult access(int region, std::uint64_t offset, std::uint8_t* data, std::uint64_t length,
                      bool write) override;
  AccessResult check(int region, std::uint64_t offset, std::uint64_t length,
                     bool write) const override;
  bool enabled() const override { return enabled_; }

  void receive(arch::Packet packet, std::int64_t /*cycle*/) override {
    if (stale()) prepare();
    // A disabled core does not know the tick; any packet is a fault there.
    if (enabled_ && packet.parity() != parity_ && !take_late()) return;
    if (packet.expanded()) {
      expand(packet);
    } else {
      set_axon(packet.group(), packet.axon());
    }
  }
  std::int64_t port_cycles(arch::Packet packet) override;

  std::int64_t begin_tick(int parity, std::int64_t length) override;
  std::int64_t run(std::int64_t /*limit*/) override { return kDone; }
  const std::vector<Emission>& emissions() const override { return emissions_; }

  /// Returns the end of FIRE.
  std::int64_t busy_cycles() const override { return busy_cycles_; }
  /// Returns the end of INTEGRATE.
  std::int64_t integrate_cycles() const override { return integrate_cycles_; }
  std::uint64_t late_spikes() const override { return late_spikes_; }
  const std::string& fault() const override { return fault_; }

  void set_categories(std::vector<std::uint16_t> groups,
                      std::vector<std::uint16_t> neurons) override;
  void add_events(std::vector<EventCounts>& categories, EventCounts& all) const override;
  const std::vector<std::uint64_t>& fired() const override { return neurons_->fired(); }
  int dendrites() const override;

  // Internal state of the last tick, for waveforms, comparisons and tests (model_of).
  std::int64_t start_cycle() const { return start_cycle_; }  ///< start of the first SCAN
  /// Returns the cycles by which the work exceeds a tick of fixed length. The work of the next tick
  /// begins after them.
  std::int64_t overrun() const { return overrun_; }
  const std::vector<GroupActivity>& group_activity() const { return activity_; }
  /// Returns the axons of a group that packets of this tick have set for the next one.
  std::uint64_t axon_writes(std::size_t group) const { return axon_ports_[group].writes; }
  /// Stores the set axons of a group in `axons`, in ascending order.
  void list_set_axons(std::size_t group, std::vector<int>& axons) const;
  const std::vector<arch::GroupEntry>& groups() const { return tables_.groups; }
  /// Returns the number of crossbar memory words in a row of the group.
  std::int64_t row_words(const arch::GroupEntry& group) const;
  /// Returns the cycles to read a row.
  std::int64_t row_cycles(const arch::GroupEntry& group) const;
  /// Sets `rows` to the crossbar rows of a group that are read in a tick, in order: its set axons,
  /// or its dendrites.
  void list_rows(std::size_t group, std::vector<int>& rows) const;
  const NeuronUnit& neurons() const { return *neurons_; }
  const std::vector<arch::Packet>& routes() const { return tables_.routes; }
  const std::vector<arch::ExpansionEntry>& expansion() const { return tables_.expansion; }
  const Crossbar& crossbar() const { return *crossbar_; }
  /// Returns the number of nonzero weights of each axon of a group.
  const std::vector<std::uint16_t>& nonzeros(std::size_t group) const { return nonzeros_[group]; }
  const std::vector<std::uint16_t>& group_categories() const { return group_categories_; }

 private:
  static constexpr int kBitmapBits = 64;

  /// Whether memory has changed since it was decoded.
  bool stale() const { return tables_changed_ || crossbar_changed_; }
  void prepare();
  /// Counts a packet of the previous tick. Returns whether it is delivered.
  bool take_late();
  void expand(arch::Packet packet);
  void set_axon(int number, int place) {
    const auto group = static_cast<std::size_t>(number);
    if (!enabled_ || group >= axon_ports_.size() || place >= axon_ports_[group].axons) {
      fail_for_axon(number, place);
      return;
    }
    ++axon_ports_[group].writes;
    const auto axon = static_cast<unsigned>(place);
    arriving_[group * bitmap_words_ + axon / kBitmapBits] |= std::uint64_t{1} << axon % kBitmapBits;
  }
  void fail_for_axon(int group, int axon);
  /// Returns the packet's list in the expansion table. If the list has no end, sets a fault and
  /// returns null.
  const arch::ExpansionEntry* list_of(arch::Packet packet);
  void drop_lost_axons();
  void prepare_crossbar();
  /// `silent`: no axon is set.
  void integrate(std::int64_t start, bool silent);
  void fire();
  void emit_all(int parity);
  void emit(const Firing& firing, int parity);
  void fail(const std::string& what);
  std::uint64_t& counter(arch::CoreCounter which) {
    return counters_[static_cast<std::size_t>(which)];
  }
  void read_only_word(arch::CoreRegion region, std::uint64_t offset, std::uint8_t* data) const;

  const arch::ChipDescription* chip_;
  int core_;
  CoreMemory memory_;
  std::shared_ptr<MemoryPool> pool_;
  std::vector<std::uint64_t> counters_;

  // Decoded from the memory after it has changed.
  bool enabled_ = false;
  bool tables_changed_ = false;
  bool crossbar_changed_ = false;
  std::optional<Crossbar> crossbar_;
  LoadedTables tables_;
  std::unique_ptr<NeuronUnit> neurons_;
  std::vector<std::vector<std::uint16_t>> nonzeros_;  ///< [group][axon]

  /// What the arrival of a packet needs of a group, side by side, since each packet comes to
  /// another core.
  struct AxonPort {
    int axons = 0;
    std::uint64_t writes = 0;  ///< in this tick
  };
  std::vector<AxonPort> axon_ports_;  ///< [group]

  // Axon buffers, as bitmaps [group][axon / 64]: one is filled while the other is read.
  std::size_t bitmap_words_;
  std::vector<std::uint64_t> arriving_;
  std::vector<std::uint64_t> current_;
  int parity_ = 0;
  bool silent_ = false;  ///< in the last tick no axon was set, and no memory has changed since

  std::vector<int> rows_;
  std::vector<std::int32_t> sums_;
  std::vector<Emission> emissions_;
  std::vector<GroupActivity> activity_;
  std::vector<std::uint16_t> group_categories_;
  std::vector<std::uint16_t> neuron_categories_;
  std::int64_t start_cycle_ = 0;
  std::int64_t busy_cycles_ = 0;
  std::int64_t integrate_cycles_ = 0;
  std::int64_t overrun_ = 0;
  std::uint64_t late_spikes_ = 0;
  std::string fault_;
};

/// Returns the model behind a core of a board, or null if the core is not a CoreModel.
inline const CoreModel* model_of(const CoreIf& core) {
  return dynamic_cast<const CoreModel*>(&core);
}

}  // namespace spikeloom::hw
