// SPDX-License-Identifier: Apache-2.0
// Tests neurons that fire at random.
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/arch/address_map.h"
#include "spikeloom/arch/core_tables.h"
#include "spikeloom/base/mix.h"
#include "spikeloom/hw/core/core_model.h"
#include "testbenches/unit/hw/core_program.h"
#include "testbenches/unit/support/chips.h"

namespace {

using spikeloom::arch::ChipDescription;
using spikeloom::arch::CoreRegion;
using spikeloom::arch::kAlwaysFires;
using spikeloom::arch::kNeverFires;
using spikeloom::arch::Neuron;
using spikeloom::arch::Packet;
using spikeloom::arch::RandomStart;
using spikeloom::arch::threshold_of_probability;
using spikeloom::hw::AccessResult;
using spikeloom::hw::CoreModel;
using spikeloom::hw::Event;
using spikeloom::hw::EventCounts;
using spikeloom::test::CoreProgram;
using spikeloom::test::small_chip;

ChipDescription stochastic_chip() {
  ChipDescription chip = small_chip();
  chip.core.neuron = Neuron::kStochastic;
  return chip;
}

/// Neurons with a dendrite and a threshold each; neuron j sends to axon 0.
CoreProgram program_of(const std::vector<std::int32_t>& thresholds) {
  CoreProgram program;
  const int count = static_cast<int>(thresholds.size());
  program.groups = {{0, count, 100}};
  program.thresholds = thresholds;
  program.routes = {Packet::to_cores({0, 0, 0, 0}, 0, 0)};
  for (int j = 0; j < count; ++j) {
    program.gather.push_back(static_cast<std::uint16_t>(j));
    program.neurons.push_back({j, 1, j, 1, 0, 1});
  }
  return program;
}

void write(CoreModel& core, CoreRegion region, std::uint64_t offset,
           std::vector<std::uint8_t> data) {
  ASSERT_EQ(core.access(static_cast<int>(region), offset, data.data(), data.size(), true),
            AccessResult::kOk);
}

void write_word(CoreModel& core, CoreRegion region, std::uint64_t offset, std::uint64_t value) {
  std::vector<std::uint8_t> bytes(sizeof value);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::uint8_t>(value >> (8 * i));
  }
  write(core, region, offset, bytes);
}

void load(CoreModel& core, const ChipDescription& chip, const CoreProgram& program,
          const RandomStart& start) {
  for (const CoreProgram::Write& access : program.writes(chip.core)) {
    write(core, access.region, access.offset, access.data);
  }
  write_word(core, CoreRegion::kRandom, RandomStart::kSeedOffset, start.seed);
  write_word(core, CoreRegion::kRandom, RandomStart::kTickOffset, start.tick);
}

/// Returns which neurons fire: [tick][neuron].
std::vector<std::vector<std::uint64_t>> fired(CoreModel& core, int ticks) {
  std::vector<std::vector<std::uint64_t>> all;
  for (int tick = 0; tick < ticks; ++tick) {
    core.begin_tick(tick % 2, 0);
    all.push_back(core.fired());
  }
  return all;
}

// ---- The random numbers

// SplitMix64 from a state of 0 is published with its first outputs (the test of Java's
// SplittableRandom and of the reference implementation in C): 0xe220a8397b1dcdaf,
// 0x6e789e6aa1b965f4, 0x06c45d188009454f.
TEST(Mixed, IsSplitMix64) {
  EXPECT_EQ(spikeloom::base::mixed(0, 0), 0xe220a8397b1dcdafU);
  EXPECT_EQ(spikeloom::base::mixed(0, 1), 0x6e789e6aa1b965f4U);
  EXPECT_EQ(spikeloom::base::mixed(0, 2), 0x06c45d188009454fU);
  spikeloom::base::MixedStream stream(0);
  EXPECT_EQ(stream.next(), 0xe220a8397b1dcdafU);
  EXPECT_EQ(stream.next(), 0x6e789e6aa1b965f4U);
}

TEST(RandomStart, ThresholdsOfProbabilities) {
  EXPECT_EQ(threshold_of_probability(1.0), kAlwaysFires);
  EXPECT_EQ(threshold_of_probability(0.0), kNeverFires);
  EXPECT_EQ(threshold_of_probability(0.5), 0);
  // A quarter of the numbers reach 2^30: 2^30 .. 2^31 - 1.
  EXPECT_EQ(threshold_of_probability(0.25), 1 << 30);
  EXPECT_EQ(threshold_of_probability(std::ldexp(1.0, -31)), INT32_MAX - 1);
}

// Chi-square over 256 classes of equal width: mean 255, standard deviation sqrt(2 * 255) = 22.6;
// 400 is more than six of them. The draws of one tick, of one neuron and of one core must each be
// uniform.
TEST(RandomStart, NumbersAreUniform) {
  const auto chi_square = [](const auto& draw) {
    constexpr int kDraws = 1 << 16;
    constexpr double kExpected = kDraws / 256.0;
    std::array<int, 256> counts{};
    for (std::uint64_t i = 0; i < kDraws; ++i) {
      ++counts[static_cast<std::size_t>((std::int64_t{draw(i)} - kAlwaysFires) >> 24)];
    }
    double sum = 0.0;
    for (const int count : counts) sum += (count - kExpected) * (count - kExpected) / kExpected;
    return sum;
  };
  EXPECT_LT(chi_square([](auto i) { return RandomStart{7, 0}.number(3, i); }), 400.0);
  EXPECT_LT(chi_square([](auto i) { return RandomStart{7, 0}.number(i, 3); }), 400.0);
  EXPECT_LT(chi_square([](auto i) { return RandomStart{i, 0}.number(3, 3); }), 400.0);
}

// Pairs of neighbouring draws in a table of 2 x 2 each, at the probability 0.02 of a tick at 20 Hz
// and 1 kHz: neurons next to each other, ticks next to each other, and cores.
TEST(RandomStart, DrawsAreIndependent) {
  constexpr double kRate = 0.02;
  const std::int32_t threshold = threshold_of_probability(kRate);
  const auto chi_square = [&](const auto& draw) {
    constexpr std::uint64_t kPairs = 1 << 20;
    std::array<std::array<double, 2>, 2> counts{};
    for (std::uint64_t i = 0; i < kPairs; ++i) {
      const auto [a, b] = draw(i);
      counts[a >= threshold ? 1 : 0][b >= threshold ? 1 : 0] += 1.0;
    }
    double sum = 0.0;
    for (const std::size_t a : {0U, 1U}) {
      for (const std::size_t b : {0U, 1U}) {
        const double expected =
            kPairs * (a == 1 ? kRate : 1.0 - kRate) * (b == 1 ? kRate : 1.0 - kRate);
        sum += (counts[a][b] - expected) * (counts[a][b] - expected) / expected;
      }
    }
    return sum;
  };
  // Three degrees of freedom: 21.1 is exceeded once in 10,000 times.
  constexpr double kBound = 21.1;
  const RandomStart start{42, 0};
  EXPECT_LT(chi_square([&](std::uint64_t i) {
              return std::pair(start.number(i / 256, i % 256), start.number(i / 256, i % 256 + 1));
            }),
            kBound);
  EXPECT_LT(chi_square([&](std::uint64_t i) {
              return std::pair(start.number(i / 256, i % 256), start.number(i / 256 + 1, i % 256));
            }),
            kBound);
  EXPECT_LT(chi_square([&](std::uint64_t i) {
              const RandomStart other{43, 0};
              return std::pair(start.number(i / 256, i % 256), other.number(i / 256, i % 256));
            }),
            kBound);
}

// ---- The unit

TEST(StochasticNeurons, FireAtTheRateOfTheirThreshold) {
  const ChipDescription chip = stochastic_chip();
  const std::vector<double> rates = {0.0, 0.02, 0.5, 0.9, 1.0};
  std::vector<std::int32_t> thresholds;
  for (const double rate : rates) thresholds.push_back(threshold_of_probability(rate));
  CoreModel core(chip, 5);
  load(core, chip, program_of(thresholds), {11, 0});
  constexpr int kTicks = 20000;
  std::vector<double> counts(rates.size());
  for (const auto& tick : fired(core, kTicks)) {
    for (std::size_t j = 0; j < rates.size(); ++j) counts[j] += static_cast<double>(tick[j]);
  }
  for (std::size_t j = 0; j < rates.size(); ++j) {
    // Five standard deviations of a binomial; none at 0 and 1.
    const double bound = 5.0 * std::sqrt(kTicks * rates[j] * (1.0 - rates[j]));
    EXPECT_NEAR(counts[j], kTicks * rates[j], bound) << rates[j];
  }
  EXPECT_EQ(core.fault(), "");
}

TEST(StochasticNeurons, CompareTheNumberOfTickAndNeuron) {
  const ChipDescription chip = stochastic_chip();
  const std::int32_t threshold = threshold_of_probability(0.3);
  CoreModel core(chip, 5);
  const RandomStart start{99, 1000};
  load(core, chip, program_of(std::vector<std::int32_t>(50, threshold)), start);
  const auto all = fired(core, 20);
  for (std::size_t tick = 0; tick < all.size(); ++tick) {
    for (std::size_t j = 0; j < 50; ++j) {
      EXPECT_EQ(all[tick][j], start.number(1000 + tick, j) >= threshold ? 1U : 0U);
    }
  }
}

TEST(StochasticNeurons, BeginAtTheTickOfTheirMemory) {
  const ChipDescription chip = stochastic_chip();
  const CoreProgram program =
      program_of(std::vector<std::int32_t>(200, threshold_of_probability(0.3)));
  CoreModel whole(chip, 5);
  load(whole, chip, program, {99, 0});
  CoreModel later(chip, 5);
  load(later, chip, program, {99, 7});
  auto expected = fired(whole, 10);
  expected.erase(expected.begin(), expected.begin() + 7);
  EXPECT_EQ(fired(later, 3), expected);
  later.reset();
  load(later, chip, program, {99, 7});
  EXPECT_EQ(fired(later, 3), expected);
}

TEST(StochasticNeurons, DoNotDependOnWhatArrives) {
  const ChipDescription chip = stochastic_chip();
  CoreProgram program = program_of(std::vector<std::int32_t>(100, threshold_of_probability(0.3)));
  for (int j = 0; j < 100; ++j) program.weights.push_back({3, j, 1});
  CoreModel quiet(chip, 5);
  load(quiet, chip, program, {99, 0});
  CoreModel busy(chip, 5);
  load(busy, chip, program, {99, 0});
  for (int tick = 0; tick < 5; ++tick) {
    quiet.begin_tick(tick % 2, 0);
    busy.begin_tick(tick % 2, 0);
    EXPECT_EQ(quiet.fired(), busy.fired());
    busy.receive(Packet::to_cores({0, 0, 0, 0}, 0, 3).with_parity(tick % 2), 0);
  }
  EXPECT_EQ(busy.neurons().potentials()[0], 1);
  EXPECT_EQ(quiet.neurons().potentials()[0], 0);
}

// A neuron with several thresholds has one number for all: it fires level 0 whenever it fires a
// higher one.
TEST(StochasticNeurons, LevelsShareANumber) {
  const ChipDescription chip = stochastic_chip();
  CoreProgram program = program_of({threshold_of_probability(0.6), threshold_of_probability(0.2)});
  program.neurons = {{0, 1, 0, 2, 0, 1}};
  CoreModel core(chip, 5);
  load(core, chip, program, {5, 0});
  std::array<int, 4> counts{};
  for (const auto& tick : fired(core, 10000)) ++counts[tick[0]];
  EXPECT_EQ(counts[0b10], 0);
  EXPECT_NEAR(counts[0b11], 2000, 5 * 40);
  EXPECT_NEAR(counts[0b01], 4000, 5 * 49);
}

/// The events and the cycles of a tick.
struct Cost {
  EventCounts events;
  std::int64_t cycles = 0;
};

Cost cost_of(Neuron neuron, const CoreProgram& program) {
  ChipDescription chip = small_chip();
  chip.core.neuron = neuron;
  chip.core.timing.neurons_per_cycle = 3;
  CoreModel core(chip, 5);
  for (const CoreProgram::Write& access : program.writes(chip.core)) {
    write(core, access.region, access.offset, access.data);
  }
  core.begin_tick(0, 0);
  Cost cost;
  std::vector<EventCounts> categories(1);
  core.add_events(categories, cost.events);
  cost.cycles = core.busy_cycles();
  return cost;
}

TEST(StochasticNeurons, CostWhatThresholdNeuronsCost) {
  const CoreProgram program = program_of(std::vector<std::int32_t>(40, kAlwaysFires));
  const Cost threshold = cost_of(Neuron::kThreshold, program);
  const Cost stochastic = cost_of(Neuron::kStochastic, program);
  EXPECT_EQ(stochastic.events[Event::kGather], 40U);
  EXPECT_EQ(stochastic.events[Event::kThresholdCompare], 40U);
  for (std::size_t i = 0; i < spikeloom::hw::kEvents; ++i) {
    const auto event = static_cast<Event>(i);
    EXPECT_EQ(stochastic.events[event], threshold.events[event]) << name(event);
  }
  EXPECT_EQ(stochastic.cycles, threshold.cycles);
}

TEST(StochasticNeurons, AreAChoiceOfTheChip) {
  const ChipDescription chip = small_chip();
  EXPECT_EQ(spikeloom::arch::region_bytes(chip.core, CoreRegion::kRandom), 0U);
  EXPECT_EQ(spikeloom::arch::region_bytes(stochastic_chip().core, CoreRegion::kRandom), 16U);
  CoreModel core(chip, 5);
  std::array<std::uint8_t, 8> data{};
  EXPECT_EQ(core.access(static_cast<int>(CoreRegion::kRandom), 0, data.data(), 8, true),
            AccessResult::kUnmapped);
}

}  // namespace
