// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/core/core_model.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "spikeloom/arch/names.h"
#include "spikeloom/base/ceil_div.h"
#include "spikeloom/base/index.h"

namespace spikeloom::hw {

using arch::CoreCounter;
using arch::CoreRegion;

namespace {

using base::to_size;

}  // namespace

CoreModel::CoreModel(const arch::ChipDescription& chip, int core, std::shared_ptr<MemoryPool> pool)
    : chip_(&chip),
      core_(core),
      memory_(chip.core),
      pool_(std::move(pool)),
      counters_(arch::kCoreCounters),
      neurons_(make_neuron_unit(chip)),
      bitmap_words_((to_size(chip.core.axons) + kBitmapBits - 1) / kBitmapBits) {}

void CoreModel::reset() {
  CoreModel fresh(*chip_, core_, pool_);
  fresh.set_categories(std::move(group_categories_), std::move(neuron_categories_));
  *this = std::move(fresh);
}

void CoreModel::read_only_word(CoreRegion region, std::uint64_t offset, std::uint8_t* data) const {
  std::uint64_t value = 0;
  if (region == CoreRegion::kCounters) {
    value = counters_[offset / sizeof value];
    if (offset / sizeof value == static_cast<std::size_t>(CoreCounter::kAxonWrites)) {
      for (const AxonPort& port : axon_ports_) value += port.writes;
    }
  } else {
    const bool waiting =
        std::any_of(arriving_.begin(), arriving_.end(), [](std::uint64_t w) { return w != 0; });
    value = (enabled_ ? arch::core_status::kEnabled : 0) |
            (waiting ? arch::core_status::kWaiting : 0) |
            (fault_.empty() ? 0 : arch::core_status::kFault);
  }
  std::memcpy(data, &value, sizeof value);
}

AccessResult CoreModel::check(int region, std::uint64_t offset, std::uint64_t length,
                              bool write) const {
  return check_access(chip_->core, region, offset, length, write);
}

AccessResult CoreModel::access(int region, std::uint64_t offset, std::uint8_t* data,
                               std::uint64_t length, bool write) {
  const AccessResult result = check(region, offset, length, write);
  if (result != AccessResult::kOk) return result;
  const arch::CoreRegionInfo& info = arch::kCoreRegions[to_size(region)];
  if (write) {
    memory_.write(info.region, offset, data, length);
    (info.region == CoreRegion::kPlusPlane || info.region == CoreRegion::kMinusPlane
         ? crossbar_changed_
         : tables_changed_) = true;
    const bool was_enabled = enabled_;
    enabled_ = (memory_.word(CoreRegion::kControl, arch::core_control::kEnable) & 1) != 0;
    if (enabled_ && !was_enabled && pool_ != nullptr) memory_.share(*pool_);
    return AccessResult::kOk;
  }
  if (!info.writable) {
    for (std::uint64_t at = 0; at < length; at += arch::kBusWordBytes) {
      read_only_word(info.region, offset + at, data + at);
    }
  } else {
    memory_.read(info.region, offset, data, length);
  }
  return AccessResult::kOk;
}

void CoreModel::set_categories(std::vector<std::uint16_t> groups,
                               std::vector<std::uint16_t> neurons) {
  group_categories_ = std::move(groups);
  neuron_categories_ = std::move(neurons);
  tables_changed_ = true;  // resizes the lists to fit the tables
}

void CoreModel::fail(const std::string& what) {
  if (!fault_.empty()) return;
  fault_ = fmt::format("{}{}: {}", arch::core_name(*chip_, core_),
                       chip_->is_dead(core_) ? ", which is dead" : "", what);
}

const arch::ExpansionEntry* CoreModel::list_of(arch::Packet packet) {
  if (stale()) prepare();
  for (std::size_t i = to_size(packet.entry()); i < tables_.expansion.size(); ++i) {
    if (tables_.expansion[i].last) return &tables_.expansion[to_size(packet.entry())];
  }
  fail(fmt::format(
      "a packet names entry {} of its expansion table, but the list there has no last entry",
      packet.entry()));
  return nullptr;
}

std::int64_t CoreModel::port_cycles(arch::Packet packet) {
  std::int64_t writes = 0;
  if (const arch::ExpansionEntry* entry = list_of(packet); entry != nullptr) {
    for (writes = 1; !entry->last; ++entry) ++writes;
  }
  return writes * chip_->core.expansion.cycles_per_write;
}

bool CoreModel::take_late() {
  if (chip_->sync.tick_cycles == 0) fail("a packet of another tick arrived");
  ++late_spikes_;
  return arch::is_delivered(chip_->sync.late_spikes);
}

void CoreModel::expand(arch::Packet packet) {
  const arch::ExpansionEntry* entry = list_of(packet);
  for (bool more = entry != nullptr; more; ++entry) {
    more = !entry->last;
    set_axon(entry->group, entry->axon + packet.level());
    if (to_size(entry->group) < activity_.size())
      ++activity_[to_size(entry->group)].expansion_writes;
  }
}

void CoreModel::fail_for_axon(int group, int axon) {
  fail(fmt::format("a packet arrived for group {}, axon {}, which does not exist", group, axon));
}

void CoreModel::prepare() {
  const NeuronUnit::Fail fail = [this](const std::string& what) { this->fail(what); };
  tables_ = load_tables(memory_, *chip_, fail);
  neurons_->load(memory_, tables_.routes, fail);
  tables_changed_ = false;
  silent_ = false;
  prepare_crossbar();

  arriving_.resize(tables_.groups.size() * bitmap_words_);
  current_.resize(arriving_.size());
  drop_lost_axons();
  for (std::size_t g = tables_.groups.size(); g < axon_ports_.size(); ++g) {
    counter(CoreCounter::kAxonWrites) += axon_ports_[g].writes;
  }
  axon_ports_.resize(tables_.groups.size());
  for (std::size_t g = 0; g < axon_ports_.size(); ++g) {
    axon_ports_[g].axons = tables_.groups[g].axons;
  }
  activity_.resize(tables_.groups.size());
  group_categories_.resize(tables_.groups.size());
  neuron_categories_.resize(neurons_->size());
  sums_.resize(to_size(chip_->core.ternary_dendrites()));
}

void CoreModel::drop_lost_axons() {
  for (std::size_t g = 0; g < tables_.groups.size(); ++g) {
    for (std::size_t i = 0; i < bitmap_words_; ++i) {
      const auto left = std::max<std::int64_t>(
          0, tables_.groups[g].axons - static_cast<std::int64_t>(i) * kBitmapBits);
      const std::uint64_t used =
          left >= kBitmapBits ? ~std::uint64_t{0} : (std::uint64_t{1} << left) - 1;
      std::uint64_t& bits = arriving_[g * bitmap_words_ + i];
      if ((bits & ~used) != 0) {
        fail(fmt::format("group {} no longer has axons that are set for the next tick", g));
      }
      bits &= used;
    }
  }
}

void CoreModel::prepare_crossbar() {
  if (!crossbar_ || crossbar_changed_) {
    crossbar_.emplace(chip_->core, memory_.whole(CoreRegion::kPlusPlane),
                      memory_.whole(CoreRegion::kMinusPlane));
    crossbar_changed_ = false;
  }
  nonzeros_.resize(tables_.groups.size());
  for (std::size_t g = 0; g < tables_.groups.size(); ++g) {
    nonzeros_[g].resize(to_size(tables_.groups[g].axons));
    for (int axon = 0; axon < tables_.groups[g].axons; ++axon) {
      nonzeros_[g][to_size(axon)] = static_cast<std::uint16_t>(
          crossbar_->nonzeros(axon, tables_.groups[g].first_dendrite, tables_.groups[g].dendrites));
    }
  }
}

std::int64_t CoreModel::begin_tick(int parity, std::int64_t length) {
  if (stale()) prepare();
  parity_ = parity;
  std::swap(arriving_, current_);
  std::fill(arriving_.begin(), arriving_.end(), 0);
  emissions_.clear();
  late_spikes_ = 0;
  ++counter(CoreCounter::kTicks);
  const bool silent =
      std::all_of(current_.begin(), current_.end(), [](std::uint64_t word) { return word == 0; });
  const std::int64_t fired_at = integrate_cycles_;
  integrate(overrun_, silent);
  // Neurons without a state do again what they did without a set axon.
  const bool same = silent && silent_ && fired_at == integrate_cycles_;
  if (!same || neurons_->stateless() == nullptr) fire();
  silent_ = silent;
  emit_all(parity);
  if (length != 0) overrun_ = std::max<std::int64_t>(0, busy_cycles_ - length);
  return kDone;
}

void CoreModel::list_set_axons(std::size_t group, std::vector<int>& axons) const {
  axons.clear();
  for (std::size_t i = 0; i * kBitmapBits < to_size(tables_.groups[group].axons); ++i) {
    for (std::uint64_t bits = current_[group * bitmap_words_ + i]; bits != 0; bits &= bits - 1) {
      axons.push_back(static_cast<int>(i) * kBitmapBits + __builtin_ctzll(bits));
    }
  }
}

std::int64_t CoreModel::row_words(const arch::GroupEntry& group) const {
  if (group.dendrites == 0) return 0;
  const int word_bits = chip_->core.timing.word_bits;
  const int per_dendrite = chip_->core.columns_per_dendrite();
  if (chip_->core.rows == arch::CrossbarRows::kDendrites) {
    return std::int64_t{per_dendrite} * base::ceil_div(group.axons, word_bits);
  }
  const int first = group.first_dendrite * per_dendrite / word_bits;
  const int last = ((group.first_dendrite + group.dendrites) * per_dendrite - 1) / word_bits;
  return last - first + 1;
}

std::int64_t CoreModel::row_cycles(const arch::GroupEntry& group) const {
  return row_words(group) * chip_->core.timing.cycles_per_word;
}

void CoreModel::list_rows(std::size_t group, std::vector<int>& rows) const {
  if (chip_->core.rows == arch::CrossbarRows::kAxons) return list_set_axons(group, rows);
  rows.resize(to_size(tables_.groups[group].dendrites));
  std::iota(rows.begin(), rows.end(), tables_.groups[group].first_dendrite);
}

void CoreModel::integrate(std::int64_t start, bool silent) {
  const arch::CoreTiming& timing = chip_->core.timing;
  start_cycle_ = start;
  integrate_cycles_ = start;
  std::fill(sums_.begin(), sums_.end(), 0);
  for (std::size_t g = 0; g < tables_.groups.size(); ++g) {
    const arch::GroupEntry& group = tables_.groups[g];
    GroupActivity& activity = activity_[g];
    activity = {};
    counter(CoreCounter::kAxonWrites) += axon_ports_[g].writes;
    axon_ports_[g].writes = 0;
    // A row of a dendrite is masked by the bitmap as a whole, without a scan.
    const bool of_axons = chip_->core.rows == arch::CrossbarRows::kAxons;
    if (of_axons) {
      activity.scan_words =
          static_cast<std::uint64_t>(base::ceil_div(group.axons, timing.scan_axons_per_cycle));
    }
    rows_.clear();
    if (!silent) list_set_axons(g, rows_);
    activity.axons = rows_.size();
    for (const int row : rows_) activity.synaptic_operations += nonzeros_[g][to_size(row)];
    activity.row_word_reads = (of_axons ? rows_.size() : to_size(group.dendrites)) *
                              static_cast<std::uint64_t>(row_words(group));
    if (group.dendrites > 0 && !rows_.empty()) {
      crossbar_->accumulate(rows_, group.first_dendrite, group.dendrites,
                            &sums_[to_size(group.first_dendrite)]);
    }
    integrate_cycles_ +=
        static_cast<std::int64_t>(activity.scan_words) +
        static_cast<std::int64_t>(activity.row_word_reads) * timing.cycles_per_word;
    counter(CoreCounter::kScanWords) += activity.scan_words;
    counter(CoreCounter::kRowWordReads) += activity.row_word_reads;
    counter(CoreCounter::kSynapticOperations) += activity.synaptic_operations;
  }
}

void CoreModel::fire() {
  busy_cycles_ =
      neurons_->fire(sums_, integrate_cycles_, [this](const std::string& what) { fail(what); });
}

void CoreModel::emit_all(int parity) {
  for (const Firing& firing : neurons_->firings()) emit(firing, parity);
  counter(CoreCounter::kNeuronUpdates) += neurons_->size();
  counter(CoreCounter::kPackets) += emissions_.size();
}

void CoreModel::emit(const Firing& firing, int parity) {
  for (std::uint64_t bits = firing.levels; bits != 0; bits &= bits - 1) {
    const int level = __builtin_ctzll(bits);
    ++counter(CoreCounter::kSpikes);
    for (int i = 0; i < firing.routes; ++i) {
      emissions_.push_back(
          {tables_.routes[to_size(firing.first_route + i)].with_level(level).with_parity(parity),
           firing.ready, neuron_categories_[firing.neuron]});
    }
  }
}

void CoreModel::add_events(std::vector<EventCounts>& categories, EventCounts& all) const {
  for (std::size_t g = 0; g < activity_.size(); ++g) {
    EventCounts own;
    own[Event::kAxonWrite] = axon_ports_[g].writes;
    own[Event::kExpansionWrite] = activity_[g].expansion_writes;
    own[Event::kScanWord] = activity_[g].scan_words;
    own[Event::kRowWordRead] = activity_[g].row_word_reads;
    own[Event::kAccumulate] = activity_[g].synaptic_operations;
    categories[group_categories_[g]] += own;
    all += own;
  }
  neurons_->add_events(neuron_categories_, categories, all);
  all[Event::kRouteRead] += emissions_.size();
}

int CoreModel::dendrites() const {
  int dendrites = 0;
  for (const arch::GroupEntry& group : tables_.groups) dendrites += group.dendrites;
  return dendrites;
}

}  // namespace spikeloom::hw
