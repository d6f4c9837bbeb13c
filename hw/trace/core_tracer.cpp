// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/trace/core_tracer.h"

#include <algorithm>

#include <fmt/format.h>

namespace spikeloom::hw {
namespace {

constexpr unsigned kCoreCountBits = 32;
constexpr unsigned kGroupBits = 8;
constexpr unsigned kNumberBits = 16;  ///< numbers of rows and neurons

}  // namespace

CoreTracer::CoreTracer(VcdWriter& writer, const Scope& scope, const arch::ChipDescription& chip,
                       int core, const std::set<int>& neurons)
    : writer_(writer),
      clock_(chip.clock_hz),
      core_(core),
      state_(writer.add_named<CoreState>(scope, "state")),
      axons_(writer.add(scope, "axons", kCoreCountBits)),
      group_(writer.add(scope, "group", kGroupBits)),
      row_(writer.add(scope, "row", kNumberBits)),
      neuron_(writer.add(scope, "neuron", kNumberBits)),
      spikes_(writer.add(scope, "spikes", kCoreCountBits)),
      waiting_(writer.add(scope, "waiting", kCoreCountBits)),
      sent_(writer.add(scope, "sent", arch::Packet::kBits)),
      arrived_(writer.add(scope, "arrived", kCoreCountBits)) {
  const auto levels = static_cast<unsigned>(chip.core.thresholds_per_dendrite);
  for (const int number : neurons) {
    neurons_.push_back({number,
                        writer.add(scope, fmt::format("potential_{}", number),
                                   static_cast<unsigned>(chip.core.potential_bits)),
                        writer.add(scope, fmt::format("fired_{}", number), levels)});
  }
}

void CoreTracer::trace(const CoreModel& model, std::int64_t start_cycle) {
  if (!model.enabled()) return;
  const std::int64_t start = start_cycle + model.start_cycle();
  trace_integrate(model, start);
  trace_fire(model, start_cycle);
}

void CoreTracer::trace_integrate(const CoreModel& model, std::int64_t start) {
  std::int64_t cycle = start;
  std::uint64_t axons = 0;
  for (std::size_t g = 0; g < model.groups().size(); ++g) {
    const GroupActivity& activity = model.group_activity()[g];
    axons += activity.axons;
    set(state_, cycle, static_cast<std::uint64_t>(CoreState::kScan));
    set(group_, cycle, g);
    cycle += static_cast<std::int64_t>(activity.scan_words);
    if (activity.row_word_reads == 0) continue;
    set(state_, cycle, static_cast<std::uint64_t>(CoreState::kRead));
    model.list_rows(g, rows_);
    const std::int64_t cycles = model.row_cycles(model.groups()[g]);
    for (const int row : rows_) {
      set(row_, cycle, static_cast<std::uint64_t>(row));
      cycle += cycles;
    }
  }
  set(axons_, start, axons);
}

void CoreTracer::trace_fire(const CoreModel& model, std::int64_t start_cycle) {
  const NeuronUnit& unit = model.neurons();
  const std::size_t neurons = unit.size();
  std::int64_t cycle = start_cycle + model.integrate_cycles();
  if (neurons != 0) set(state_, cycle, static_cast<std::uint64_t>(CoreState::kFire));
  for (std::size_t begin = 0; begin < neurons; begin += unit.batch()) {
    const std::size_t end = std::min(begin + unit.batch(), neurons);
    set(neuron_, cycle, begin);
    cycle += unit.cycles(begin, end);
    trace_batch(model, begin, end, cycle);
  }
  set(state_, start_cycle + model.busy_cycles(), static_cast<std::uint64_t>(CoreState::kIdle));
  for (const Emission& emission : model.emissions()) {
    writer_.add_to(waiting_, clock_.picoseconds(start_cycle + emission.ready), 1);
  }
}

void CoreTracer::trace_batch(const CoreModel& model, std::size_t begin, std::size_t end,
                             std::int64_t cycle) {
  std::int64_t spikes = 0;
  for (std::size_t j = begin; j < end; ++j) spikes += __builtin_popcountll(model.fired()[j]);
  if (spikes != 0) writer_.add_to(spikes_, clock_.picoseconds(cycle), spikes);
  const auto first = std::lower_bound(neurons_.begin(), neurons_.end(), begin,
                                      [](const Neuron& n, std::size_t number) {
                                        return static_cast<std::size_t>(n.number) < number;
                                      });
  for (auto neuron = first; neuron != neurons_.end(); ++neuron) {
    const auto j = static_cast<std::size_t>(neuron->number);
    if (j >= end) break;
    set(neuron->potential, cycle,
        static_cast<std::uint64_t>(std::int64_t{model.neurons().potentials()[j]}));
    set(neuron->fired, cycle, model.fired()[j]);
  }
}

}  // namespace spikeloom::hw
