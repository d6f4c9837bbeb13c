// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/simulation/batch_run.h"

#include <algorithm>
#include <array>

#include "spikeloom/sim/simulation/stat_categories.h"

namespace spikeloom::sim {
namespace {

using hw::Lanes;

}  // namespace

bool BatchRun::serves(const Simulation& simulation) {
  return !has_cycles(simulation.timing) && simulation.workload == nullptr && !simulation.observe &&
         !simulation.hardware_faults.any_of_packets() && !simulation.parts.core &&
         !simulation.parts.network && simulation.deployment.driven();
}

BatchRun::BatchRun(const Simulation& simulation, const ImageRange& range, Recorder& recorder,
                   HostInput& input, const converter::Readout& readout, hw::LayeredBoard& board)
    : simulation_(simulation),
      range_(range),
      recorder_(recorder),
      host_(input),
      readout_(readout),
      board_(board) {}

void BatchRun::run() {
  SpikeStatistics& spikes = recorder_.spikes();
  for (std::size_t first = 0; first < range_.count; first += hw::kLanes) {
    const std::size_t count = std::min(hw::kLanes, range_.count - first);
    load(first, count);
    board_.run(count, [&](std::size_t layer, std::size_t neuron, const Lanes& images) {
      spikes.add(layer_category(layer), neuron, images);
    });
    recorder_.batch_done(count, board_);
    read_out(first, count);
    recorder_.images_done(first + count);
  }
}

void BatchRun::load(std::size_t first, std::size_t count) {
  const auto levels = static_cast<std::size_t>(simulation_.deployment.input.levels);
  const std::size_t neurons = simulation_.deployment.input.first.size() - 1;
  const std::size_t words = (neurons + Lanes::kWordBits - 1) / Lanes::kWordBits;
  const std::size_t stride = words * levels;
  for (std::size_t word = 0; word < Lanes::kWords; ++word) {
    bits_.assign(Lanes::kWordBits * stride, 0);
    const std::size_t begin = word * Lanes::kWordBits;
    for (std::size_t i = begin; i < std::min(begin + Lanes::kWordBits, count); ++i) {
      host_.encode(range_.first + first + i);
      host_.set_bits(&bits_[(i - begin) * stride], words);
    }
    // From the neurons of an image to the images of a neuron.
    std::array<std::uint64_t, Lanes::kWordBits> square;
    for (std::size_t at = 0; at < stride; ++at) {
      for (std::size_t i = 0; i < square.size(); ++i) square[i] = bits_[i * stride + at];
      hw::transpose(square);
      const std::size_t level = at / words;
      const std::size_t neuron = at % words * Lanes::kWordBits;
      for (std::size_t j = 0; j < std::min(square.size(), neurons - neuron); ++j) {
        board_.input(neuron + j, level).words[word] = square[j];
      }
    }
  }
  for (std::size_t neuron = 0; neuron < neurons; ++neuron) {
    for (std::size_t level = 0; level < levels; ++level) {
      const Lanes& images = board_.input(neuron, level);
      if (images.any()) recorder_.spikes().add(kInputCategory, neuron, images);
    }
  }
}

void BatchRun::read_out(std::size_t first, std::size_t count) {
  const arch::DeployedLayer& last = simulation_.deployment.layers.back();
  const auto neurons = static_cast<std::size_t>(last.neurons);
  std::vector<std::uint8_t> levels(count * neurons);
  for (std::size_t output = 0; output < board_.outputs().size(); ++output) {
    const Lanes& images = board_.outputs()[output];
    const std::size_t neuron = output / static_cast<std::size_t>(last.levels);
    for (std::size_t word = 0; word < Lanes::kWords; ++word) {
      for (std::uint64_t bits = images.words[word]; bits != 0; bits &= bits - 1) {
        const std::size_t image =
            word * Lanes::kWordBits + static_cast<std::size_t>(__builtin_ctzll(bits));
        ++levels[image * neurons + neuron];
      }
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    recorder_.image(first + i).predicted =
        converter::Readout::best(readout_.scores(&levels[i * neurons]));
    if (simulation_.progress) simulation_.progress();
  }
}

}  // namespace spikeloom::sim
