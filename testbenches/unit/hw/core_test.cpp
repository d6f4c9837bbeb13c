// SPDX-License-Identifier: Apache-2.0
// Tests a core. The cycles are derived by hand in docs/timing.md.
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/hw/core/core_model.h"
#include "testbenches/unit/hw/core_program.h"
#include "testbenches/unit/support/chips.h"

namespace {

using spikeloom::arch::ChipDescription;
using spikeloom::arch::CoreCounter;
using spikeloom::arch::CoreRegion;
using spikeloom::arch::CrossbarRows;
using spikeloom::arch::GatherEntry;
using spikeloom::arch::GroupEntry;
using spikeloom::arch::kAlwaysFires;
using spikeloom::arch::kNeverFires;
using spikeloom::arch::LateSpikes;
using spikeloom::arch::NeuronEntry;
using spikeloom::arch::Packet;
using spikeloom::arch::Region;
using spikeloom::arch::Synapse;
using spikeloom::hw::AccessResult;
using spikeloom::hw::CoreModel;
using spikeloom::hw::Emission;
using spikeloom::test::CoreProgram;
using spikeloom::test::small_chip;
using spikeloom::test::Weight;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Region kHere{0, 0, 0, 0};

Packet spike(int group, int axon, int parity = 0) {
  return Packet::to_cores(kHere, group, axon).with_parity(parity);
}

std::uint64_t read_word(CoreModel& core, CoreRegion region, std::uint64_t offset) {
  std::uint64_t value = 0;
  EXPECT_EQ(core.access(static_cast<int>(region), offset, reinterpret_cast<std::uint8_t*>(&value),
                        sizeof value, false),
            AccessResult::kOk);
  return value;
}

std::uint64_t counter(CoreModel& core, CoreCounter which) {
  return read_word(core, CoreRegion::kCounters, static_cast<std::uint64_t>(which) * 8);
}

/// A chip, one of its cores, and the ticks of that core.
class CoreBench {
 public:
  CoreBench(const ChipDescription& chip, const CoreProgram& program)
      : chip_(chip), core_(chip_, 5) {
    load(program);
  }

  void load(const CoreProgram& program) {
    for (CoreProgram::Write write : program.writes(chip_.core)) {
      ASSERT_EQ(core_.access(static_cast<int>(write.region), write.offset, write.data.data(),
                             write.data.size(), true),
                AccessResult::kOk);
    }
  }

  /// Sends the packets in one tick; the next tick processes them.
  void run(const std::vector<Packet>& packets) {
    tick();
    for (const Packet packet : packets) core_.receive(packet.with_parity(parity_), 0);
    tick();
  }

  void tick() {
    parity_ = 1 - parity_;
    core_.begin_tick(parity_, 0);
  }

  CoreModel& operator*() { return core_; }
  CoreModel* operator->() { return &core_; }
  int parity() const { return parity_; }

 private:
  ChipDescription chip_;
  CoreModel core_;
  int parity_ = 1;
};

std::vector<std::pair<std::int64_t, std::uint64_t>> ready_and_packet(CoreModel& core) {
  std::vector<std::pair<std::int64_t, std::uint64_t>> result;
  for (const Emission& emission : core.emissions()) {
    result.emplace_back(emission.ready, emission.packet.bits());
  }
  return result;
}

/// Returns the program of docs/timing.md, "Example core": two groups, three neurons.
CoreProgram example() {
  CoreProgram program;
  program.groups = {{200, 100, 130}, {0, 10, 64}};
  program.gather = {200, 0, 201, 202, 1, 299};
  program.thresholds = {1, 2, 3, -1};
  program.routes = {Packet::to_cores({1, 0, 2, 1}, 1, 40), Packet::to_host(70)};
  // Neuron 0 adds dendrites 200 and 0 for thresholds 1 and 2; neuron 1 uses dendrite 201 for
  // threshold 3; neuron 2 adds dendrites 202, 1 and 299 for threshold -1.
  program.neurons = {{0, 2, 0, 2, 0, 2}, {2, 1, 2, 1, 0, 2}, {3, 3, 3, 1, 1, 1}};
  program.weights = {
      {3, 200, 1}, {70, 200, 1},   {129, 200, 1},  // group 0: 3
      {3, 201, 1}, {70, 201, 1},                   // group 0: 2
      {3, 202, 1}, {129, 299, -1},                 // group 0: 1 and -1
      {0, 0, -1},  {63, 1, -1},                    // group 1: -1 and -1
      {0, 200, 1},                                 // outside group 1
  };
  return program;
}

const std::vector<Packet> kExampleSpikes = {spike(0, 3), spike(0, 70), spike(0, 129), spike(1, 0),
                                            spike(1, 63)};

TEST(CoreTiming, ScanAndIntegrate) {
  CoreBench core(small_chip(), example());
  core.run(kExampleSpikes);
  EXPECT_EQ(core->fault(), "");
  // Scan: ceil(130/64) + ceil(64/64) cycles. Rows: columns 200..299 lie in two words, 0..9 in one.
  EXPECT_EQ(core->integrate_cycles(), (3 + 1) + (3 * 2 + 2 * 1));
  const auto& groups = core->group_activity();
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups[0].scan_words, 3U);
  EXPECT_EQ(groups[0].axons, 3U);
  EXPECT_EQ(groups[0].row_word_reads, 6U);
  EXPECT_EQ(groups[0].synaptic_operations, 7U);
  EXPECT_EQ(groups[1].scan_words, 1U);
  EXPECT_EQ(groups[1].axons, 2U);
  EXPECT_EQ(groups[1].row_word_reads, 2U);
  EXPECT_EQ(groups[1].synaptic_operations, 2U);
}

TEST(CoreTiming, FireAndEmit) {
  CoreBench core(small_chip(), example());
  core.run(kExampleSpikes);
  EXPECT_THAT(core->neurons().potentials(), ElementsAre(2, 2, -1));
  EXPECT_THAT(core->fired(), ElementsAre(0b11, 0, 1));
  // INTEGRATE takes 12 cycles; then the neurons take 2 + 1, 1 + 1 and 3 + 1.
  EXPECT_EQ(core->busy_cycles(), 12 + 3 + 2 + 4);
  const Packet to_cores = example().routes[0].with_parity(core.parity());
  const Packet to_host = example().routes[1].with_parity(core.parity());
  EXPECT_THAT(
      ready_and_packet(*core),
      ElementsAre(std::pair(15, to_cores.bits()), std::pair(15, to_host.bits()),
                  std::pair(15, to_cores.with_level(1).bits()),
                  std::pair(15, to_host.with_level(1).bits()), std::pair(21, to_host.bits())));
  EXPECT_EQ(core->emissions()[2].packet.axon(), 41);
  EXPECT_EQ(core->emissions()[3].packet.output(), 71);
}

TEST(CoreTiming, AnEmptyTickScansAndFires) {
  CoreBench core(small_chip(), example());
  core.tick();
  EXPECT_EQ(core->integrate_cycles(), 4);
  EXPECT_EQ(core->busy_cycles(), 4 + 3 + 2 + 4);
  // 0 >= -1: neuron 2 fires without input.
  EXPECT_THAT(core->fired(), ElementsAre(0, 0, 1));
}

TEST(CoreTiming, ACoreWithoutGroupsAndNeuronsIsDoneAtOnce) {
  CoreBench core(small_chip(), CoreProgram{});
  core.tick();
  EXPECT_EQ(core->fault(), "");
  EXPECT_EQ(core->busy_cycles(), 0);
}

TEST(CoreTiming, NeuronsSideBySideWaitForTheSlowest) {
  ChipDescription chip = small_chip();
  chip.core.timing.neurons_per_cycle = 2;
  CoreBench two(chip, example());
  two.run(kExampleSpikes);
  EXPECT_EQ(two->busy_cycles(), 12 + 3 + 4);
  ASSERT_EQ(two->emissions().size(), 5U);
  EXPECT_EQ(two->emissions()[3].ready, 15);
  EXPECT_EQ(two->emissions()[4].ready, 19);
  chip.core.timing.neurons_per_cycle = 100;
  CoreBench all(chip, example());
  all.run(kExampleSpikes);
  EXPECT_EQ(all->busy_cycles(), 12 + 4);
  EXPECT_EQ(all->emissions().front().ready, 16);
}

TEST(CoreTiming, GatherAndCompareCycles) {
  ChipDescription chip = small_chip();
  chip.core.timing.gather_cycles_per_group = 2;
  chip.core.timing.compare_cycles = 3;
  CoreBench core(chip, example());
  core.run(kExampleSpikes);
  EXPECT_EQ(core->busy_cycles(), 12 + (2 * 2 + 3) + (2 + 3) + (3 * 2 + 3));
  chip.core.timing.gather_cycles_per_group = 0;
  CoreBench free_gather(chip, example());
  free_gather.run(kExampleSpikes);
  EXPECT_EQ(free_gather->busy_cycles(), 12 + 3 + 3 + 3);
}

/// The example with shifts of 2, 0, 0, 1, 3 and 0 in its gather table.
CoreProgram shifted_example() {
  CoreProgram program = example();
  const std::vector<int> shifts = {2, 0, 0, 1, 3, 0};
  for (std::size_t i = 0; i < shifts.size(); ++i) {
    program.gather[i] = GatherEntry{program.gather[i], shifts[i]}.encode(4);
  }
  return program;
}

TEST(CoreTiming, AShiftTakesNoCycles) {
  ChipDescription chip = small_chip();
  chip.core.weight_planes = 4;
  CoreBench core(chip, shifted_example());
  core.run(kExampleSpikes);
  EXPECT_EQ(core->fault(), "");
  // 3 * 4 - 1; 2; 1 * 2 - 1 * 8 - 1.
  EXPECT_THAT(core->neurons().potentials(), ElementsAre(11, 2, -7));
  EXPECT_THAT(core->fired(), ElementsAre(0b11, 0, 0));
  EXPECT_EQ(core->busy_cycles(), 12 + 3 + 2 + 4);
}

TEST(CoreTiming, ScanWidth) {
  ChipDescription chip = small_chip();
  const std::map<int, int> scan_cycles = {
      {1, 130 + 64}, {32, 5 + 2}, {100, 2 + 1}, {130, 2}, {65535, 2}};
  for (const auto& [width, cycles] : scan_cycles) {
    chip.core.timing.scan_axons_per_cycle = width;
    CoreBench core(chip, example());
    core.run(kExampleSpikes);
    EXPECT_EQ(core->integrate_cycles(), cycles + 8) << width;
  }
}

TEST(CoreTiming, RowsAreAlignedToMemoryWords) {
  struct Case {
    int first, count, word_bits, words;
  };
  for (const Case& c : std::vector<Case>{{0, 256, 256, 1},
                                         {0, 257, 256, 2},
                                         {255, 1, 256, 1},
                                         {255, 2, 256, 2},
                                         {256, 1, 256, 1},
                                         {511, 1, 256, 1},
                                         {0, 512, 256, 2},
                                         {0, 512, 1, 512},
                                         {5, 7, 1, 7},
                                         {7, 2, 8, 2},
                                         {100, 100, 64, 3},
                                         {0, 512, 65536, 1},
                                         {10, 0, 256, 0}}) {
    ChipDescription chip = small_chip();
    chip.core.timing.word_bits = c.word_bits;
    CoreProgram program;
    program.groups = {{c.first, c.count, 64}};
    CoreBench core(chip, program);
    core.run({spike(0, 1), spike(0, 2)});
    EXPECT_EQ(core->integrate_cycles(), 1 + 2 * c.words) << c.first << " + " << c.count;
    EXPECT_EQ(core->group_activity()[0].row_word_reads, static_cast<unsigned>(2 * c.words));
  }
}

TEST(CoreTiming, ReadingAWordMayTakeSeveralCycles) {
  ChipDescription chip = small_chip();
  chip.core.timing.cycles_per_word = 3;
  CoreProgram program;
  program.groups = {{0, 512, 64}};
  CoreBench core(chip, program);
  core.run({spike(0, 1), spike(0, 2)});
  // One scan, then two rows of two words.
  EXPECT_EQ(core->integrate_cycles(), 1 + 2 * 2 * 3);
  EXPECT_EQ(core->group_activity()[0].row_word_reads, 4U);
}

// A core whose rows are those of dendrites reads all of them in every tick: 10 rows of 100 axons in
// two words of 64, and 3 rows of 20 axons in one word, each word in two cycles.
TEST(CoreTiming, RowsOfDendritesAreReadWhateverTheSpikes) {
  CoreProgram program;
  program.groups = {{0, 10, 100}, {10, 3, 20}};
  program.gather = {4, 11};
  program.thresholds = {1, 1};
  program.routes = {Packet::to_host(0)};
  program.neurons = {{0, 1, 0, 1, 0, 1}, {1, 1, 1, 1, 0, 0}};
  program.weights = {{99, 4, 1}, {0, 4, 1}, {5, 11, -1}};
  for (const auto& [synapse, rows] :
       {std::pair(Synapse::kTernary, 1), std::pair(Synapse::kBinaryPair, 2)}) {
    ChipDescription chip = small_chip();
    chip.core.synapse = synapse;
    chip.core.rows = CrossbarRows::kDendrites;
    chip.core.timing.word_bits = 64;
    chip.core.timing.cycles_per_word = 2;
    CoreBench core(chip, program);
    for (const std::vector<Packet>& spikes :
         {std::vector<Packet>{}, {spike(0, 99), spike(0, 0), spike(1, 5)}}) {
      core.run(spikes);
      EXPECT_EQ(core->fault(), "");
      EXPECT_EQ(core->integrate_cycles(), rows * (10 * 2 + 3 * 1) * 2);
      EXPECT_EQ(core->group_activity()[0].row_word_reads, static_cast<unsigned>(rows * 20));
      EXPECT_EQ(core->group_activity()[1].row_word_reads, static_cast<unsigned>(rows * 3));
      EXPECT_EQ(core->group_activity()[0].scan_words, 0U);
    }
    EXPECT_EQ(core->group_activity()[0].synaptic_operations, 2U);
    EXPECT_THAT(core->neurons().potentials(), ElementsAre(2, -1));
  }
}

TEST(CoreTiming, BinaryPairsTakeTwoColumns) {
  ChipDescription chip = small_chip();
  chip.core.synapse = Synapse::kBinaryPair;
  CoreProgram program;
  // Ternary dendrites 100..155 are columns 200..311 in words 0 and 1.
  program.groups = {{100, 56, 64}, {0, 128, 64}, {128, 1, 64}};
  program.gather = {100, 155};
  program.thresholds = {1, 1};
  program.routes = {Packet::to_host(0)};
  program.neurons = {{0, 1, 0, 1, 0, 1}, {1, 1, 1, 1, 0, 0}};
  program.weights = {{0, 100, 1}, {0, 155, -1}, {63, 100, 1}, {63, 155, 1}};
  CoreBench core(chip, program);
  core.run({spike(0, 0), spike(0, 63), spike(1, 5), spike(2, 5)});
  EXPECT_EQ(core->fault(), "");
  EXPECT_EQ(core->group_activity()[0].row_word_reads, 4U);
  EXPECT_EQ(core->group_activity()[0].synaptic_operations, 4U);
  EXPECT_EQ(core->group_activity()[1].row_word_reads, 1U);
  EXPECT_EQ(core->group_activity()[2].row_word_reads, 1U);
  EXPECT_EQ(core->integrate_cycles(), 3 + 6);
  EXPECT_THAT(core->neurons().potentials(), ElementsAre(2, 0));
  EXPECT_THAT(core->fired(), ElementsAre(1, 0));
}

TEST(CoreFunction, AGroupDrivesItsOwnDendritesOnly) {
  CoreProgram program;
  program.groups = {{0, 2, 10}, {2, 2, 10}};
  program.gather = {0, 1, 2, 3};
  program.thresholds = {kNeverFires};
  for (int d = 0; d < 4; ++d) {
    program.neurons.push_back({d, 1, 0, 1, 0, 0});
    program.weights.push_back({7, d, 1});
  }
  CoreBench core(small_chip(), program);
  core.run({spike(0, 7)});
  EXPECT_THAT(core->neurons().potentials(), ElementsAre(1, 1, 0, 0));
  core.run({spike(1, 7)});
  EXPECT_THAT(core->neurons().potentials(), ElementsAre(0, 0, 1, 1));
}

TEST(CoreFunction, GroupsThatShareDendritesAddUp) {
  CoreProgram program;
  program.groups = {{0, 3, 10}, {1, 3, 20}};
  program.gather = {0, 1, 2, 3};
  program.thresholds = {kNeverFires};
  for (int d = 0; d < 4; ++d) {
    program.neurons.push_back({d, 1, 0, 1, 0, 0});
    program.weights.push_back({5, d, 1});
    program.weights.push_back({15, d, 1});
  }
  CoreBench core(small_chip(), program);
  core.run({spike(0, 5), spike(1, 5), spike(1, 15)});
  EXPECT_THAT(core->neurons().potentials(), ElementsAre(1, 3, 3, 2));
}

TEST(CoreFunction, ANeuronMayTakeADendriteSeveralTimesAndOthersToo) {
  CoreProgram program;
  program.groups = {{0, 2, 10}};
  program.gather = {0, 0, 1, 1};
  program.thresholds = {1, 3, 5, 6};
  program.routes = {Packet::to_host(0)};
  program.neurons = {{0, 4, 0, 4, 0, 1}, {1, 2, 0, 4, 0, 0}};
  program.weights = {{1, 0, 1}, {2, 0, 1}, {1, 1, 1}};
  CoreBench core(small_chip(), program);
  core.run({spike(0, 1), spike(0, 2)});
  EXPECT_THAT(core->neurons().potentials(), ElementsAre(2 + 2 + 1 + 1, 2 + 1));
  EXPECT_THAT(core->fired(), ElementsAre(0b1111, 0b0011));
  EXPECT_EQ(counter(*core, CoreCounter::kSpikes), 6U);
  // Neuron 1 has no routes.
  EXPECT_EQ(core->emissions().size(), 4U);
}

TEST(CoreFunction, ConstantNeurons) {
  ChipDescription chip = small_chip();
  chip.core.potential_bits = 32;
  CoreProgram program;
  program.groups = {{0, 1, 200}};
  program.gather = {0};
  program.thresholds = {kAlwaysFires, kNeverFires, 0, 1};
  program.neurons = {{0, 1, 0, 1, 0, 0}, {0, 1, 1, 1, 0, 0}, {0, 0, 0, 1, 0, 0},
                     {0, 0, 1, 1, 0, 0}, {0, 0, 2, 1, 0, 0}, {0, 0, 3, 1, 0, 0}};
  CoreBench core(chip, program);
  std::vector<Packet> all;
  for (int axon = 0; axon < 200; ++axon) {
    program.weights.push_back({axon, 0, -1});
    all.push_back(spike(0, axon));
  }
  core.load(program);
  core.run(all);
  EXPECT_THAT(core->fired(), ElementsAre(1, 0, 1, 0, 1, 0));
  EXPECT_EQ(core->neurons().potentials()[0], -200);
  for (Weight& weight : program.weights) weight.value = 1;
  for (int axon = 0; axon < 200; ++axon) program.weights.push_back({axon, 1, -1});
  core.load(program);
  core.run(all);
  EXPECT_EQ(core->fault(), "");
  EXPECT_THAT(core->fired(), ElementsAre(1, 0, 1, 0, 1, 0));
}

TEST(CoreFunction, SumsAgreeWithANaiveCore) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937 random(seed);
    const auto between = [&](int minimum, int maximum) {
      return std::uniform_int_distribution<int>(minimum, maximum)(random);
    };
    ChipDescription chip = small_chip();
    chip.core.synapse = seed % 2 == 0 ? Synapse::kTernary : Synapse::kBinaryPair;
    chip.core.axons = between(1, 200);
    chip.core.dendrites = 2 * between(4, 100);
    chip.core.weight_planes = seed % 3 == 0 ? 1 : between(2, 8);
    chip.core.potential_bits = 24;
    const int dendrites = chip.core.ternary_dendrites();
    CoreProgram program;
    for (int g = 0; g < 4; ++g) {
      const int first = between(0, dendrites - 1);
      program.groups.push_back({first, between(0, dendrites - first), between(0, chip.core.axons)});
    }
    std::map<std::pair<int, int>, int> weights;
    for (int i = 0; i < 500; ++i) {
      weights[{between(0, chip.core.axons - 1), between(0, dendrites - 1)}] = between(-1, 1);
    }
    for (const auto& [at, value] : weights) program.weights.push_back({at.first, at.second, value});
    for (int i = 0; i < dendrites; ++i) {
      // Dendrite in the lowest 13 bits, shift above.
      program.gather.push_back(static_cast<std::uint16_t>(
          between(0, dendrites - 1) + 8192 * between(0, chip.core.weight_planes - 1)));
      program.thresholds.push_back(between(-3, 3));
    }
    for (int j = 0; j < dendrites / 2; ++j) {
      const int first = between(0, dendrites - 1);
      const int first_threshold = between(0, dendrites - 4);
      program.neurons.push_back({first, between(0, std::min(4, dendrites - first)), first_threshold,
                                 between(0, 4), 0, 0});
    }
    CoreBench core(chip, program);
    std::vector<Packet> packets;
    std::vector<int> sums(static_cast<std::size_t>(dendrites));
    std::uint64_t operations = 0;
    for (int g = 0; g < 4; ++g) {
      const GroupEntry& group = program.groups[static_cast<std::size_t>(g)];
      for (int axon = 0; axon < group.axons; ++axon) {
        if (between(0, 2) != 0) continue;
        packets.push_back(spike(g, axon));
        for (int d = group.first_dendrite; d < group.first_dendrite + group.dendrites; ++d) {
          const auto found = weights.find({axon, d});
          if (found == weights.end()) continue;
          sums[static_cast<std::size_t>(d)] += found->second;
          operations += found->second != 0 ? 1 : 0;
        }
      }
    }
    core.run(packets);
    ASSERT_EQ(core->fault(), "");
    EXPECT_EQ(counter(*core, CoreCounter::kSynapticOperations), operations);
    for (std::size_t j = 0; j < program.neurons.size(); ++j) {
      const NeuronEntry& neuron = program.neurons[j];
      int potential = 0;
      for (int i = 0; i < neuron.gathers; ++i) {
        const int entry = program.gather[static_cast<std::size_t>(neuron.first_gather + i)];
        for (int times = 0; times < 1 << entry / 8192; ++times) {
          potential += sums[static_cast<std::size_t>(entry % 8192)];
        }
      }
      ASSERT_EQ(core->neurons().potentials()[j], potential);
      std::uint64_t fired = 0;
      for (int i = 0; i < neuron.thresholds; ++i) {
        if (potential >= program.thresholds[static_cast<std::size_t>(neuron.first_threshold + i)]) {
          fired |= std::uint64_t{1} << i;
        }
      }
      ASSERT_EQ(core->fired()[j], fired);
    }
  }
}

TEST(CoreFunction, AxonBuffersAreDouble) {
  CoreBench core(small_chip(), example());
  core.tick();
  core->receive(spike(0, 3, core.parity()), 0);
  core->receive(spike(0, 3, core.parity()), 0);  // already set: one axon, two writes
  EXPECT_EQ(core->axon_writes(0), 2U);
  EXPECT_EQ(core->neurons().potentials()[0], 0);
  EXPECT_EQ(read_word(*core, CoreRegion::kStatus, 0), 0b011U);
  core.tick();
  EXPECT_EQ(core->group_activity()[0].axons, 1U);
  EXPECT_EQ(core->axon_writes(0), 0U);
  EXPECT_THAT(core->neurons().potentials(), ElementsAre(1, 1, 1));
  EXPECT_EQ(read_word(*core, CoreRegion::kStatus, 0), 0b001U);
  // A packet that arrives in this tick is for the next one, in which the first buffer is empty.
  core->receive(spike(0, 70, core.parity()), 0);
  core.tick();
  EXPECT_THAT(core->neurons().potentials(), ElementsAre(1, 1, 0));
  core.tick();
  EXPECT_THAT(core->neurons().potentials(), ElementsAre(0, 0, 0));
  EXPECT_EQ(core->fault(), "");
}

TEST(CoreFunction, Counters) {
  CoreBench core(small_chip(), example());
  core.run(kExampleSpikes);
  EXPECT_EQ(counter(*core, CoreCounter::kTicks), 2U);
  EXPECT_EQ(counter(*core, CoreCounter::kScanWords), 8U);
  EXPECT_EQ(counter(*core, CoreCounter::kRowWordReads), 8U);
  EXPECT_EQ(counter(*core, CoreCounter::kSynapticOperations), 9U);
  EXPECT_EQ(counter(*core, CoreCounter::kAxonWrites), 5U);
  EXPECT_EQ(counter(*core, CoreCounter::kNeuronUpdates), 6U);
  EXPECT_EQ(counter(*core, CoreCounter::kSpikes), 1U + 3U);
  EXPECT_EQ(counter(*core, CoreCounter::kPackets), 1U + 5U);
  core->receive(spike(0, 3, core.parity()), 0);
  EXPECT_EQ(counter(*core, CoreCounter::kAxonWrites), 6U);
}

TEST(CoreFunction, CategoriesGoWithEmissions) {
  CoreBench core(small_chip(), example());
  core->set_categories({4, 5}, {6, 7, 8});
  core.run(kExampleSpikes);
  ASSERT_EQ(core->emissions().size(), 5U);
  EXPECT_EQ(core->emissions()[0].category, 6);
  EXPECT_EQ(core->emissions()[4].category, 8);
  EXPECT_THAT(core->group_categories(), ElementsAre(4, 5));
  // Lists shorter than the tables: the remaining entries have stat category 0.
  core->set_categories({}, {9});
  core.run(kExampleSpikes);
  EXPECT_EQ(core->emissions()[0].category, 9);
  EXPECT_EQ(core->emissions()[4].category, 0);
}

TEST(CoreFunction, TablesCanBeChangedBetweenTicks) {
  CoreBench core(small_chip(), example());
  core.run(kExampleSpikes);
  CoreProgram other = example();
  other.thresholds = {-5, -5, -5, 100};
  other.weights = {{3, 200, -1}};
  for (int axon = 0; axon < 130; ++axon) other.weights.push_back({axon, 300, 1});
  core.load(other);
  core.run(kExampleSpikes);
  EXPECT_THAT(core->neurons().potentials(), ElementsAre(-1, 0, 0));
  EXPECT_THAT(core->fired(), ElementsAre(0b11, 1, 0));
  EXPECT_EQ(core->fault(), "");
}

// ---- Registers

TEST(CoreRegisters, EveryWritableRegionReadsBack) {
  for (const Synapse synapse : {Synapse::kTernary, Synapse::kBinaryPair}) {
    ChipDescription chip = small_chip();
    chip.core.synapse = synapse;
    chip.core.expansion.entries = 7;
    chip.core.neuron = spikeloom::arch::Neuron::kStochastic;
    for (const auto& info : spikeloom::arch::kCoreRegions) {
      CoreModel core(chip, 0);
      const std::uint64_t bytes = spikeloom::arch::region_bytes(chip.core, info.region);
      if (bytes == 0) continue;
      const int region = static_cast<int>(info.region);
      std::vector<std::uint8_t> data(bytes, 0xa5), back(bytes, 0xff);
      EXPECT_EQ(core.access(region, 0, back.data(), bytes, false), AccessResult::kOk);
      EXPECT_THAT(back, testing::Each(0)) << name(info.region);
      EXPECT_EQ(core.access(region, 0, data.data(), bytes, true),
                info.writable ? AccessResult::kOk : AccessResult::kReadOnly);
      EXPECT_EQ(core.access(region, 0, back.data(), bytes, false), AccessResult::kOk);
      EXPECT_THAT(back, testing::Each(info.writable ? 0xa5 : 0)) << name(info.region);
    }
  }
}

TEST(CoreRegisters, AccessesOutsideAreRefused) {
  ChipDescription chip = small_chip();
  EXPECT_EQ(spikeloom::arch::region_bytes(chip.core, CoreRegion::kExpansion), 0U);
  chip.core.expansion.entries = 7;
  chip.core.neuron = spikeloom::arch::Neuron::kStochastic;
  CoreModel core(chip, 0);
  std::vector<std::uint8_t> data(4096, 0xff);
  for (const auto& info : spikeloom::arch::kCoreRegions) {
    const std::uint64_t bytes = spikeloom::arch::region_bytes(chip.core, info.region);
    const int region = static_cast<int>(info.region);
    for (const bool write : {false, true}) {
      EXPECT_EQ(core.access(region, bytes, data.data(), 8, write), AccessResult::kUnmapped);
      EXPECT_EQ(core.access(region, bytes - 8, data.data(), 16, write), AccessResult::kUnmapped);
      EXPECT_EQ(core.access(region, UINT64_MAX - 7, data.data(), 16, write),
                AccessResult::kUnmapped);
    }
    std::uint64_t value = 1;
    EXPECT_EQ(core.access(region, bytes - 8, reinterpret_cast<std::uint8_t*>(&value), 8, false),
              AccessResult::kOk);
    EXPECT_EQ(value, 0U) << name(info.region);
  }
  EXPECT_EQ(core.access(12, 0, data.data(), 8, false), AccessResult::kUnmapped);
  EXPECT_EQ(core.access(15, 0, data.data(), 8, true), AccessResult::kUnmapped);
  EXPECT_EQ(core.access(-1, 0, data.data(), 8, false), AccessResult::kUnmapped);
  ChipDescription pairs = chip;
  pairs.core.synapse = Synapse::kBinaryPair;
  CoreModel other(pairs, 0);
  EXPECT_EQ(other.access(static_cast<int>(CoreRegion::kMinusPlane), 0, data.data(), 8, true),
            AccessResult::kUnmapped);
}

// ---- Faults

TEST(CoreFaults, PacketsForNothing) {
  for (const Packet packet :
       {spike(0, 130), spike(1, 64), spike(2, 0), spike(255, 0), spike(0, 65535)}) {
    CoreBench core(small_chip(), example());
    core.tick();
    core->receive(packet.with_parity(core.parity()), 0);
    EXPECT_EQ(core->fault(), "chip0.core_2_1: a packet arrived for group " +
                                 std::to_string(packet.group()) + ", axon " +
                                 std::to_string(packet.axon()) + ", which does not exist");
    core.tick();
    EXPECT_EQ(core->group_activity()[0].axons + core->group_activity()[1].axons, 0U);
  }
}

TEST(CoreFaults, ADisabledCoreTakesNoPackets) {
  CoreProgram program = example();
  program.enable = false;
  ChipDescription chip = small_chip();
  chip.sync.tick_cycles = 100;
  chip.sync.late_spikes = LateSpikes::kDrop;
  // It takes part in no tick, so it cannot tell which packets are late.
  for (const int parity : {0, 1}) {
    CoreBench core(chip, program);
    EXPECT_FALSE(core->enabled());
    core->receive(spike(0, 0, parity), 0);
    EXPECT_EQ(core->fault(),
              "chip0.core_2_1: a packet arrived for group 0, axon 0, which does not exist");
    EXPECT_EQ(core->late_spikes(), 0U);
  }
}

TEST(CoreFaults, APacketOfAnotherTick) {
  CoreBench core(small_chip(), example());
  core.tick();
  core->receive(spike(0, 0, 1 - core.parity()), 0);
  EXPECT_EQ(core->fault(), "chip0.core_2_1: a packet of another tick arrived");
  EXPECT_EQ(read_word(*core, CoreRegion::kStatus, 0), 0b111U);
}

TEST(CoreFaults, OnlyTheFirstIsKept) {
  CoreBench core(small_chip(), example());
  core.tick();
  core->receive(spike(3, 1, core.parity()), 0);
  core->receive(spike(3, 2, core.parity()), 0);
  EXPECT_EQ(core->fault(),
            "chip0.core_2_1: a packet arrived for group 3, axon 1, which does not exist");
}

std::string fault_of(const ChipDescription& chip, const CoreProgram& program) {
  CoreBench core(chip, program);
  core.tick();
  EXPECT_THAT(core->emissions(), IsEmpty());
  return core->fault();
}

TEST(CoreFaults, TablesThatPointOutside) {
  ChipDescription chip = small_chip();
  const auto group = [&](const GroupEntry& entry) {
    CoreProgram program;
    program.groups = {entry};
    return fault_of(chip, program);
  };
  EXPECT_EQ(group({0, 512, 200}), "");
  EXPECT_EQ(group({1, 512, 200}), "chip0.core_2_1: group 0 lies outside the crossbar");
  EXPECT_EQ(group({0, 1, 201}), "chip0.core_2_1: group 0 lies outside the crossbar");
  EXPECT_EQ(group({65535, 65535, 1}), "chip0.core_2_1: group 0 lies outside the crossbar");

  const auto neuron = [&](const NeuronEntry& entry, Packet route = Packet::to_host(0)) {
    CoreProgram program;
    program.gather = {0};
    program.thresholds = {kNeverFires, kNeverFires, kNeverFires, kNeverFires};
    program.routes = {route};
    program.neurons = {{}, entry};
    return fault_of(chip, program);
  };
  const std::string bad =
      "chip0.core_2_1: neuron 1 refers to entries outside its tables or to a packet that cannot be "
      "routed";
  EXPECT_EQ(neuron({0, 1, 0, 1, 0, 1}), "");
  EXPECT_EQ(neuron({511, 1, 0, 0, 0, 0}), "");
  EXPECT_EQ(neuron({511, 2, 0, 0, 0, 0}), bad);
  EXPECT_EQ(neuron({0, 0, 2048, 0, 0, 0}), "");
  EXPECT_EQ(neuron({0, 0, 2045, 4, 0, 0}), bad);
  EXPECT_EQ(neuron({0, 0, 0, 5, 0, 0}), bad);  // thresholds_per_dendrite is 4
  EXPECT_EQ(neuron({0, 0, 0, 0, 63, 2}), bad);
  EXPECT_EQ(neuron({0, 0, 0, 0, 1, 1}), bad);  // entry 1 was never written, so it has no packet
  EXPECT_EQ(neuron({0, 0, 0, 0, 0, 1}, Packet::to_cores({0, 0, 2, 1}, 0, 0)), "");
  EXPECT_EQ(neuron({0, 0, 0, 0, 0, 1}, Packet::to_cores({0, 0, 3, 1}, 0, 0)), bad);
  EXPECT_EQ(neuron({0, 0, 0, 0, 0, 1}, Packet::to_cores({0, 0, 2, 2}, 0, 0)), bad);
  EXPECT_EQ(neuron({0, 0, 0, 0, 0, 1}, Packet::to_cores({2, 0, 1, 1}, 0, 0)), bad);
  EXPECT_EQ(neuron({0, 0, 0, 0, 0, 1}, Packet(std::uint64_t{3} << 62)), bad);
  // The level must not carry into the next field.
  EXPECT_EQ(neuron({0, 0, 0, 4, 0, 1}, Packet::to_cores({0, 0, 0, 0}, 0, 65532)), "");
  EXPECT_EQ(neuron({0, 0, 0, 4, 0, 1}, Packet::to_cores({0, 0, 0, 0}, 0, 65533)), bad);
  EXPECT_EQ(neuron({0, 0, 0, 4, 0, 1}, Packet::to_host((1 << 24) - 3)), bad);

  chip.router.multicast = false;
  EXPECT_EQ(neuron({0, 0, 0, 0, 0, 1}, Packet::to_cores({2, 1, 2, 1}, 0, 0)), "");
  EXPECT_EQ(neuron({0, 0, 0, 0, 0, 1}, Packet::to_cores({1, 1, 2, 1}, 0, 0)), bad);

  CoreProgram gather;
  gather.gather = {511, 512};
  EXPECT_EQ(fault_of(chip, gather),
            "chip0.core_2_1: the gather table names dendrite 512, allowed 0..511");

  chip.core.weight_planes = 3;
  gather.gather = {GatherEntry{511, 2}.encode(3)};
  EXPECT_EQ(fault_of(chip, gather), "");
  gather.gather = {GatherEntry{512, 2}.encode(3)};
  EXPECT_EQ(fault_of(chip, gather),
            "chip0.core_2_1: the gather table names dendrite 512, allowed 0..511");
  gather.gather = {GatherEntry{511, 3}.encode(3)};
  EXPECT_EQ(
      fault_of(chip, gather),
      "chip0.core_2_1: the gather table shifts dendrite 511 by 3, allowed 0..2 (weight_planes: 3)");
}

TEST(CoreFaults, MoreEntriesThanTheCoreHas) {
  const ChipDescription chip = small_chip();
  CoreProgram program;
  program.groups.resize(4);
  EXPECT_EQ(fault_of(chip, program), "");
  CoreBench core(chip, CoreProgram{});
  std::uint64_t value = 5;
  core->access(static_cast<int>(CoreRegion::kControl), spikeloom::arch::core_control::kGroups,
               reinterpret_cast<std::uint8_t*>(&value), 8, true);
  core.tick();
  EXPECT_EQ(core->fault(), "chip0.core_2_1: the control register sets 5 groups; the core has 4");
  CoreBench other(chip, CoreProgram{});
  value = UINT64_MAX;
  other->access(static_cast<int>(CoreRegion::kControl), spikeloom::arch::core_control::kNeurons,
                reinterpret_cast<std::uint8_t*>(&value), 8, true);
  other.tick();
  EXPECT_EQ(
      other->fault(),
      "chip0.core_2_1: the control register sets 18446744073709551615 neurons; the core has 512");
}

TEST(CoreFaults, AxonsThatWaitInAGroupMadeSmaller) {
  CoreBench core(small_chip(), example());
  core.tick();
  core->receive(spike(0, 129, core.parity()), 0);
  CoreProgram smaller = example();
  smaller.groups[0].axons = 129;
  core.load(smaller);
  core.tick();
  EXPECT_EQ(core->fault(),
            "chip0.core_2_1: group 0 no longer has axons that are set for the next tick");
  EXPECT_EQ(core->group_activity()[0].axons, 0U);
}

TEST(CoreFaults, SumsThatDoNotFit) {
  ChipDescription chip = small_chip();
  chip.core.potential_bits = 4;  // range -8..7
  const auto fault = [&](int plus, int minus) {
    CoreProgram program;
    program.groups = {{0, 2, 100}};
    program.gather = {0, 1};
    program.neurons = {{0, 2, 0, 0, 0, 0}};
    for (int i = 0; i < plus; ++i) program.weights.push_back({i, 0, 1});
    for (int i = 0; i < minus; ++i) program.weights.push_back({i, 1, -1});
    CoreBench core(chip, program);
    std::vector<Packet> all;
    for (int axon = 0; axon < 100; ++axon) all.push_back(spike(0, axon));
    core.run(all);
    return core->fault();
  };
  EXPECT_EQ(fault(7, 8), "");
  EXPECT_EQ(fault(0, 8), "");
  EXPECT_EQ(fault(8, 0), "chip0.core_2_1: neuron 0: a sum of 8 does not fit in 4 bits");
  EXPECT_EQ(fault(0, 9), "chip0.core_2_1: neuron 0: a sum of -9 does not fit in 4 bits");
  // The potential fits, but a dendrite does not.
  EXPECT_EQ(fault(7, 9), "chip0.core_2_1: neuron 0: a sum of -9 does not fit in 4 bits");
}

TEST(CoreFaults, ShiftedSumsThatDoNotFit) {
  ChipDescription chip = small_chip();
  chip.core.potential_bits = 4;  // -8..7
  chip.core.weight_planes = 3;
  const auto fault = [&](int plus, int minus) {
    CoreProgram program;
    program.groups = {{0, 2, 100}};
    program.gather = {GatherEntry{0, 1}.encode(3), GatherEntry{1, 2}.encode(3)};
    program.neurons = {{0, 2, 0, 0, 0, 0}};
    for (int i = 0; i < plus; ++i) program.weights.push_back({i, 0, 1});
    for (int i = 0; i < minus; ++i) program.weights.push_back({i, 1, -1});
    CoreBench core(chip, program);
    std::vector<Packet> all;
    for (int axon = 0; axon < 100; ++axon) all.push_back(spike(0, axon));
    core.run(all);
    return core->fault();
  };
  EXPECT_EQ(fault(3, 2), "");
  EXPECT_EQ(fault(4, 0), "chip0.core_2_1: neuron 0: a sum of 8 does not fit in 4 bits");
  // The potential fits, a shifted dendrite does not.
  EXPECT_EQ(fault(3, 3), "chip0.core_2_1: neuron 0: a sum of -12 does not fit in 4 bits");
}

}  // namespace
