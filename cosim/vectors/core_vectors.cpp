// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/cosim/vectors/core_vectors.h"

#include <algorithm>
#include <cstring>
#include <deque>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "spikeloom/arch/address_map.h"
#include "spikeloom/arch/core_tables.h"
#include "spikeloom/arch/names.h"
#include "spikeloom/base/error.h"
#include "spikeloom/hw/core/core_model.h"

namespace spikeloom::cosim {
namespace {

using arch::CoreRegion;

constexpr int kWordBits = 8 * arch::kBusWordBytes;
constexpr int kAddressBits = 32;
constexpr int kLateBits = 2;

std::size_t at(CoreInput pin) { return static_cast<std::size_t>(pin); }
std::size_t at(CoreOutput pin) { return static_cast<std::size_t>(pin); }

std::vector<Pin> input_pins() {
  std::vector<Pin> pins;
  for (const CoreInput input : base::all_values<CoreInput>())
    pins.push_back({std::string(name(input))});
  pins[at(CoreInput::kInPacket)].bits = arch::Packet::kBits;
  pins[at(CoreInput::kOutReady)].idle = 1;
  pins[at(CoreInput::kConfigAddress)].bits = kAddressBits;
  pins[at(CoreInput::kConfigData)].bits = kWordBits;
  return pins;
}

std::vector<Pin> output_pins() {
  std::vector<Pin> pins;
  for (const CoreOutput output : base::all_values<CoreOutput>())
    pins.push_back({std::string(name(output))});
  pins[at(CoreOutput::kInReady)].idle = 1;
  pins[at(CoreOutput::kEnabled)].idle = 1;
  pins[at(CoreOutput::kOutPacket)].bits = arch::Packet::kBits;
  pins[at(CoreOutput::kReadData)].bits = kWordBits;
  pins[at(CoreOutput::kLate)].bits = kLateBits;
  return pins;
}

std::uint32_t address_of(CoreRegion region, std::uint64_t offset) {
  return static_cast<std::uint32_t>(arch::core_address(0, region, offset));
}

/// Returns the words that transactions write to a core.
std::vector<ConfigWord> words_of(const arch::CoreLocation& place,
                                 const std::vector<arch::Transaction>& transactions) {
  std::vector<ConfigWord> words;
  for (const arch::Transaction& transaction : transactions) {
    const auto address = arch::BusAddress::decode(transaction.address);
    if (!address || address->chip != place.chip || address->unit != place.unit) continue;
    for (std::size_t i = 0; i < transaction.data.size(); i += arch::kBusWordBytes) {
      ConfigWord& word = words.emplace_back();
      word.address = static_cast<std::uint32_t>(arch::local_address(transaction.address + i));
      std::memcpy(&word.data, &transaction.data[i], sizeof word.data);
    }
  }
  return words;
}

/// Makes the vectors of a core. A second model gets what the testbench will give to the RTL, so
/// that what it counts is what the RTL counts, and not what was counted since the chip's reset.
class CoreVectorsBuilder {
 public:
  CoreVectorsBuilder(const arch::ChipDescription& chip, int number)
      : chip_(chip),
        number_(number),
        model_(chip, number),
        port_(hw::list_routers(chip).cores[static_cast<std::size_t>(number)]) {}

  void configure(std::vector<ConfigWord> words, std::uint64_t first_tick);
  /// Gives the core the packets of a tick, without its neurons.
  void preload(const RecordedTick& tick);
  void replay(const RecordedTick& tick);
  CoreVectors finish();

 private:
  /// A packet at the core's port, in cycles of the vectors.
  struct Arrival {
    arch::Packet packet;
    std::int64_t last_write;
  };
  /// A packet that has not entered the network, likewise.
  struct Pending {
    arch::Packet packet;
    std::int64_t ready;
  };

  void write(CoreRegion region, std::uint64_t offset, std::uint64_t value);
  std::uint64_t read_model(CoreRegion region, std::uint64_t offset);
  /// Reads all counters and the state, from cycle now_ on.
  void read_back();
  /// Starts a tick in the model; the vectors' cycle 0 of the tick is `start`.
  VectorTick& begin_tick(std::uint64_t number, std::int64_t start, std::int64_t length);
  /// The core receives a packet that leaves its router in `departure`, cycles of the vectors.
  void receive(arch::Packet packet, std::int64_t departure, std::int64_t free);
  /// Hands out to the model what arrives in the tick; the rest is late.
  void deliver(std::int64_t tick_end);
  void send(const RecordedTick& tick, std::int64_t start);
  void note_places(const RecordedTick& tick, std::int64_t start);
  void mark_full();
  bool is_port(const NetworkEvent& event) const {
    return event.router == port_.router && event.port == port_.port;
  }

  const arch::ChipDescription& chip_;
  int number_;
  hw::CoreModel model_;
  arch::Attachment port_;
  CoreVectors vectors_;
  std::int64_t now_ = 0;    ///< first cycle that is not determined yet
  bool rests_ = true;       ///< the core has nothing to do in cycle now_
  std::int64_t quiet_ = 0;  ///< first cycle in which the core has nothing more to do, so far
  std::vector<Arrival> arriving_;
  std::deque<Pending> pending_;
  std::int64_t may_enter_ = 0;  ///< first cycle in which the core may send again
  bool packets_late_ = false;   ///< packets were left at the end of the last tick
  std::vector<std::pair<std::int64_t, int>> places_;  ///< cycle, packets more in the core's FIFO
};

void CoreVectorsBuilder::configure(std::vector<ConfigWord> words, std::uint64_t first_tick) {
  if (chip_.core.neuron == arch::Neuron::kStochastic && first_tick != 0) {
    // The core counts its ticks from its reset, which is later here.
    const std::uint32_t address = address_of(CoreRegion::kRandom, arch::RandomStart::kTickOffset);
    const auto word = std::find_if(words.begin(), words.end(),
                                   [address](const ConfigWord& w) { return w.address == address; });
    if (word == words.end()) {
      words.push_back({address, first_tick});
    } else {
      word->data += first_tick;
    }
  }
  for (ConfigWord& word : words) {
    const auto address = arch::BusAddress::decode(word.address);
    std::uint64_t data = word.data;
    model_.access(address->region, address->offset, reinterpret_cast<std::uint8_t*>(&data),
                  sizeof data, true);
  }
  vectors_.configuration = std::move(words);
}

void CoreVectorsBuilder::write(CoreRegion region, std::uint64_t offset, std::uint64_t value) {
  vectors_.inputs.mark(at(CoreInput::kConfigValid), now_, now_ + 1);
  vectors_.inputs.mark(at(CoreInput::kConfigWrite), now_, now_ + 1);
  vectors_.inputs.set(at(CoreInput::kConfigAddress), now_, address_of(region, offset));
  vectors_.inputs.set(at(CoreInput::kConfigData), now_, value);
  model_.access(static_cast<int>(region), offset, reinterpret_cast<std::uint8_t*>(&value),
                sizeof value, true);
  ++now_;
}

std::uint64_t CoreVectorsBuilder::read_model(CoreRegion region, std::uint64_t offset) {
  std::uint64_t value = 0;
  model_.access(static_cast<int>(region), offset, reinterpret_cast<std::uint8_t*>(&value),
                sizeof value, false);
  return value;
}

void CoreVectorsBuilder::read_back() {
  const auto read = [this](CoreRegion region, std::uint64_t offset) {
    vectors_.inputs.mark(at(CoreInput::kConfigValid), now_, now_ + 1);
    vectors_.inputs.set(at(CoreInput::kConfigAddress), now_, address_of(region, offset));
    ++now_;
    vectors_.expected.mark(at(CoreOutput::kReadValid), now_, now_ + 1);
    vectors_.expected.set(at(CoreOutput::kReadData), now_, read_model(region, offset));
    ++vectors_.words_read;
  };
  for (const arch::CounterInfo& info : arch::kCoreCounterTable) {
    read(CoreRegion::kCounters, arch::counter_offset(info.counter));
  }
  read(CoreRegion::kStatus, arch::core_status::kState);
}

VectorTick& CoreVectorsBuilder::begin_tick(std::uint64_t number, std::int64_t start,
                                           std::int64_t length) {
  const auto parity = static_cast<int>(number & 1);
  vectors_.inputs.mark(at(CoreInput::kTickStart), start - 1, start);
  vectors_.inputs.set(at(CoreInput::kTickParity), start - 1, static_cast<std::uint64_t>(parity));
  model_.begin_tick(parity, length);
  const std::int64_t integrated = start + model_.integrate_cycles();
  const std::int64_t fired = start + model_.busy_cycles();
  vectors_.expected.mark(at(CoreOutput::kIntegrating), start + model_.start_cycle(), integrated);
  vectors_.expected.mark(at(CoreOutput::kFiring), start, fired);
  vectors_.expected.mark(at(CoreOutput::kBusy), start, fired);
  quiet_ = std::max(quiet_, fired);
  VectorTick& tick = vectors_.ticks.emplace_back();
  tick.number = number;
  tick.first_cycle = start;
  tick.integrate_cycles = model_.integrate_cycles();
  tick.busy_cycles = model_.busy_cycles();
  return tick;
}

void CoreVectorsBuilder::receive(arch::Packet packet, std::int64_t departure, std::int64_t free) {
  const std::int64_t arrival = departure + chip_.router.packet_link_cycles();
  const std::int64_t last = arrival + (packet.expanded() ? model_.port_cycles(packet) : 0);
  vectors_.inputs.mark(at(CoreInput::kInValid), departure, departure + 1);
  vectors_.inputs.set(at(CoreInput::kInPacket), departure, packet.bits());
  vectors_.expected.mark(at(CoreOutput::kInReady), departure + 1, free);
  vectors_.expected.mark(at(CoreOutput::kReceiving), departure + 1, last);
  arriving_.push_back({packet, last});
  quiet_ = std::max({quiet_, last, free});
  ++vectors_.ticks.back().packets_in;
  ++vectors_.packets_in;
}

void CoreVectorsBuilder::deliver(std::int64_t tick_end) {
  std::vector<Arrival> later;
  for (const Arrival& arrival : arriving_) {
    if (arrival.last_write > tick_end) {
      later.push_back(arrival);
      continue;
    }
    const std::uint64_t late = model_.late_spikes();
    model_.receive(arrival.packet, arrival.last_write);
    if (model_.late_spikes() == late) continue;
    // It is recognized in the cycle in which its axon is written.
    vectors_.expected.mark(at(CoreOutput::kLate), arrival.last_write - 1, arrival.last_write);
  }
  arriving_ = std::move(later);
}

void CoreVectorsBuilder::preload(const RecordedTick& tick) {
  const std::uint64_t neurons = read_model(CoreRegion::kControl, arch::core_control::kNeurons);
  write(CoreRegion::kControl, arch::core_control::kNeurons, 0);
  const std::int64_t start = now_ + 1;
  VectorTick& replayed = begin_tick(tick.end.number, start, 0);
  replayed.preload = true;
  std::int64_t next = start;
  for (const NetworkEvent& event : tick.events) {
    if (event.kind != NetworkEvent::Kind::kDeparted || !is_port(event)) continue;
    const std::int64_t free = next + event.free - event.cycle;
    receive(event.packet, next, free);
    next = free;
  }
  deliver(INT64_MAX);
  now_ = std::max(quiet_, start + 1);
  replayed.cycles = now_ - start;
  write(CoreRegion::kControl, arch::core_control::kNeurons, neurons);
  read_back();
}

void CoreVectorsBuilder::replay(const RecordedTick& tick) {
  const bool fixed = chip_.sync.tick_cycles != 0;
  const std::int64_t start = rests_ ? now_ + 1 : now_;
  if (packets_late_) {
    vectors_.inputs.mark(at(CoreInput::kTickLate), start - 1, start);
  } else {
    may_enter_ = 0;
  }
  const std::int64_t end = start + tick.end.cycles;
  VectorTick& replayed = begin_tick(tick.end.number, start, fixed ? tick.end.cycles : 0);
  replayed.cycles = tick.end.cycles;
  if (model_.integrate_cycles() != tick.core.integrate || model_.busy_cycles() != tick.core.busy ||
      model_.start_cycle() != tick.core.start ||
      model_.emissions().size() != tick.core.emissions.size()) {
    throw std::logic_error(fmt::format("{} did other work in tick {} than its vectors say",
                                       arch::core_name(chip_, number_), tick.end.number));
  }
  // What the last tick left arrives first, and then what leaves the router in this tick.
  const std::int64_t limit = fixed ? end : INT64_MAX;
  deliver(limit);
  for (const NetworkEvent& event : tick.events) {
    if (event.kind != NetworkEvent::Kind::kDeparted || !is_port(event)) continue;
    receive(event.packet, start + event.cycle, start + event.free);
  }
  deliver(limit);
  send(tick, start);
  note_places(tick, start);
  now_ = end;
  rests_ = !fixed || (quiet_ <= end && may_enter_ <= end && pending_.empty());
  if (rests_) read_back();
  packets_late_ = tick.end.packets_late;
}

void CoreVectorsBuilder::send(const RecordedTick& tick, std::int64_t start) {
  for (const hw::Emission& emission : tick.core.emissions) {
    pending_.push_back({emission.packet, start + emission.ready});
  }
  for (const NetworkEvent& event : tick.events) {
    if (event.kind != NetworkEvent::Kind::kEntered || !is_port(event)) continue;
    if (pending_.empty() || pending_.front().packet.bits() != event.packet.bits()) {
      throw std::logic_error(fmt::format("{} sent another packet in tick {} than it made ready",
                                         arch::core_name(chip_, number_), tick.end.number));
    }
    const Pending packet = pending_.front();
    pending_.pop_front();
    const std::int64_t entry = start + event.cycle;
    const std::int64_t offered = std::min(entry, std::max(packet.ready, may_enter_));
    vectors_.expected.mark(at(CoreOutput::kOutValid), offered, entry + 1);
    vectors_.expected.set(at(CoreOutput::kOutPacket), offered, packet.packet.bits());
    vectors_.expected.mark(at(CoreOutput::kBusy), packet.ready, entry + 1);
    may_enter_ = entry + chip_.core.timing.emit_cycles_per_packet;
    quiet_ = std::max(quiet_, entry + 1);
    ++vectors_.ticks.back().packets_out;
    ++vectors_.packets_out;
  }
}

void CoreVectorsBuilder::note_places(const RecordedTick& tick, std::int64_t start) {
  for (const NetworkEvent& event : tick.events) {
    if (!is_port(event)) continue;
    // A place is taken, and free again, from the next cycle on.
    const std::int64_t seen = start + event.cycle + 1;
    if (event.kind == NetworkEvent::Kind::kQueued) places_.emplace_back(seen, 1);
    if (event.kind == NetworkEvent::Kind::kLeft) places_.emplace_back(seen, -1);
  }
}

void CoreVectorsBuilder::mark_full() {
  std::stable_sort(places_.begin(), places_.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  int fill = 0;
  for (std::size_t i = 0; i < places_.size(); ++i) {
    fill += places_[i].second;
    const std::int64_t end = i + 1 < places_.size() ? places_[i + 1].first : now_;
    if (fill == chip_.router.fifo_depth) {
      vectors_.inputs.mark(at(CoreInput::kOutReady), places_[i].first, end);
    }
  }
}

CoreVectors CoreVectorsBuilder::finish() {
  if (!model_.fault().empty()) throw std::logic_error("vectors of a fault: " + model_.fault());
  // Packets that the last tick leaves, as a tick of fixed length may.
  for (const Pending& packet : pending_) {
    const std::int64_t offered = std::max(packet.ready, may_enter_);
    vectors_.expected.mark(at(CoreOutput::kBusy), packet.ready, now_ + 1);
    vectors_.expected.mark(at(CoreOutput::kOutValid), offered, now_ + 1);
    if (&packet == &pending_.front()) {
      vectors_.expected.set(at(CoreOutput::kOutPacket), offered, packet.packet.bits());
    }
  }
  mark_full();
  // The last word read is there in the cycle after its access.
  vectors_.cycles = rests_ ? now_ + 1 : now_;
  return std::move(vectors_);
}

/// Throws base::UserError if the core does not begin tick `from` at rest.
void check_rest(const arch::ChipDescription& chip, int number, const RecordedTick& before) {
  const bool overdue = before.core.busy > before.end.cycles;
  if (!overdue && !before.end.packets_late) return;
  throw base::UserError(fmt::format(
      "--from: got {}: {} late at the start of this tick; choose one at whose start no packet "
      "and no core is late",
      before.end.number + 1,
      overdue ? arch::core_name(chip, number) + " is" : std::string("packets are")));
}

}  // namespace

CoreVectors::CoreVectors() : inputs(input_pins()), expected(output_pins()) {}

CoreVectors core_vectors(const arch::ChipDescription& chip,
                         const std::vector<arch::Transaction>& transactions, int number,
                         const std::vector<RecordedTick>& ticks, std::uint64_t from) {
  CoreVectorsBuilder builder(chip, number);
  builder.configure(words_of(chip.place(number), transactions), from == 0 ? 0 : from - 1);
  for (const RecordedTick& tick : ticks) {
    if (tick.end.number < from) {
      check_rest(chip, number, tick);
      builder.preload(tick);
    } else {
      builder.replay(tick);
    }
  }
  return builder.finish();
}

}  // namespace spikeloom::cosim
