// SPDX-License-Identifier: Apache-2.0
#include "testbenches/property/check.h"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <functional>
#include <stdexcept>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "spikeloom/arch/chip_json.h"
#include "spikeloom/base/error.h"
#include "spikeloom/converter/network/host_layers.h"
#include "spikeloom/converter/network/network_check.h"
#include "spikeloom/converter/network/reference.h"
#include "spikeloom/explore/comparison/comparison.h"
#include "spikeloom/mapper/does_not_fit.h"
#include "spikeloom/mapper/verify/verify.h"
#include "spikeloom/sim/simulation/stat_categories.h"
#include "spikeloom/sim/simulation/workers.h"
#include "testbenches/unit/support/chips.h"
#include "testbenches/unit/support/records.h"

namespace spikeloom::property {
namespace {

using sim::LayerCounts;
using sim::RangeResult;

struct Failure : std::runtime_error {
  Failure(std::string failed_check, const std::string& text)
      : std::runtime_error(text), check(std::move(failed_check)) {}
  std::string check;
};

/// Calls `function`. What it throws becomes a failure of a check.
template <typename Function>
auto checked(const char* check, Function function) {
  try {
    return function();
  } catch (const mapper::DoesNotFit&) {
    throw;
  } catch (const Failure&) {
    throw;
  } catch (const std::exception& error) {
    throw Failure(check, error.what());
  }
}

/// Returns the network as it is read from its file.
converter::SpikingNetwork through_file(const converter::SpikingNetwork& network) {
  const std::vector<std::uint8_t> bytes = network.encode();
  converter::SpikingNetwork read = converter::SpikingNetwork::decode(bytes, "network");
  if (read.encode() != bytes) throw Failure("network file", "another network is read");
  return read;
}

arch::Deployment through_file(const arch::Deployment& deployment) {
  const std::vector<std::uint8_t> bytes = deployment.encode();
  arch::Deployment read = arch::Deployment::decode({bytes.data(), bytes.size()}, "deployment");
  if (read.encode() != bytes) throw Failure("deployment file", "another deployment is read");
  return read;
}

/// What the images must give by the integer reference.
struct Expected {
  std::vector<std::vector<std::uint64_t>> spikes;              ///< [image][category]
  std::vector<std::vector<std::vector<std::uint8_t>>> levels;  ///< [image][category][neuron]
  std::vector<int> classes;                                    ///< [image]
};

Expected expect(const Case& c) {
  const converter::Encoder encoder(c.network.encoder);
  const converter::Reference reference(c.network);
  const converter::Readout readout(c.network.readout, c.network.layers.back().quantizer);
  Expected expected;
  for (std::size_t i = 0; i < c.images.size(); ++i) {
    std::vector<std::uint8_t> input(static_cast<std::size_t>(encoder.outputs()));
    encoder.encode(c.images.image(i, c.network.encoder.input).data(), input.data());
    std::vector<std::vector<std::uint8_t>> levels = reference.run(input.data()).levels;
    expected.classes.push_back(converter::Readout::best(readout.scores(levels.back().data())));
    levels.insert(levels.begin(), std::move(input));
    std::vector<std::uint64_t>& spikes = expected.spikes.emplace_back();
    for (const auto& category : levels) {
      spikes.push_back(0);
      for (const std::uint8_t level : category) spikes.back() += level;
    }
    expected.levels.push_back(std::move(levels));
  }
  return expected;
}

/// Compares a run's classes, and its spikes by image and by neuron, with what must come out.
void require_expected(const char* check, const RangeResult& result, const Expected& expected) {
  std::vector<std::vector<std::uint32_t>> sums(result.spikes.size());
  std::size_t i = 0;
  for (const sim::ImageRecord& image : result.images) {
    if (image.predicted != expected.classes[i]) {
      throw Failure(check, fmt::format("image {}: class {}, expected {}", i,
                                       image.predicted.value_or(-1), expected.classes[i]));
    }
    for (std::size_t l = 0; l < expected.spikes[i].size(); ++l) {
      if (image.layers[l].spikes != expected.spikes[i][l]) {
        throw Failure(check, fmt::format("image {}, category {}: {} spikes, expected {}", i, l,
                                         image.layers[l].spikes, expected.spikes[i][l]));
      }
      const std::vector<std::uint8_t>& levels = expected.levels[i][l];
      sums[l].resize(levels.size());
      for (std::size_t j = 0; j < levels.size(); ++j) sums[l][j] += levels[j];
    }
    ++i;
  }
  for (std::size_t l = 0; l < sums.size(); ++l) {
    if (result.spikes[l] != sums[l]) {
      throw Failure(check, fmt::format("category {}: other sums of spikes by neuron", l));
    }
  }
}

/// Compares the counts of the images that both have run.
void require_same_counts(const char* check, const RangeResult& a, const RangeResult& b,
                         bool with_time) {
  const std::vector<sim::ImageRecord> all_left = test::records(a);
  const std::vector<sim::ImageRecord> all_right = test::records(b);
  for (std::size_t i = 0; i < std::min(all_left.size(), all_right.size()); ++i) {
    const sim::ImageRecord& left = all_left[i];
    const sim::ImageRecord& right = all_right[i];
    const auto require_same = [&](std::uint64_t x, std::uint64_t y, const std::string& what) {
      if (x == y) return;
      throw Failure(check, fmt::format("image {}: {} {}, and {} before", i, y, what, x));
    };
    require_same(static_cast<std::uint64_t>(left.predicted.value_or(-1)),
                 static_cast<std::uint64_t>(right.predicted.value_or(-1)), "is the class");
    require_same(left.steady ? 1 : 0, right.steady ? 1 : 0, "for steady");
    if (with_time) {
      require_same(static_cast<std::uint64_t>(left.cycles()),
                   static_cast<std::uint64_t>(right.cycles()), "cycles");
    }
    for (std::size_t l = 0; l < left.layers.size(); ++l) {
      const LayerCounts& x = left.layers[l];
      const LayerCounts& y = right.layers[l];
      const std::string of = fmt::format(" of category {}", l);
      require_same(x.spikes, y.spikes, "spikes" + of);
      require_same(x.synaptic_operations, y.synaptic_operations, "synaptic operations" + of);
      require_same(x.row_word_reads, y.row_word_reads, "words read" + of);
      require_same(x.packets, y.packets, "packets" + of);
      require_same(x.deliveries, y.deliveries, "deliveries" + of);
      require_same(x.axon_writes, y.axon_writes, "axon writes" + of);
      require_same(x.paper_sop, y.paper_sop, "published operations" + of);
    }
  }
}

/// Takes one case through all of its checks.
class Run {
 public:
  explicit Run(const Case& c) : case_(c) {}

  void check() {
    checked("generator", [&] {
      converter::check_network(case_.network);
      arch::chip_from_json(to_json(case_.chip), "chip");
    });
    checked("network file", [&] { network_ = through_file(case_.network); });
    checked("map", [&] { map(); });
    checked("verify", [&] { verify(); });
    checked("deployment file", [&] { deployment_ = through_file(deployment_); });
    const bool exact = !case_.faults.any();
    Expected expected;
    if (exact) expected = expect(case_);
    const RangeResult cycle = observed("cycle", deployment_, hw::Timing::kCycle, few());
    if (exact) require_expected("cycle", cycle, expected);
    const RangeResult functional =
        observed("functional", deployment_, hw::Timing::kFunctional, all());
    if (exact) require_expected("functional", functional, expected);
    require_same_counts("functional", cycle, functional, false);
    try_extra(cycle, functional);
  }

 private:
  std::size_t few() const { return case_.cycle_images; }
  std::size_t all() const { return case_.images.size(); }
  mapper::MapOptions options() const {
    mapper::MapOptions options = case_.map;
    options.profile = case_.profile ? &*case_.profile : nullptr;
    return options;
  }

  /// Maps the network, with cores large enough for it.
  void map() {
    constexpr int kAttempts = 4;
    arch::ChipDescription chip = case_.chip;
    for (int attempt = 1;; ++attempt) {
      try {
        deployment_ = mapper::map_network(network_, network_.encode(), chip, options());
        mapped_to_ = chip;
        return;
      } catch (const mapper::DoesNotFit&) {
        if (attempt == kAttempts) throw;
        test::enlarge_cores(chip);
      }
    }
  }

  void verify() const {
    const std::vector<std::string> findings = mapper::verify(deployment_, network_);
    if (!findings.empty()) throw Failure("verify", findings.front());
  }

  sim::Simulation simulation(const arch::Deployment& deployment, hw::Timing timing) const {
    sim::Simulation simulation{deployment, network_, case_.images, timing, nullptr, nullptr};
    simulation.faults = case_.faults;
    return simulation;
  }

  /// Runs images one after the other, and compares every spike with the reference.
  RangeResult observed(const char* check, const arch::Deployment& deployment, hw::Timing timing,
                       std::size_t images, bool read_back = false) const {
    return checked(check, [&] {
      explore::Comparison comparison(network_, deployment);
      sim::Simulation with = simulation(deployment, timing);
      with.verify_config = read_back;
      with.observe = [&](const sim::Observation& seen) {
        comparison.observe(seen);
        if (comparison.first()) throw std::logic_error(comparison.first()->text);
      };
      return sim::run_workers(with, 0, images, 1, nullptr);
    });
  }

  void try_extra(const RangeResult& cycle, const RangeResult& functional) const {
    switch (case_.extra) {
      case Extra::kNone:
        break;
      case Extra::kMapAgain:
        checked("map again", [&] {
          const arch::Deployment again =
              mapper::map_network(network_, network_.encode(), mapped_to_, options());
          if (again.encode() != deployment_.encode()) {
            throw Failure("map again", "the same call gives another mapping");
          }
        });
        break;
      case Extra::kReadBack:
        observed("read back", deployment_, hw::Timing::kCycle, 1, true);
        break;
      case Extra::kFixedTicks:
        try_fixed_ticks(cycle);
        break;
      case Extra::kShortTicks:
        try_short_ticks(cycle);
        break;
      case Extra::kWorkers:
        checked("workers", [&] {
          const RangeResult many =
              sim::run_workers(simulation(deployment_, hw::Timing::kCycle), 0, few(), 3, nullptr);
          require_same_counts("workers", cycle, many, true);
        });
        break;
      case Extra::kSideBySide:
        checked("side by side", [&] {
          const RangeResult together = sim::run_workers(
              simulation(deployment_, hw::Timing::kFunctional), 0, all(), 1, nullptr);
          require_same_counts("side by side", functional, together, false);
          if (together.spikes != functional.spikes) {
            throw Failure("side by side", "other sums of spikes by neuron");
          }
        });
    }
  }

  void try_fixed_ticks(const RangeResult& cycle) const {
    constexpr int kTick = 1 << 22;
    arch::Deployment fixed = deployment_;
    fixed.chip.sync.tick_cycles = kTick;
    const RangeResult even = observed("fixed ticks", fixed, hw::Timing::kCycle, few());
    require_same_counts("fixed ticks", cycle, even, false);
    const arch::SyncDescription& sync = fixed.chip.sync;
    const std::int64_t ticks = sync.pipeline ? sync.ticks_per_image : network_.depth() + 1;
    const std::int64_t cycles = even.images.begin()->cycles();
    if (cycles != kTick * ticks) {
      throw Failure("fixed ticks",
                    fmt::format("{} cycles, expected {} ticks of {}", cycles, ticks, kTick));
    }
  }

  /// With ticks that are too short, late spikes are counted, or the chip stops.
  void try_short_ticks(const RangeResult& cycle) const {
    arch::Deployment fixed = deployment_;
    const sim::ImageRecord last = test::records(cycle).back();
    const std::size_t ticks = std::max<std::size_t>(1, last.ticks.size());
    fixed.chip.sync.tick_cycles = static_cast<int>(
        std::max<std::int64_t>(1, last.cycles() / static_cast<std::int64_t>(ticks)));
    try {
      sim::run_workers(simulation(fixed, hw::Timing::kCycle), 0, few(), 1, nullptr);
    } catch (const sim::ChipStopped& stopped) {
      const std::string text = stopped.what();
      if (text.find(": tick ") == std::string::npos) throw Failure("short ticks", text);
    } catch (const std::exception& error) {
      throw Failure("short ticks", error.what());
    }
  }

  const Case& case_;
  converter::SpikingNetwork network_;
  arch::Deployment deployment_;
  arch::ChipDescription mapped_to_{};
};

}  // namespace

Outcome check(const Case& c) {
  try {
    Run(c).check();
  } catch (const mapper::DoesNotFit& refusal) {
    return {Outcome::Kind::kRefused, "", refusal.what()};
  } catch (const Failure& failure) {
    return {Outcome::Kind::kFailed, failure.check, failure.what()};
  }
  return {};
}

}  // namespace spikeloom::property
