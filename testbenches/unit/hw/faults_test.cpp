// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <numeric>
#include <set>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/hw/faults/chance.h"
#include "spikeloom/hw/faults/check_code.h"
#include "spikeloom/hw/faults/memory_faults.h"
#include "spikeloom/hw/faults/packet_faults.h"

namespace spikeloom::hw {
namespace {

using arch::CoreRegion;
using arch::Protection;
using testing::Each;
using testing::ElementsAre;

int ones(std::uint64_t word) { return __builtin_popcountll(word); }

// ---- Chance

TEST(ChanceMask, NeverAndAlways) {
  for (std::uint64_t i = 0; i < 1000; ++i) {
    ASSERT_EQ(ChanceMask(0.0).draw(7, i), 0U);
    ASSERT_EQ(ChanceMask(1.0).draw(7, i), ~std::uint64_t{0});
  }
}

TEST(ChanceMask, EachBitHasTheProbability) {
  constexpr int kDraws = 20000;
  for (const double p : {1e-3, 0.02, 0.3, 0.5, 0.9}) {
    const ChanceMask mask(p);
    std::vector<int> hits(64);
    std::vector<int> counts(65);
    for (std::uint64_t i = 0; i < kDraws; ++i) {
      const std::uint64_t word = mask.draw(3, i);
      ++counts[static_cast<std::size_t>(ones(word))];
      for (int bit = 0; bit < 64; ++bit)
        hits[static_cast<std::size_t>(bit)] += static_cast<int>(word >> bit & 1);
    }
    const double deviation = std::sqrt(kDraws * p * (1.0 - p));
    for (const int count : hits) EXPECT_NEAR(count, kDraws * p, 5.0 * deviation + 1.0) << p;
    const double total = std::accumulate(hits.begin(), hits.end(), 0.0);
    EXPECT_NEAR(total, 64.0 * kDraws * p, 5.0 * 8.0 * deviation) << p;
    // Independent trials: the variance of their number is that of the binomial distribution.
    double squares = 0.0;
    for (std::size_t k = 0; k < counts.size(); ++k) {
      const double off = static_cast<double>(k) - 64.0 * p;
      squares += off * off * counts[k];
    }
    EXPECT_NEAR(squares / kDraws / (64.0 * p * (1.0 - p)), 1.0, 0.1) << p;
  }
}

TEST(NormalNumber, HasMeanAndDeviation) {
  constexpr int kNumbers = 100000;
  double sum = 0.0, squares = 0.0;
  int beyond_two = 0;
  for (std::uint64_t i = 0; i < kNumbers; ++i) {
    const double number = normal_number(i);
    sum += number;
    squares += number * number;
    beyond_two += std::abs(number) > 2.0 ? 1 : 0;
  }
  EXPECT_NEAR(sum / kNumbers, 0.0, 0.02);
  EXPECT_NEAR(squares / kNumbers, 1.0, 0.02);
  EXPECT_NEAR(static_cast<double>(beyond_two) / kNumbers, 0.0455, 0.003);
}

// ---- Check codes

/// All words of a code, data bits first.
std::vector<std::uint64_t> words_of(const CheckCode& code) {
  std::vector<std::uint64_t> words;
  for (std::uint64_t data = 0; data < std::uint64_t{1} << code.data_bits(); ++data) {
    std::vector<int> set;
    for (int i = 0; i < code.data_bits(); ++i) {
      if ((data >> i & 1) != 0) set.push_back(i);
    }
    std::uint64_t word = data;
    for (int i = 0; i < code.check_bits(); ++i) {
      word |= std::uint64_t{code.check_bit(i, set)} << (code.data_bits() + i);
    }
    words.push_back(word);
  }
  return words;
}

TEST(CheckCode, BitsAreThoseOfTheTextbooks) {
  // Hamming's extended codes: (8, 4), (13, 8), (22, 16), (39, 32), (72, 64), (137, 128), (523,
  // 512).
  EXPECT_EQ(arch::check_bits(Protection::kSecded, 4), 4);
  EXPECT_EQ(arch::check_bits(Protection::kSecded, 8), 5);
  EXPECT_EQ(arch::check_bits(Protection::kSecded, 16), 6);
  EXPECT_EQ(arch::check_bits(Protection::kSecded, 32), 7);
  EXPECT_EQ(arch::check_bits(Protection::kSecded, 64), 8);
  EXPECT_EQ(arch::check_bits(Protection::kSecded, 128), 9);
  EXPECT_EQ(arch::check_bits(Protection::kSecded, 512), 11);
  EXPECT_EQ(arch::check_bits(Protection::kParity, 512), 1);
  EXPECT_EQ(arch::check_bits(Protection::kNone, 512), 0);
}

TEST(CheckCode, WordsDifferInFourBitsAtLeast) {
  for (const int bits : {4, 8, 11}) {
    const std::vector<std::uint64_t> words = words_of(CheckCode(Protection::kSecded, bits));
    for (std::size_t i = 0; i < words.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) ASSERT_GE(ones(words[i] ^ words[j]), 4) << i << " " << j;
    }
  }
  const std::vector<std::uint64_t> words = words_of(CheckCode(Protection::kParity, 8));
  for (const std::uint64_t word : words) ASSERT_EQ(ones(word) % 2, 0);
}

/// Decodes by looking for the nearest word of the code: what any decoder of it must do.
TEST(CheckCode, ReadsAsTheNearestWord) {
  for (const int bits : {4, 8, 11}) {
    const CheckCode code(Protection::kSecded, bits);
    const std::vector<std::uint64_t> words = words_of(code);
    const int all = bits + code.check_bits();
    for (std::uint64_t error = 1; error < std::uint64_t{1} << all; ++error) {
      std::vector<int> data, checks;
      for (int i = 0; i < all; ++i) {
        if ((error >> i & 1) == 0) continue;
        (i < bits ? data : checks).push_back(i < bits ? i : i - bits);
      }
      // The code is linear: word 0 with this error stands for all words with it.
      std::vector<std::uint64_t> nearest;
      int distance = all;
      for (const std::uint64_t word : words) {
        const int off = ones(word ^ error);
        if (off < distance) nearest.clear();
        distance = std::min(distance, off);
        if (off == distance) nearest.push_back(word);
      }
      std::vector<int> read = data;
      const ReadWord outcome = code.read(read, checks);
      std::uint64_t wrong = 0;
      for (const int bit : read) wrong |= std::uint64_t{1} << bit;
      const std::uint64_t data_mask = (std::uint64_t{1} << bits) - 1;
      if (distance == 0) {
        ASSERT_EQ(outcome, ReadWord::kGood) << error;
        ASSERT_EQ(wrong, error & data_mask);
      } else if (distance == 1) {
        ASSERT_EQ(outcome, ReadWord::kCorrected) << error;
        ASSERT_EQ(wrong, nearest.front() & data_mask) << error;
      } else {
        ASSERT_EQ(outcome, ReadWord::kDetected) << error;
        ASSERT_EQ(wrong, error & data_mask);
      }
    }
  }
}

// ---- Memory

constexpr int kAxons = 100;
constexpr int kDendrites = 150;

arch::ChipDescription chip_of(Protection protection, arch::CrossbarRows rows) {
  arch::ChipDescription chip{};
  chip.mesh = {4, 4};
  chip.core.axons = kAxons;
  chip.core.dendrites = kDendrites;
  chip.core.timing.word_bits = 32;
  chip.core.protection = protection;
  chip.core.rows = rows;
  return chip;
}

constexpr std::size_t kStride = 3;

bool cell(const std::vector<std::uint64_t>& words, int axon, int column) {
  const auto at = static_cast<std::size_t>(axon) * kStride + static_cast<std::size_t>(column) / 64;
  return (words[at] >> column % 64 & 1) != 0;
}

std::vector<std::uint64_t> pattern() {
  std::vector<std::uint64_t> words(kAxons * kStride);
  for (int axon = 0; axon < kAxons; ++axon) {
    for (int column = 0; column < kDendrites; ++column) {
      if ((axon * 7 + column * 3) % 5 != 0) continue;
      words[static_cast<std::size_t>(axon) * kStride + static_cast<std::size_t>(column) / 64] |=
          std::uint64_t{1} << column % 64;
    }
  }
  return words;
}

TEST(MemoryFaults, StuckBitsHaveTheirValueAndFlippedOnesTheOpposite) {
  const arch::ChipDescription chip = chip_of(Protection::kNone, arch::CrossbarRows::kAxons);
  const std::vector<std::uint64_t> loaded = pattern();
  struct Case {
    double HardwareFaults::*rate;
    bool hits_zeros;
    bool hits_ones;
  };
  for (const Case& item : {Case{&HardwareFaults::synapse_stuck_at_0, false, true},
                           Case{&HardwareFaults::synapse_stuck_at_1, true, false},
                           Case{&HardwareFaults::synapse_flip, true, true}}) {
    HardwareFaults faults;
    faults.*item.rate = 0.1;
    MemoryFaults memory(chip, faults);
    std::vector<std::uint64_t> words = loaded;
    memory.change_plane(5, CoreRegion::kPlusPlane, words);
    int zeros_hit = 0, ones_hit = 0;
    for (int axon = 0; axon < kAxons; ++axon) {
      for (int column = 0; column < kDendrites; ++column) {
        if (cell(words, axon, column) == cell(loaded, axon, column)) continue;
        ++(cell(loaded, axon, column) ? ones_hit : zeros_hit);
      }
    }
    EXPECT_EQ(memory.counts().synapse_bits, static_cast<std::uint64_t>(zeros_hit + ones_hit));
    // 3,000 ones and 12,000 zeros; 5 deviations.
    EXPECT_NEAR(ones_hit, item.hits_ones ? 300 : 0, item.hits_ones ? 82 : 0);
    EXPECT_NEAR(zeros_hit, item.hits_zeros ? 1200 : 0, item.hits_zeros ? 165 : 0);
    // What is beyond the columns is no memory.
    for (int axon = 0; axon < kAxons; ++axon) {
      EXPECT_EQ(words[static_cast<std::size_t>(axon) * kStride + 2] >> (kDendrites - 128), 0U);
    }
  }
}

TEST(MemoryFaults, CoresAndPlanesDiffer) {
  const arch::ChipDescription chip = chip_of(Protection::kNone, arch::CrossbarRows::kAxons);
  HardwareFaults faults;
  faults.synapse_flip = 0.01;
  std::set<std::vector<std::uint64_t>> seen;
  for (const int core : {0, 1}) {
    for (const CoreRegion plane : {CoreRegion::kPlusPlane, CoreRegion::kMinusPlane}) {
      for (const std::uint64_t seed : {1U, 2U}) {
        faults.seed = seed;
        std::vector<std::uint64_t> words = pattern();
        MemoryFaults(chip, faults).change_plane(core, plane, words);
        seen.insert(words);
      }
    }
  }
  EXPECT_EQ(seen.size(), 8U);
}

TEST(MemoryFaults, OneWrongBitOfAWordIsCorrected) {
  for (const auto rows : {arch::CrossbarRows::kAxons, arch::CrossbarRows::kDendrites}) {
    const arch::ChipDescription plain = chip_of(Protection::kNone, rows);
    const arch::ChipDescription secded = chip_of(Protection::kSecded, rows);
    const arch::ChipDescription parity = chip_of(Protection::kParity, rows);
    HardwareFaults faults;
    faults.synapse_flip = 0.004;
    const std::vector<std::uint64_t> loaded = pattern();
    std::vector<std::uint64_t> wrong = loaded, corrected = loaded, detected = loaded;
    MemoryFaults(plain, faults).change_plane(3, CoreRegion::kMinusPlane, wrong);
    MemoryFaults with_code(secded, faults);
    with_code.change_plane(3, CoreRegion::kMinusPlane, corrected);
    MemoryFaults with_parity(parity, faults);
    with_parity.change_plane(3, CoreRegion::kMinusPlane, detected);
    EXPECT_EQ(detected, wrong);  // parity only tells of it
    // Wrong bits by word of the memory: 32 columns of an axon, or 32 axons of a column.
    std::map<std::pair<int, int>, std::vector<std::pair<int, int>>> by_word;
    for (int axon = 0; axon < kAxons; ++axon) {
      for (int column = 0; column < kDendrites; ++column) {
        if (cell(wrong, axon, column) == cell(loaded, axon, column)) continue;
        const auto word = rows == arch::CrossbarRows::kAxons ? std::pair(axon, column / 32)
                                                             : std::pair(column, axon / 32);
        by_word[word].emplace_back(axon, column);
      }
    }
    int single = 0, several = 0;
    for (const auto& [word, cells] : by_word) {
      for (const auto& [axon, column] : cells) {
        const bool still_wrong = cell(corrected, axon, column) != cell(loaded, axon, column);
        // A check bit of the word can be wrong as well, then two are.
        if (cells.size() == 1) {
          single += still_wrong ? 0 : 1;
        } else {
          several += still_wrong ? 1 : 0;
        }
      }
    }
    ASSERT_GT(by_word.size(), 30U);
    EXPECT_GT(single, 0.9 * static_cast<double>(by_word.size() - 10));
    EXPECT_GT(several, 0);
    EXPECT_GE(with_code.counts().corrected_words, static_cast<std::uint64_t>(single));
    EXPECT_GT(with_code.counts().detected_words, 0U);
    EXPECT_GT(with_parity.counts().detected_words, 30U);
    EXPECT_LT(with_code.counts().synapse_bits, with_parity.counts().synapse_bits / 2);
  }
}

TEST(MemoryFaults, ThresholdsMove) {
  const arch::ChipDescription chip = chip_of(Protection::kNone, arch::CrossbarRows::kAxons);
  std::vector<arch::NeuronEntry> neurons(1000);
  std::vector<std::int32_t> loaded;
  for (std::size_t j = 0; j < neurons.size(); ++j) {
    neurons[j].first_threshold = static_cast<int>(3 * j);
    neurons[j].thresholds = 3;
    loaded.insert(loaded.end(), {100, 200, arch::kNeverFires});
  }
  const auto changed = [&](const HardwareFaults& faults, int core, FaultCounts& counts) {
    MemoryFaults memory(chip, faults);
    std::vector<std::int32_t> thresholds = loaded;
    memory.change_thresholds(core, neurons, thresholds);
    counts = memory.counts();
    return thresholds;
  };
  FaultCounts counts;
  HardwareFaults noise;
  noise.threshold_noise = 8.0;
  const std::vector<std::int32_t> noisy = changed(noise, 2, counts);
  double sum = 0.0, squares = 0.0;
  for (std::size_t j = 0; j < neurons.size(); ++j) {
    const int shift = noisy[3 * j] - 100;
    EXPECT_EQ(noisy[3 * j + 1] - 200, shift);  // all thresholds of a neuron move together
    EXPECT_EQ(noisy[3 * j + 2], arch::kNeverFires);
    sum += shift;
    squares += shift * shift;
  }
  EXPECT_NEAR(sum / 1000, 0.0, 1.3);
  EXPECT_NEAR(std::sqrt(squares / 1000), 8.0, 0.9);
  EXPECT_NEAR(static_cast<double>(counts.shifted_neurons), 950.0, 30.0);

  HardwareFaults stuck;
  stuck.neuron_silent = 0.1;
  stuck.neuron_firing = 0.2;
  const std::vector<std::int32_t> part = changed(stuck, 2, counts);
  EXPECT_EQ(std::count(part.begin(), part.end(), arch::kAlwaysFires),
            static_cast<std::ptrdiff_t>(3 * counts.firing_neurons));
  EXPECT_NEAR(static_cast<double>(counts.silent_neurons), 100.0, 48.0);
  EXPECT_NEAR(static_cast<double>(counts.firing_neurons), 180.0, 62.0);

  HardwareFaults dead;
  dead.dead_cores = {2};
  EXPECT_THAT(changed(dead, 2, counts), Each(arch::kNeverFires));
  EXPECT_EQ(counts.dead_cores, 1U);
  EXPECT_EQ(changed(dead, 3, counts), loaded);
  EXPECT_EQ(counts.dead_cores, 0U);
}

// ---- Packets

TEST(PacketFaults, AreTheSameInAnyOrderAndShare) {
  HardwareFaults faults;
  faults.packet_drop = 0.1;
  faults.packet_corrupt = 0.1;
  struct Arrival {
    int receiver;
    arch::Packet packet;
  };
  std::vector<Arrival> arrivals;
  for (int i = 0; i < 2000; ++i) {
    arrivals.push_back({i % 16, arch::Packet::to_cores({0, 0, 3, 3}, i % 4, i)});
  }
  const auto outcomes = [&](PacketFaults& network, int parity) {
    std::vector<std::uint64_t> list;
    for (const Arrival& arrival : arrivals) {
      const auto packet = network.arrive(arrival.receiver, arrival.packet.with_parity(parity));
      list.push_back(packet ? packet->bits() ^ arrival.packet.with_parity(parity).bits() : 0x123);
    }
    std::sort(list.begin(), list.end());
    return list;
  };
  PacketFaults whole(faults, 0);
  whole.begin_tick(40);
  const auto first = outcomes(whole, 0);
  EXPECT_NEAR(static_cast<double>(whole.dropped()), 200.0, 67.0);
  EXPECT_NEAR(static_cast<double>(whole.corrupted()), 180.0, 64.0);
  // A board that starts with tick 33 of the run has other numbers, and other parities.
  std::reverse(arrivals.begin(), arrivals.end());
  PacketFaults part(faults, 33);
  part.begin_tick(7);
  EXPECT_EQ(outcomes(part, 1), first);
  part.begin_tick(8);
  EXPECT_NE(outcomes(part, 0), first);
}

TEST(PacketFaults, InvertOneBit) {
  HardwareFaults faults;
  faults.packet_corrupt = 1.0;
  PacketFaults network(faults, 0);
  network.begin_tick(1);
  const arch::Packet to_core = arch::Packet::to_cores({1, 1, 1, 1}, 3, 77);
  const arch::Packet to_host = arch::Packet::to_host(9);
  std::set<std::uint64_t> inverted;
  for (int core = 0; core < 2000; ++core) {
    const auto packet = network.arrive(core, to_core);
    ASSERT_TRUE(packet);
    ASSERT_EQ(ones(packet->bits() ^ to_core.bits()), 1);
    inverted.insert(packet->bits() ^ to_core.bits());
  }
  EXPECT_EQ(inverted.size(), 64U);
  const auto output = network.arrive(PacketFaults::kHost, to_host);
  ASSERT_TRUE(output);
  EXPECT_EQ(output->kind(), arch::PacketKind::kHost);
  EXPECT_NE(output->output(), 9);
}

}  // namespace
}  // namespace spikeloom::hw
