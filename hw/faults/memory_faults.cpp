// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/faults/memory_faults.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "spikeloom/base/ceil_div.h"
#include "spikeloom/base/index.h"
#include "spikeloom/base/mix.h"

namespace spikeloom::hw {
namespace {

using base::mixed;
using base::to_size;

constexpr int kWordBits = 64;

/// What the random numbers of a core are for. Each has a stream of its own, so that one kind of
/// fault does not change what another one hits.
enum class Stream : std::uint64_t {
  kStuckAt0,
  kStuckAt1,
  kFlip,
  kPlusPlane,
  kMinusPlane,
  kChecks,
  kNoise,
  kSilent,
  kFiring,
  kDead,
};

std::uint64_t stream_of(std::uint64_t seed, Stream stream) {
  return mixed(seed, static_cast<std::uint64_t>(stream));
}

std::uint64_t seed_of(const HardwareFaults& faults, int core) {
  return mixed(faults.seed, static_cast<std::uint64_t>(core));
}

}  // namespace

MemoryFaults::MemoryFaults(const arch::ChipDescription& chip, const HardwareFaults& faults)
    : chip_(chip),
      faults_(faults),
      stuck_at_0_(faults.synapse_stuck_at_0),
      stuck_at_1_(faults.synapse_stuck_at_1),
      flip_(faults.synapse_flip),
      code_(chip.core.protection, chip.core.timing.word_bits),
      stride_(arch::plane_row_bytes(chip.core) / arch::kBusWordBytes),
      of_axons_(chip.core.rows == arch::CrossbarRows::kAxons),
      rows_(of_axons_ ? chip.core.axons : chip.core.dendrites),
      row_length_(of_axons_ ? chip.core.dendrites : chip.core.axons),
      words_of_row_(to_size(base::ceil_div(row_length_, code_.data_bits()))) {}

bool MemoryFaults::any_of_synapses() const {
  return faults_.synapse_stuck_at_0 > 0.0 || faults_.synapse_stuck_at_1 > 0.0 ||
         faults_.synapse_flip > 0.0;
}

bool MemoryFaults::any_of_neurons() const {
  return faults_.threshold_noise > 0.0 || faults_.neuron_silent > 0.0 ||
         faults_.neuron_firing > 0.0 || faults_.core_dead > 0.0 || !faults_.dead_cores.empty();
}

MemoryFaults::Masks MemoryFaults::draw(std::uint64_t seed, std::uint64_t index) const {
  return {stuck_at_0_.draw(stream_of(seed, Stream::kStuckAt0), index),
          stuck_at_1_.draw(stream_of(seed, Stream::kStuckAt1), index),
          flip_.draw(stream_of(seed, Stream::kFlip), index)};
}

std::size_t MemoryFaults::word_of(const Cell& cell) const {
  const int row = of_axons_ ? cell.axon : cell.column;
  const int place = of_axons_ ? cell.column : cell.axon;
  return to_size(row) * words_of_row_ + to_size(place / code_.data_bits());
}

int MemoryFaults::bit_of(const Cell& cell) const {
  return (of_axons_ ? cell.column : cell.axon) % code_.data_bits();
}

MemoryFaults::Cell MemoryFaults::cell_of(std::size_t word, int bit) const {
  const auto row = static_cast<int>(word / words_of_row_);
  const int place = first_place(word) + bit;
  return of_axons_ ? Cell{row, place} : Cell{place, row};
}

int MemoryFaults::first_place(std::size_t word) const {
  return static_cast<int>(word % words_of_row_) * code_.data_bits();
}

int MemoryFaults::bits_in(std::size_t word) const {
  return std::min(code_.data_bits(), row_length_ - first_place(word));
}

bool MemoryFaults::bit(const std::vector<std::uint64_t>& words, const Cell& cell) const {
  const std::uint64_t word = words[to_size(cell.axon) * stride_ + to_size(cell.column / kWordBits)];
  return (word >> cell.column % kWordBits & 1) != 0;
}

void MemoryFaults::change_plane(int core, arch::CoreRegion plane,
                                std::vector<std::uint64_t>& words) {
  const std::uint64_t seed =
      stream_of(seed_of(faults_, core),
                plane == arch::CoreRegion::kPlusPlane ? Stream::kPlusPlane : Stream::kMinusPlane);
  std::vector<Cell> wrong;
  for (std::size_t at = 0; at < words.size(); ++at) {
    const int first = static_cast<int>(at % stride_) * kWordBits;
    std::uint64_t bits = draw(seed, at).wrong(words[at]);
    for (; bits != 0; bits &= bits - 1) {
      const int column = first + __builtin_ctzll(bits);
      if (column < chip_.core.dendrites) wrong.push_back({static_cast<int>(at / stride_), column});
    }
  }
  if (code_.check_bits() != 0) wrong = through_code(wrong, words, seed);
  invert(wrong, words);
}

std::vector<MemoryFaults::Cell> MemoryFaults::through_code(const std::vector<Cell>& wrong,
                                                           const std::vector<std::uint64_t>& words,
                                                           std::uint64_t seed) {
  struct Found {
    std::vector<int> data;
    std::vector<int> checks;
  };
  std::map<std::size_t, Found> found;  // by word of the memory
  for (const Cell& cell : wrong) found[word_of(cell)].data.push_back(bit_of(cell));

  const auto ones = [&](std::size_t word) {
    std::vector<int> list;
    for (int i = 0; i < bits_in(word); ++i) {
      if (bit(words, cell_of(word, i))) list.push_back(i);
    }
    return list;
  };
  const std::uint64_t stream = stream_of(seed, Stream::kChecks);
  const std::uint64_t all = ~std::uint64_t{0} >> (kWordBits - code_.check_bits());
  const std::size_t count = to_size(rows_) * words_of_row_;
  for (std::size_t word = 0; word < count; ++word) {
    const Masks masks = draw(stream, word);
    if (!masks.any()) continue;
    std::uint64_t checks = 0;
    const std::vector<int> set = ones(word);
    for (int i = 0; i < code_.check_bits(); ++i) {
      checks |= std::uint64_t{code_.check_bit(i, set)} << i;
    }
    for (std::uint64_t bits = masks.wrong(checks) & all; bits != 0; bits &= bits - 1) {
      found[word].checks.push_back(__builtin_ctzll(bits));
    }
  }

  std::vector<Cell> read;
  for (auto& [word, bits] : found) {
    switch (code_.read(bits.data, bits.checks)) {
      case ReadWord::kGood:
        break;
      case ReadWord::kCorrected:
        ++counts_.corrected_words;
        break;
      case ReadWord::kDetected:
        ++counts_.detected_words;
        break;
    }
    for (const int place : bits.data) {
      if (place < bits_in(word)) read.push_back(cell_of(word, place));
    }
  }
  return read;
}

void MemoryFaults::invert(const std::vector<Cell>& wrong, std::vector<std::uint64_t>& words) {
  counts_.synapse_bits += wrong.size();
  for (const Cell& cell : wrong) {
    words[to_size(cell.axon) * stride_ + to_size(cell.column / kWordBits)] ^=
        std::uint64_t{1} << cell.column % kWordBits;
  }
}

void MemoryFaults::change_thresholds(int core, const std::vector<arch::NeuronEntry>& neurons,
                                     std::vector<std::int32_t>& thresholds) {
  const std::uint64_t seed = seed_of(faults_, core);
  const auto listed = std::find(faults_.dead_cores.begin(), faults_.dead_cores.end(), core);
  const bool dead = listed != faults_.dead_cores.end() ||
                    Chance(faults_.core_dead).happens(stream_of(seed, Stream::kDead));
  counts_.dead_cores += dead ? 1 : 0;
  const Chance silent(faults_.neuron_silent);
  const Chance firing(faults_.neuron_firing);
  for (std::size_t j = 0; j < neurons.size(); ++j) {
    const auto begin = thresholds.begin() + neurons[j].first_threshold;
    const auto end = begin + neurons[j].thresholds;
    if (dead) {
      std::fill(begin, end, arch::kNeverFires);
    } else if (silent.happens(mixed(stream_of(seed, Stream::kSilent), j))) {
      ++counts_.silent_neurons;
      std::fill(begin, end, arch::kNeverFires);
    } else if (firing.happens(mixed(stream_of(seed, Stream::kFiring), j))) {
      ++counts_.firing_neurons;
      std::fill(begin, end, arch::kAlwaysFires);
    } else if (faults_.threshold_noise > 0.0) {
      const std::int64_t shift = std::llround(
          faults_.threshold_noise * normal_number(mixed(stream_of(seed, Stream::kNoise), j)));
      counts_.shifted_neurons += shift != 0 ? 1 : 0;
      std::transform(begin, end, begin, [shift](std::int32_t threshold) {
        if (threshold == arch::kNeverFires || threshold == arch::kAlwaysFires) return threshold;
        return static_cast<std::int32_t>(std::clamp<std::int64_t>(
            threshold + shift, arch::kAlwaysFires + std::int64_t{1}, arch::kNeverFires - 1));
      });
    }
  }
}

}  // namespace spikeloom::hw
