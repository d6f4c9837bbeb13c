// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/cosim/rtl_core.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <deque>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "spikeloom/arch/address_map.h"
#include "spikeloom/arch/core_tables.h"
#include "spikeloom/arch/names.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/index.h"
#include "spikeloom/cosim/core_pins.h"
#include "spikeloom/cosim/rtl_sources.h"
#include "spikeloom/hw/core/core_memory.h"
#include "spikeloom/hw/core/core_model.h"

namespace spikeloom::cosim {
namespace {

using hw::Event;
using hw::EventCounts;

using base::to_size;

/// Meanings of the fault codes of core.sv, from 1 on.
constexpr std::array kFaults = {
    "the register GROUPS or NEURONS names more than the core has",
    "a group in use lies outside the crossbar",
    "a neuron's entry names anything outside the other tables",
    "an entry of the gather table names a dendrite or a shift that does not exist",
    "a sum does not fit in its bits",
    "a packet of the routing table cannot be routed, or its level does not fit",
    "a packet arrived for an axon that does not exist",
    "a packet names a list of its expansion table that has no last entry",
    "a packet of another tick arrived",
    "a tick started before all axons of the one before were read",
};

}  // namespace

VerilatedSource rtl_core_source(const arch::ChipDescription& chip) {
  for (const Refusal& refusal : refusals(chip, RtlPart::kCore)) {
    throw base::UserError(fmt::format("cores in RTL: chip.{}: {}", refusal.key, refusal.problem));
  }
  VerilatedSource source;
  source.top = "core";
  source.files = rtl_sources(chip, {}, source.top);
  source.state = chip.sync.tick_cycles != 0;
  return source;
}

/// The Verilated core with its clock, and what it did in the tick.
class RtlCore::Twin {
 public:
  Twin(const arch::ChipDescription& chip, int core, std::shared_ptr<const VerilatedLibrary> library)
      : chip_(&chip),
        core_(core),
        link_(chip.router.packet_link_cycles()),
        module_(std::move(library)),
        pins_(module_),
        memory_(chip.core) {
    pins_.out_ready.set(1);
    reset();
  }

  void reset() {
    pins_.in_valid.set(0);
    pins_.reset.set(1);
    clock();
    pins_.reset.set(0);
    while (pins_.ready.get() == 0) clock();
    memory_ = hw::CoreMemory(chip_->core);
    fault_.clear();
    cycle_ = 0;
    evaluated_ = false;
    working_ = false;
    length_ = 0;
    departures_.clear();
    lists_.clear();
    busy_ = integrate_ = overrun_ = 0;
    replayed_batches_ = replayed_packets_ = 0;
    late_ = 0;
    emissions_.clear();
    packets_.clear();
    tick_ = {};
    next_tick_ = {};
    fired_.clear();
    gathers_.clear();
    thresholds_.clear();
  }

  void write(arch::CoreRegion region, std::uint64_t offset, const std::uint8_t* word) {
    std::uint64_t value = 0;
    std::memcpy(&value, word, sizeof value);
    access(region, offset, true, value);
    memory_.write(region, offset, word, arch::kBusWordBytes);
  }
  void read(arch::CoreRegion region, std::uint64_t offset, std::uint8_t* word) {
    const std::uint64_t value = access(region, offset, false, 0);
    std::memcpy(word, &value, sizeof value);
  }
  bool enabled() const { return pins_.enabled.get() != 0; }

  void depart(arch::Packet packet, std::int64_t arrival) {
    if (!enabled()) length_ = 0;  // it takes no part in the tick
    departures_.push_back({packet, arrival - link_});
  }
  std::int64_t port_cycles(arch::Packet packet) const {
    const std::int64_t entries = chip_->core.expansion.entries;
    for (std::int64_t i = packet.entry(); i < entries; ++i) {
      const std::uint64_t word =
          memory_.word(arch::CoreRegion::kExpansion, to_size(i / 2) * arch::kBusWordBytes);
      if (arch::ExpansionEntry::decode(static_cast<std::uint32_t>(word >> i % 2 * 32)).last) {
        return (i - packet.entry() + 1) * chip_->core.expansion.cycles_per_write;
      }
    }
    return 0;  // the core finds the fault
  }

  std::int64_t begin_tick(int parity, std::int64_t length) {
    catch_up();
    pins_.in_valid.set(0);
    // With ticks of fixed length it may have work left, which does not move in this cycle.
    pins_.hold.set(length != 0 ? 1 : 0);
    pins_.tick_start.set(1);
    pins_.tick_parity.set(static_cast<std::uint64_t>(parity));
    clock();
    pins_.hold.set(0);
    pins_.tick_start.set(0);
    for (List& list : lists_) {
      list.begin -= length_;
      list.in_next_tick = false;
    }
    length_ = length;
    cycle_ = 0;
    evaluated_ = false;
    working_ = true;
    busy_ = 0;
    integrate_ = overrun_;
    overrun_ = 0;
    late_ = 0;
    emissions_.clear();
    tick_ = std::exchange(next_tick_, {});
    const auto neurons = to_size(static_cast<std::int64_t>(
        memory_.word(arch::CoreRegion::kControl, arch::core_control::kNeurons)));
    const std::size_t count = std::min(neurons, to_size(chip_->core.max_neurons()));
    fired_.assign(count, 0);
    gathers_.assign(count, 0);
    thresholds_.assign(count, 0);
    return 0;
  }

  std::int64_t run(std::int64_t limit) {
    while (true) {
      if (!evaluated_) evaluate();
      if (cycle_ + 1 >= limit) break;
      step();
    }
    if (limit == length_ && pins_.busy.get() != 0) look_ahead();
    working_ = pins_.busy.get() != 0;
    return working_ ? limit : kDone;
  }

  /// To be called at the end of a tick: takes the core through all that happens in it.
  void catch_up() {
    settle();
    while (cycle_ < length_) {
      if (!evaluated_) evaluate();
      step();
    }
    if (fault_.empty() && pins_.fault.get() != 0) {
      const std::uint64_t code = pins_.fault_code.get();
      fail(code >= 1 && code <= kFaults.size() ? kFaults[code - 1] : fmt::format("fault {}", code));
    }
  }

  void add_events(std::vector<EventCounts>& categories, EventCounts& all) const {
    for (std::size_t g = 0; g < tick_.size(); ++g) {
      categories[category(group_categories_, g)] += tick_[g];
      all += tick_[g];
    }
    for (std::size_t j = 0; j < gathers_.size(); ++j) {
      EventCounts own;
      own[Event::kGather] = gathers_[j];
      own[Event::kThresholdCompare] = thresholds_[j];
      categories[category(neuron_categories_, j)] += own;
      all += own;
    }
    all[Event::kRouteRead] += emissions_.size();
  }

  void set_categories(std::vector<std::uint16_t> groups, std::vector<std::uint16_t> neurons) {
    group_categories_ = std::move(groups);
    neuron_categories_ = std::move(neurons);
  }

  int dendrites() const {
    const auto groups =
        std::min(memory_.word(arch::CoreRegion::kControl, arch::core_control::kGroups),
                 static_cast<std::uint64_t>(chip_->core.fan_in_groups));
    int sum = 0;
    for (const std::uint64_t word :
         memory_.table<std::uint64_t>(arch::CoreRegion::kGroups, groups)) {
      sum += arch::GroupEntry::decode(word).dendrites;
    }
    return sum;
  }

  const arch::ChipDescription& chip() const { return *chip_; }
  const std::vector<hw::Emission>& emissions() const { return emissions_; }
  std::int64_t busy_cycles() const { return busy_; }
  std::int64_t integrate_cycles() const { return integrate_; }
  std::uint64_t late_spikes() const { return late_; }
  const std::string& fault() const { return fault_; }
  const std::vector<std::uint64_t>& fired() const { return fired_; }

 private:
  struct Departure {
    arch::Packet packet;
    std::int64_t cycle;
  };
  /// A list of axons that a packet sets.
  struct List {
    std::int64_t begin;  ///< earliest cycle of a write
    bool in_next_tick;   ///< with its last write it arrives after the end of the tick
  };
  /// Packets of a neuron that fired.
  struct Packets {
    std::size_t neuron;
    std::size_t count;
  };
  using GroupEvents = std::vector<EventCounts>;  ///< by group

  static std::uint16_t category(const std::vector<std::uint16_t>& categories, std::size_t index) {
    return index < categories.size() ? categories[index] : std::uint16_t{0};
  }
  static EventCounts& of_group(GroupEvents& events, std::uint64_t group) {
    if (group >= events.size()) events.resize(group + 1);
    return events[group];
  }

  /// Takes the core through a cycle without packets.
  void clock() {
    pins_.clock.set(0);
    module_.eval();
    pins_.clock.set(1);
    module_.eval();
  }

  /// Ends the cycle under way. If the core has no more work and does not count the cycles of the
  /// tick, takes it through the arrival of all packets that are known.
  void settle() {
    if (evaluated_) step();
    if (working_ || length_ != 0) return;
    while (true) {
      evaluate();
      if (pins_.receiving.get() == 0) {
        if (departures_.empty()) break;
        cycle_ = departures_.front().cycle;
      }
      step();
    }
    evaluated_ = false;
  }

  /// Accesses a word, in a cycle of its own in which nothing else moves. Returns what it read.
  std::uint64_t access(arch::CoreRegion region, std::uint64_t offset, bool write,
                       std::uint64_t value) {
    settle();
    pins_.hold.set(1);
    pins_.config_valid.set(1);
    pins_.config_write.set(write ? 1 : 0);
    pins_.config_region.set(static_cast<std::uint64_t>(region));
    pins_.config_offset.set(offset);
    pins_.config_wdata.set(value);
    clock();
    pins_.config_valid.set(0);
    pins_.hold.set(0);
    return pins_.config_rdata.get();
  }

  /// Finds what the core does in a cycle, apart from packets that arrive.
  void evaluate() {
    pins_.clock.set(0);
    pins_.in_valid.set(0);
    module_.eval();
    evaluated_ = true;
    observe(cycle_);
  }

  void observe(std::int64_t cycle) {
    if (pins_.firing.get() != 0) busy_ = std::max(busy_, cycle + 1);
    if (pins_.integrating.get() != 0) integrate_ = std::max(integrate_, cycle + 1);
    if (pins_.activity_scan.get() != 0) {
      ++of_group(tick_, pins_.activity_group.get())[Event::kScanWord];
    }
    if (pins_.activity_read.get() != 0) {
      EventCounts& events = of_group(tick_, pins_.activity_group.get());
      ++events[Event::kRowWordRead];
      events[Event::kAccumulate] += pins_.activity_nonzeros.get();
    }
    if (pins_.activity_fire.get() != 0) take_batch();
    if (pins_.out_valid.get() != 0) take_packet(cycle);
  }

  void take_batch() {
    if (replayed_batches_ != 0) {
      --replayed_batches_;
      return;
    }
    const auto first = to_size(static_cast<std::int64_t>(pins_.activity_first_neuron.get()));
    const std::size_t end =
        std::min(first + to_size(chip_->core.timing.neurons_per_cycle), fired_.size());
    const int levels = chip_->core.thresholds_per_dendrite;
    for (std::size_t j = first; j < end; ++j) {
      const auto lane = static_cast<int>(j - first);
      fired_[j] = pins_.activity_levels.get(lane * levels, levels);
      gathers_[j] = pins_.activity_gathers.get(lane * 16, 16);
      thresholds_[j] = pins_.activity_thresholds.get(lane * 16, 16);
      const auto spikes = to_size(__builtin_popcountll(fired_[j]));
      if (const std::size_t count = spikes * routes(j); count != 0) packets_.push_back({j, count});
    }
    ++batches_;
  }

  std::size_t routes(std::size_t neuron) const {
    const std::uint64_t at = neuron * arch::NeuronEntry::kBytes;
    return to_size(arch::NeuronEntry::decode(
                       memory_.word(arch::CoreRegion::kNeurons, at),
                       memory_.word(arch::CoreRegion::kNeurons, at + arch::kBusWordBytes))
                       .routes);
  }

  void take_packet(std::int64_t cycle) {
    if (replayed_packets_ != 0) {
      --replayed_packets_;
      return;
    }
    std::uint16_t booked = 0;
    if (!packets_.empty()) {
      booked = category(neuron_categories_, packets_.front().neuron);
      if (--packets_.front().count == 0) packets_.pop_front();
    }
    emissions_.push_back({arch::Packet(pins_.out_packet.get()), cycle, booked});
  }

  /// Ends the cycle.
  void step() {
    const bool departs = !departures_.empty() && departures_.front().cycle <= cycle_;
    if (departs) {
      const Departure& departure = departures_.front();
      pins_.in_valid.set(1);
      pins_.in_packet.set(departure.packet.bits());
      module_.eval();
      if (departure.cycle < cycle_ || pins_.in_ready.get() == 0) {
        fail(fmt::format("a packet left its router in cycle {}, in which it takes none",
                         departure.cycle));
      }
      if (departure.packet.expanded()) add_list(departure);
      departures_.pop_front();
    }
    observe_arrival();
    pins_.clock.set(1);
    module_.eval();
    ++cycle_;
    evaluated_ = false;
  }

  void add_list(const Departure& departure) {
    const std::int64_t arrival = departure.cycle + link_;
    while (lists_.size() > 1 && lists_[1].begin <= cycle_) lists_.pop_front();
    lists_.push_back(
        {arrival - 1, length_ != 0 && arrival + port_cycles(departure.packet) > length_});
  }

  void observe_arrival() {
    late_ += pins_.late.get();
    if (pins_.activity_axon_write.get() == 0) return;
    const bool by_list = pins_.activity_axon_expanded.get() != 0;
    while (lists_.size() > 1 && lists_[1].begin <= cycle_) lists_.pop_front();
    const bool later = by_list && !lists_.empty() && lists_.front().in_next_tick;
    EventCounts& events = of_group(later ? next_tick_ : tick_, pins_.activity_axon_group.get());
    ++events[Event::kAxonWrite];
    if (by_list) ++events[Event::kExpansionWrite];
  }

  /// At the last cycle of a tick of fixed length: finds what the core has left to do.
  void look_ahead() {
    const std::vector<std::uint8_t> state = module_.save();
    const std::size_t batches = batches_;
    const std::size_t packets = emissions_.size();
    for (std::int64_t cycle = cycle_ + 1; pins_.busy.get() != 0; ++cycle) {
      clock();
      observe(cycle);
    }
    module_.restore(state);
    replayed_batches_ = batches_ - batches;
    replayed_packets_ = emissions_.size() - packets;
    overrun_ = std::max<std::int64_t>(0, busy_ - length_);
  }

  void fail(const std::string& what) {
    if (fault_.empty()) {
      fault_ = fmt::format("{} (RTL): {}", arch::core_name(*chip_, core_), what);
    }
  }

  const arch::ChipDescription* chip_;
  int core_;
  std::int64_t link_;
  VerilatedModule module_;
  CorePins pins_;
  hw::CoreMemory memory_;  ///< what the bus has written
  std::vector<std::uint16_t> group_categories_;
  std::vector<std::uint16_t> neuron_categories_;

  // Cycles count from the start of the tick.
  std::int64_t cycle_ = 0;  ///< the registers of the core hold the state at its start
  bool evaluated_ = false;  ///< its outputs have been observed
  std::int64_t length_ = 0;
  bool working_ = false;
  std::deque<Departure> departures_;
  std::deque<List> lists_;

  std::int64_t busy_ = 0;
  std::int64_t integrate_ = 0;
  std::int64_t overrun_ = 0;  ///< cycles of the last tick's work that are left
  std::size_t batches_ = 0;
  // What look_ahead has found, and the core has not done again yet.
  std::size_t replayed_batches_ = 0;
  std::size_t replayed_packets_ = 0;

  std::uint64_t late_ = 0;
  std::string fault_;
  std::vector<hw::Emission> emissions_;
  std::deque<Packets> packets_;  ///< fired, and not handed out yet
  GroupEvents tick_;
  GroupEvents next_tick_;
  std::vector<std::uint64_t> fired_;
  std::vector<std::uint64_t> gathers_;     ///< by neuron
  std::vector<std::uint64_t> thresholds_;  ///< by neuron
};

RtlCore::RtlCore(const arch::ChipDescription& chip, int core,
                 std::shared_ptr<const VerilatedLibrary> library)
    : twin_(std::make_unique<Twin>(chip, core, std::move(library))) {}

RtlCore::~RtlCore() = default;

hw::AccessResult RtlCore::check(int region, std::uint64_t offset, std::uint64_t length,
                                bool write) const {
  return hw::check_access(twin_->chip().core, region, offset, length, write);
}

hw::AccessResult RtlCore::access(int region, std::uint64_t offset, std::uint8_t* data,
                                 std::uint64_t length, bool write) {
  const hw::AccessResult result = check(region, offset, length, write);
  if (result != hw::AccessResult::kOk) return result;
  const auto which = static_cast<arch::CoreRegion>(region);
  for (std::uint64_t at = 0; at < length; at += arch::kBusWordBytes) {
    if (write) {
      twin_->write(which, offset + at, data + at);
    } else {
      twin_->read(which, offset + at, data + at);
    }
  }
  return result;
}

void RtlCore::reset() { twin_->reset(); }
bool RtlCore::enabled() const { return twin_->enabled(); }

void RtlCore::depart(arch::Packet packet, std::int64_t arrival) { twin_->depart(packet, arrival); }
std::int64_t RtlCore::port_cycles(arch::Packet packet) { return twin_->port_cycles(packet); }

std::int64_t RtlCore::begin_tick(int parity, std::int64_t length) {
  return twin_->begin_tick(parity, length);
}
std::int64_t RtlCore::run(std::int64_t limit) { return twin_->run(limit); }
const std::vector<hw::Emission>& RtlCore::emissions() const { return twin_->emissions(); }

std::int64_t RtlCore::busy_cycles() const { return twin_->busy_cycles(); }
std::int64_t RtlCore::integrate_cycles() const { return twin_->integrate_cycles(); }

std::uint64_t RtlCore::late_spikes() const {
  twin_->catch_up();
  return twin_->late_spikes();
}

const std::string& RtlCore::fault() const {
  twin_->catch_up();
  return twin_->fault();
}

void RtlCore::set_categories(std::vector<std::uint16_t> groups,
                             std::vector<std::uint16_t> neurons) {
  twin_->set_categories(std::move(groups), std::move(neurons));
}

void RtlCore::add_events(std::vector<EventCounts>& categories, EventCounts& all) const {
  twin_->catch_up();
  twin_->add_events(categories, all);
}

const std::vector<std::uint64_t>& RtlCore::fired() const { return twin_->fired(); }
int RtlCore::dendrites() const { return twin_->dendrites(); }

hw::CoreFactory mixed_cores(std::set<int> cores, std::shared_ptr<const VerilatedLibrary> library) {
  return [cores = std::move(cores), library = std::move(library),
          pool = std::make_shared<hw::MemoryPool>()](const arch::ChipDescription& chip,
                                                     int number) -> std::unique_ptr<hw::CoreIf> {
    if (cores.count(number) != 0) return std::make_unique<RtlCore>(chip, number, library);
    return std::make_unique<hw::CoreModel>(chip, number, pool);
  };
}

}  // namespace spikeloom::cosim
