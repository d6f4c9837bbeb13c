// SPDX-License-Identifier: Apache-2.0
#include "testbenches/rtl/core/core_lockstep.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "spikeloom/arch/registers.h"
#include "spikeloom/base/index.h"

namespace spikeloom::rtl {
namespace {

/// More cycles than the clearing of the memories takes, or a list of axons.
constexpr int kManyCycles = 100000;

using base::to_size;

}  // namespace

std::string Mismatch::text() const {
  const std::string when =
      tick == UINT64_MAX ? "before the first tick" : fmt::format("tick {}, cycle {}", tick, cycle);
  return fmt::format("{}: {} is {} in the model and {} in the RTL", when, signal, model, rtl);
}

Compared& Compared::operator+=(const Compared& other) {
  cores += other.cores;
  ticks += other.ticks;
  cycles += other.cycles;
  packets += other.packets;
  received += other.received;
  axons += other.axons;
  late += other.late;
  overrun += other.overrun;
  faults += other.faults;
  return *this;
}

CoreLockstep::CoreLockstep(const arch::ChipDescription& chip,
                           std::shared_ptr<const cosim::VerilatedLibrary> library,
                           std::uint64_t seed, CoreWaves* waves)
    : chip_(chip),
      random_(seed),
      model_(chip, 0),
      module_(std::move(library)),
      pins_(module_),
      core_(chip, random_),
      waves_(waves),
      link_(chip.router.packet_link_cycles()),
      length_(chip.sync.tick_cycles) {
  compared_.cores = 1;
  if (waves_ != nullptr) waves_->open(module_);
}

std::optional<Mismatch> CoreLockstep::run(int ticks) {
  try {
    load();
    check_memory();
    check_refusals();
    for (int i = 0; i < ticks; ++i) {
      run_tick();
      if (mismatch_ || compared_.faults != 0) break;
    }
    if (!mismatch_ && compared_.faults == 0) {
      random_.chance(50) ? receive_bad_packets() : run_broken_tick();
    }
  } catch (const Differs&) {
  }
  if (waves_ != nullptr) waves_->close(module_, clocks_ + 2);
  return mismatch_;
}

void CoreLockstep::expect(std::string_view signal, std::uint64_t model, std::uint64_t rtl) {
  if (waves_ != nullptr) waves_->show(signal, clocks_, model, rtl);
  if (model == rtl) return;
  mismatch_ = Mismatch{now_ - start_, tick_, std::string(signal), fmt::format("{:#x}", model),
                       fmt::format("{:#x}", rtl)};
  throw Differs();
}

void CoreLockstep::clock() {
  if (waves_ != nullptr) waves_->show_rtl(module_, clocks_, 1);
  pins_.clock.set(1);
  module_.eval();
  ++clocks_;
  if (waves_ != nullptr) waves_->show_rtl(module_, clocks_, 0);
  pins_.clock.set(0);
  module_.eval();
}

std::uint64_t CoreLockstep::access(arch::CoreRegion region, std::uint64_t offset, bool write,
                                   std::uint64_t value) {
  pins_.in_valid.set(0);
  pins_.hold.set(1);
  pins_.config_valid.set(1);
  pins_.config_write.set(write ? 1 : 0);
  pins_.config_region.set(static_cast<std::uint64_t>(region));
  pins_.config_offset.set(offset);
  pins_.config_wdata.set(value);
  module_.eval();
  expect("config_result", 0, pins_.config_result.get());
  clock();
  pins_.config_valid.set(0);
  pins_.hold.set(0);
  // What is read does not depend on what the bus does next.
  pins_.config_region.set(random_.bits() & 0xf);
  pins_.config_offset.set(0);
  module_.eval();
  return pins_.config_rdata.get();
}

void CoreLockstep::write_both(const RandomCore::Write& write) {
  access(write.region, write.offset, true, write.word);
  std::uint64_t word = write.word;
  model_.access(static_cast<int>(write.region), write.offset,
                reinterpret_cast<std::uint8_t*>(&word), sizeof word, true);
}

void CoreLockstep::reset() {
  pins_.reset.set(1);
  module_.eval();
  clock();
  pins_.reset.set(0);
  pins_.in_valid.set(0);
  pins_.tick_start.set(0);
  module_.eval();
  // Each cycle clears a word of each table.
  for (int i = 0; pins_.ready.get() == 0; ++i) {
    if (i > kManyCycles) expect("ready", 1, 0);
    clock();
  }
}

/// Lets another core work for a while: nothing of it may be left after the next reset.
void CoreLockstep::live_before() {
  reset();
  const RandomCore other(chip_, random_);
  for (const RandomCore::Write& write : other.writes()) {
    access(write.region, write.offset, true, write.word);
  }
  const int tick_percent = random_.between(1, 10);
  for (int i = random_.between(0, 400); i > 0; --i) {
    pins_.tick_start.set(random_.chance(tick_percent) ? 1 : 0);
    pins_.tick_parity.set(random_.bits() & 1);
    pins_.out_ready.set(random_.chance(30) ? 1 : 0);
    const auto packet = other.packet(random_);
    pins_.in_valid.set(packet ? 1 : 0);
    if (packet) pins_.in_packet.set(packet->with_parity(random_.between(0, 1)).bits());
    module_.eval();
    clock();
  }
}

void CoreLockstep::load() {
  if (random_.chance(50)) live_before();
  reset();
  // The memories are clear.
  check_memory();
  for (const RandomCore::Write& write : core_.writes()) write_both(write);
  expect("enabled", 1, pins_.enabled.get());
}

/// Reads words of all regions, the last one among them, some of which were never written.
void CoreLockstep::check_memory() {
  for (const arch::CoreRegionInfo& info : arch::kCoreRegions) {
    const auto words =
        static_cast<int>(arch::region_bytes(chip_.core, info.region) / arch::kBusWordBytes);
    for (int i = 0; i < std::min(words, 12); ++i) {
      const int word_number = i == 0 ? words - 1 : random_.between(0, words - 1);
      const auto offset = to_size(word_number) * arch::kBusWordBytes;
      std::uint64_t word = 0;
      model_.access(static_cast<int>(info.region), offset, reinterpret_cast<std::uint8_t*>(&word),
                    sizeof word, false);
      expect(fmt::format("{} at {:#x}", name(info.region), offset), word,
             access(info.region, offset, false, 0));
    }
  }
}

/// Tries accesses at the ends of regions, and beyond.
void CoreLockstep::check_refusals() {
  for (int i = 0; i < 40; ++i) {
    const int region = random_.between(0, 15);
    std::uint64_t offset = to_size(random_.between(0, 1 << 20)) * arch::kBusWordBytes;
    if (to_size(region) < arch::kCoreRegions.size() && random_.chance(80)) {
      const auto bytes = arch::region_bytes(chip_.core, static_cast<arch::CoreRegion>(region));
      offset = bytes + to_size(random_.between(0, 1)) * arch::kBusWordBytes;
      if (offset != 0) offset -= arch::kBusWordBytes;
    }
    const bool write = random_.chance(50);
    pins_.config_write.set(write ? 1 : 0);
    pins_.config_region.set(to_size(region));
    pins_.config_offset.set(offset);
    module_.eval();
    expect(fmt::format("config_result of region {}, offset {:#x}", region, offset),
           static_cast<std::uint64_t>(hw::check_access(chip_.core, region, offset, 8, write)),
           pins_.config_result.get());
  }
}

void CoreLockstep::run_tick() {
  start_tick();
  if (mismatch_ || compared_.faults != 0) return;
  if (!model_.fault().empty()) {
    run_to_fault();
    return;
  }
  ++compared_.ticks;
  ready_percent_ = random_.chance(40) ? 100 : random_.between(15, 90);
  idle_cycles_ = random_.chance(50) ? 0 : random_.between(0, 5);
  plan_packets();
  while (!is_last()) cycle(false);
}

bool CoreLockstep::is_last() const {
  if (length_ != 0) return now_ + 1 == start_ + length_;
  // The last event lies in the cycle before this one, or further back.
  const std::int64_t last = now_ - idle_cycles_;
  return last >= start_ + model_.busy_cycles() && fired_.empty() && planned_.empty() &&
         incoming_.empty();
}

bool CoreLockstep::still_integrates() const {
  return length_ != 0 && model_.integrate_cycles() > length_;
}

void CoreLockstep::start_tick() {
  const bool first = tick_ == UINT64_MAX;
  if (!first && random_.chance(50)) {
    cycle(true);
  } else {
    if (!first) {
      cycle(false);
      check_counters();
    } else {
      now_ = 0;
    }
    for (int i = random_.between(0, 3); i > 0; --i) held_cycle(false);
    held_cycle(true);
  }
  if (!first && still_integrates()) {
    expect("fault_code", fault_code::kStart, pins_.fault_code.get());
    ++compared_.faults;
    return;
  }
  // Such a packet would be taken for one of the new tick: a chip stops.
  if (!fired_.empty() && fired_.front().tick != tick_) {
    ++compared_.faults;
    return;
  }
  begin_in_model();
}

void CoreLockstep::begin_in_model() {
  ++tick_;
  start_ = now_;
  start_clocks_ = clocks_;
  const auto parity = static_cast<int>(tick_ & 1);
  model_.begin_tick(parity, length_);
  if (waves_ != nullptr) waves_->show_tick(model_, start_clocks_);
  late_ = 0;
  for (const arch::Packet packet : std::exchange(overdue_, {})) model_.receive(packet, 0);
  for (const hw::Emission& emission : model_.emissions()) {
    fired_.push_back({emission.packet, start_ + emission.ready, tick_});
  }
  std::int64_t end = start_ + model_.integrate_cycles();
  const hw::NeuronUnit& unit = model_.neurons();
  for (std::size_t first = 0; first < unit.size(); first += unit.batch()) {
    const std::size_t last = std::min(first + unit.batch(), unit.size());
    end += unit.cycles(first, last);
    Batch batch{end, first, {}, {}};
    for (std::size_t j = first; j < last; ++j) {
      batch.levels.push_back(unit.fired()[j]);
      batch.potentials.push_back(unit.potentials()[j]);
    }
    batches_.push_back(std::move(batch));
  }
  if (model_.overrun() != 0) ++compared_.overrun;
}

void CoreLockstep::plan_packets() {
  int count = random_.chance(10) ? 0 : random_.between(1, 60);
  int pause = random_.chance(40) ? 0 : random_.between(0, 12);
  if (core_.has_largest_sums()) {
    // Sets nearly all axons.
    count = 3 * chip_.core.axons * chip_.core.fan_in_groups;
    pause = 0;
  }
  std::int64_t departure = start_;
  for (int i = 0; i < count; ++i) {
    const auto packet = core_.packet(random_);
    if (!packet) return;
    departure = std::max(departure, port_free_) + random_.between(0, pause);
    if (length_ != 0 && departure >= start_ + length_) return;
    plan(*packet, departure);
  }
}

void CoreLockstep::plan(arch::Packet packet, std::int64_t departure) {
  const std::int64_t port = packet.expanded() ? model_.port_cycles(packet) : 0;
  Incoming incoming;
  incoming.departure = departure;
  incoming.arrival = departure + link_;
  incoming.end = incoming.arrival + port;
  incoming.free = departure + std::max(link_, port);
  const bool in_tick = length_ == 0 || incoming.end <= start_ + length_;
  // A packet may already be late when it leaves its router.
  auto sent = tick_;
  if (length_ != 0 && tick_ != 0 && in_tick && random_.chance(15)) --sent;
  incoming.packet = packet.with_parity(static_cast<int>(sent & 1));
  incoming.late = sent != (in_tick ? tick_ : tick_ + 1);
  const bool dropped = incoming.late && !arch::is_delivered(chip_.sync.late_spikes);
  if (!dropped) incoming.axons = core_.axons(packet);
  if (in_tick) {
    model_.receive(incoming.packet, incoming.arrival - start_);
  } else {
    overdue_.push_back(incoming.packet);
  }
  port_free_ = incoming.free;
  planned_.push_back(std::move(incoming));
}

void CoreLockstep::cycle(bool starts_tick) {
  const bool departs = !planned_.empty() && planned_.front().departure == now_;
  pins_.in_valid.set(departs ? 1 : 0);
  if (departs) pins_.in_packet.set(planned_.front().packet.bits());
  // Packets of the last tick leave in any case.
  const bool old = !fired_.empty() && fired_.front().tick != tick_;
  pins_.out_ready.set(old || random_.chance(ready_percent_) ? 1 : 0);
  pins_.tick_start.set(starts_tick ? 1 : 0);
  pins_.tick_parity.set((tick_ + 1) & 1);
  module_.eval();
  check_states();
  if (departs) {
    ++compared_.received;
    in_ready_ = planned_.front().free;
    incoming_.push_back(std::move(planned_.front()));
    planned_.pop_front();
  }
  if (check_packet()) may_send_ = now_ + chip_.core.timing.emit_cycles_per_packet;
  check_batch();
  check_arrivals();
  check_next();
  if (starts_tick) {
    const bool late = !fired_.empty() || random_.chance(30);
    pins_.tick_late.set(late ? 1 : 0);
    if (!late) may_send_ = now_ + 1;
    module_.eval();
  }
  clock();
  pins_.tick_start.set(0);
  ++now_;
  ++compared_.cycles;
}

void CoreLockstep::held_cycle(bool starts_tick) {
  const bool late = !fired_.empty() || random_.chance(30);
  pins_.in_valid.set(0);
  pins_.hold.set(1);
  pins_.out_ready.set(1);
  pins_.tick_start.set(starts_tick ? 1 : 0);
  pins_.tick_parity.set((tick_ + 1) & 1);
  pins_.tick_late.set(late ? 1 : 0);
  module_.eval();
  expect("out_valid", 0, pins_.out_valid.get());
  expect("in_ready", 0, pins_.in_ready.get());
  for (cosim::VerilatedPin* pin : {&pins_.activity_scan, &pins_.activity_read, &pins_.activity_fire,
                                   &pins_.activity_axon_write, &pins_.late}) {
    expect("activity of a held core", 0, pin->get());
  }
  if (starts_tick && !late) may_send_ = now_;
  clock();
  pins_.tick_start.set(0);
  pins_.hold.set(0);
}

void CoreLockstep::check_states() {
  const std::int64_t cycle = now_ - start_;
  const bool firing = cycle < model_.busy_cycles();
  const bool integrating = cycle >= model_.start_cycle() && cycle < model_.integrate_cycles();
  const bool waiting = !fired_.empty() && fired_.front().ready <= now_;
  bool receiving = false;
  for (const Incoming& incoming : incoming_) receiving |= now_ < incoming.end;
  expect("integrating", integrating, pins_.integrating.get());
  expect("firing", firing, pins_.firing.get());
  expect("busy", firing || waiting, pins_.busy.get());
  expect("receiving", receiving, pins_.receiving.get());
  expect("in_ready", now_ >= in_ready_, pins_.in_ready.get());
  expect("fault", 0, pins_.fault.get());
}

bool CoreLockstep::check_packet() {
  const bool valid = !fired_.empty() && fired_.front().ready <= now_ && may_send_ <= now_;
  expect("out_valid", valid, pins_.out_valid.get());
  if (!valid) return false;
  expect("out_packet", fired_.front().packet.bits(), pins_.out_packet.get());
  if (pins_.out_ready.get() == 0) return false;
  fired_.pop_front();
  ++compared_.packets;
  return true;
}

void CoreLockstep::check_batch() {
  const bool ends = !batches_.empty() && batches_.front().end == now_ + 1;
  expect("activity_fire", ends, pins_.activity_fire.get());
  if (!ends) return;
  const Batch& batch = batches_.front();
  expect("activity_first_neuron", batch.first, pins_.activity_first_neuron.get());
  const int levels = chip_.core.thresholds_per_dendrite;
  for (std::size_t i = 0; i < batch.levels.size(); ++i) {
    const auto lane = static_cast<int>(i);
    const arch::NeuronEntry& neuron = core_.neurons()[batch.first + i];
    expect("activity_levels", batch.levels[i], pins_.activity_levels.get(lane * levels, levels));
    expect("activity_gathers", to_size(neuron.gathers), pins_.activity_gathers.get(lane * 16, 16));
    expect("activity_thresholds", to_size(neuron.thresholds),
           pins_.activity_thresholds.get(lane * 16, 16));
    expect("activity_potentials", static_cast<std::uint32_t>(batch.potentials[i]),
           pins_.activity_potentials.get(lane * 32, 32));
  }
  batches_.pop_front();
}

void CoreLockstep::check_arrivals() {
  std::uint64_t late = 0;
  const bool writes = pins_.activity_axon_write.get() != 0;
  bool written = false;
  for (Incoming& incoming : incoming_) {
    if (incoming.end == now_ + 1 && incoming.late) ++late;
    if (incoming.written == incoming.axons.size()) continue;
    if (writes && !written && now_ + 1 >= incoming.arrival) {
      written = true;
      check_write(incoming);
    }
    // Axon j of a list, from 1 on, has been set after j times the time of a write.
    const auto next = static_cast<std::int64_t>(incoming.written) + 1;
    const std::int64_t due = incoming.packet.expanded()
                                 ? incoming.arrival + next * chip_.core.expansion.cycles_per_write
                                 : incoming.arrival;
    if (incoming.written < incoming.axons.size() && due <= now_ + 1) {
      expect("activity_axon_write", 1, 0);
    }
  }
  expect("activity_axon_write", written, writes);
  expect("late", length_ != 0 ? late : 0, pins_.late.get());
  late_ += late;
  compared_.late += late;
  while (!incoming_.empty() && incoming_.front().end <= now_ + 1) incoming_.pop_front();
}

void CoreLockstep::check_write(Incoming& incoming) {
  const arch::ExpansionEntry& axon = incoming.axons[incoming.written++];
  expect("activity_axon_expanded", incoming.packet.expanded(), pins_.activity_axon_expanded.get());
  expect("activity_axon_group", to_size(axon.group), pins_.activity_axon_group.get());
  expect("activity_axon", to_size(axon.axon), pins_.activity_axon.get());
  ++compared_.axons;
}

/// Checks the outputs that tell what the next cycle begins with if no tick starts.
void CoreLockstep::check_next() {
  const std::int64_t next = now_ + 1 - start_;
  // While the neurons of the last tick still fire, the axons of this one have not been read.
  const bool integrates =
      next < model_.start_cycle() ||
      (model_.integrate_cycles() > model_.start_cycle() && next < model_.integrate_cycles());
  expect("integrating_next", integrates, pins_.integrating_next.get());
  expect("firing_next", next < model_.busy_cycles(), pins_.firing_next.get());
  expect("fault_next", 0, pins_.fault_next.get());
  std::uint64_t waiting = 0;
  for (const Firing& firing : fired_) {
    if (firing.ready <= now_ + 1) waiting |= std::uint64_t{1} << firing.packet.parity();
  }
  for (const Incoming& incoming : incoming_) {
    waiting |= std::uint64_t{1} << incoming.packet.parity();
  }
  expect("waiting_next", waiting, pins_.waiting_next.get());
}

void CoreLockstep::check_counters() {
  if (!fired_.empty() || !incoming_.empty() || !batches_.empty()) return;
  for (const arch::CoreRegion region : {arch::CoreRegion::kCounters, arch::CoreRegion::kStatus}) {
    for (std::uint64_t offset = 0; offset < arch::region_bytes(chip_.core, region); offset += 8) {
      std::uint64_t word = 0;
      model_.access(static_cast<int>(region), offset, reinterpret_cast<std::uint8_t*>(&word),
                    sizeof word, false);
      expect(fmt::format("{} at {:#x}", name(region), offset), word,
             access(region, offset, false, 0));
    }
  }
  if (length_ == 0) expect("late packets of the tick", model_.late_spikes(), late_);
}

void CoreLockstep::run_to_fault() {
  ++compared_.faults;
  pins_.out_ready.set(1);
  for (; now_ < start_ + model_.busy_cycles() + 1; ++now_) clock();
  expect("fault", 1, pins_.fault.get());
  expect("fault_code", fault_code::kSum, pins_.fault_code.get());
}

void CoreLockstep::receive_bad_packets() {
  pins_.out_ready.set(1);
  BadPacket first = random_bad_packet();
  if (random_.chance(20)) {
    wait_for_port();
    write_both({arch::CoreRegion::kControl, arch::core_control::kEnable, 0});
    // It takes no packet, whatever tick it is of.
    const auto good = core_.packet(random_);
    if (good && !good->expanded()) {
      first = {good->with_parity(random_.between(0, 1)), fault_code::kAxon};
    }
  }
  receive_bad_packet(first, first.fault_code);
  // The first fault is kept.
  receive_bad_packet(random_bad_packet(), first.fault_code);
}

void CoreLockstep::run_broken_tick() {
  // Without late work, whose faults could come first.
  if (length_ != 0) return;
  const auto broken = core_.break_tables(random_);
  if (!broken) return;
  cycle(false);
  for (const RandomCore::Write& write : broken->writes) write_both(write);
  held_cycle(true);
  model_.begin_tick(static_cast<int>((tick_ + 1) & 1), length_);
  pins_.in_valid.set(0);
  pins_.out_ready.set(1);
  module_.eval();
  for (int i = 0; pins_.fault.get() == 0; ++i) {
    if (i > kManyCycles) expect("fault", 1, 0);
    if (broken->sends_nothing) expect("out_valid", 0, pins_.out_valid.get());
    clock();
  }
  expect("fault", model_.fault().empty() ? 0 : 1, pins_.fault.get());
  expect("fault_code", broken->fault_code, pins_.fault_code.get());
}

CoreLockstep::BadPacket CoreLockstep::random_bad_packet() {
  const arch::Region here{0, 0, 0, 0};
  const std::vector<arch::GroupEntry>& groups = core_.groups();
  const auto count = static_cast<int>(groups.size());
  BadPacket bad{{}, fault_code::kAxon};
  if (chip_.core.expansion.entries != 0 && random_.chance(30)) {
    bad = {arch::Packet::to_entries(here, core_.entry_without_end(random_)), fault_code::kList};
  } else if (count != 0 && random_.chance(60)) {
    // The axon after the last one of a group.
    const int group = random_.between(0, count - 1);
    bad.packet = arch::Packet::to_cores(here, group, groups[to_size(group)].axons);
  } else {
    const int group = random_.between(count, arch::Packet::kMaxGroups - 1);
    bad.packet = arch::Packet::to_cores(here, group, 0);
  }
  bad.packet = bad.packet.with_parity(static_cast<int>(tick_ & 1));
  return bad;
}

void CoreLockstep::wait_for_port() {
  pins_.in_valid.set(0);
  module_.eval();
  for (int i = 0; pins_.in_ready.get() == 0 || pins_.receiving.get() != 0; ++i) {
    if (i > kManyCycles) expect("in_ready", 1, 0);
    clock();
  }
}

void CoreLockstep::receive_bad_packet(const BadPacket& bad, std::uint64_t fault_code) {
  wait_for_port();
  pins_.in_valid.set(1);
  pins_.in_packet.set(bad.packet.bits());
  module_.eval();
  for (std::int64_t i = 0; i < link_; ++i) {
    expect("activity_axon_write", 0, pins_.activity_axon_write.get());
    clock();
    pins_.in_valid.set(0);
    module_.eval();
  }
  model_.receive(bad.packet, 0);
  expect("fault", model_.fault().empty() ? 0 : 1, pins_.fault.get());
  expect("fault_next", 1, pins_.fault_next.get());
  expect("fault_code", fault_code, pins_.fault_code.get());
}

}  // namespace spikeloom::rtl
