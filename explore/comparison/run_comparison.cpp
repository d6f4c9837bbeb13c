// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/explore/comparison/run_comparison.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "spikeloom/arch/names.h"
#include "spikeloom/base/error.h"
#include "spikeloom/explore/comparison/neuron_state.h"
#include "spikeloom/explore/comparison/shared_array.h"
#include "spikeloom/sim/simulation/simulation.h"
#include "spikeloom/sim/simulation/stat_categories.h"
#include "spikeloom/sim/simulation/workers.h"

namespace spikeloom::explore {
namespace {

/// The neurons of a layer; layer 0 is the host's input.
struct LayerShape {
  std::string name;
  converter::Shape shape;
  int levels = 0;

  std::size_t size() const { return static_cast<std::size_t>(shape.size()); }
  std::string text() const {
    return fmt::format("{} ({}x{}x{}, {} levels)", name, shape.channels, shape.height, shape.width,
                       levels);
  }
};

std::vector<LayerShape> shapes(const converter::SpikingNetwork& network) {
  std::vector<LayerShape> result = {
      {std::string(arch::kInputPart), network.encoder.output, network.encoder.quantizer.levels}};
  for (const converter::SpikingLayer& layer : network.layers) {
    result.push_back({layer.name, layer.output, layer.levels()});
  }
  return result;
}

std::string images_of(const sim::DataSource& source) {
  return source.is_file() ? source.images.text() : source.set;
}

void check_comparable(const sim::PreparedRun& run, const sim::PreparedRun& against) {
  if (!run.config.data.has_images_of(against.config.data) || run.first != against.first ||
      run.count != against.count) {
    throw base::UserError(fmt::format(
        "cannot compare: {} has images {}..{} of {}, {} has {}..{} of {}", run.config.path,
        run.first, run.first + run.count - 1, images_of(run.config.data), against.config.path,
        against.first, against.first + against.count - 1, images_of(against.config.data)));
  }
  const std::vector<LayerShape> ours = shapes(run.network);
  const std::vector<LayerShape> theirs = shapes(against.network);
  if (ours.size() != theirs.size()) {
    throw base::UserError(fmt::format("cannot compare: {} has {} on-chip layers, {} has {}",
                                      run.config.network, ours.size() - 1, against.config.network,
                                      theirs.size() - 1));
  }
  for (std::size_t l = 0; l < ours.size(); ++l) {
    if (ours[l].shape == theirs[l].shape && ours[l].levels == theirs[l].levels) continue;
    throw base::UserError(fmt::format("cannot compare: layer {0} is {2} in {1}, but {4} in {3}", l,
                                      run.config.network, ours[l].text(), against.config.network,
                                      theirs[l].text()));
  }
}

/// All spikes of a run: [image][category][neuron].
class Recording {
 public:
  Recording(const sim::PreparedRun& run, base::ProgressSink* sink)
      : run_(run), sink_(sink), shapes_(shapes(run.network)) {
    for (const LayerShape& layer : shapes_) {
      offsets_.push_back(image_size_);
      image_size_ += layer.size();
    }
    levels_.emplace(run.count * image_size_);
    ticks_.emplace(run.count * shapes_.size());
    simulate(run.count, [this](const sim::Observation& seen) {
      const std::size_t image = seen.image - run_.first;
      std::copy(seen.levels.begin(), seen.levels.end(),
                levels_->data() + image * image_size_ + offsets_[seen.category]);
      (*ticks_)[image * shapes_.size() + seen.category] = seen.tick;
    });
  }

  const LayerShape& layer(std::size_t category) const { return shapes_[category]; }
  std::size_t categories() const { return shapes_.size(); }
  /// Number of spikes by neuron; `image` counts from the run's first image.
  const std::uint8_t* levels(std::size_t image, std::size_t category) const {
    return levels_->data() + image * image_size_ + offsets_[category];
  }

  /// Repeats the run up to `image` and describes the neuron when its layer held the image.
  std::string state(std::size_t image, std::size_t category, std::size_t neuron, int level) const {
    SharedArray<NeuronState> state(1);
    SharedArray<bool> found(1);
    // The images that follow it in the pipeline have to enter as in the first run.
    const std::size_t count =
        std::min(run_.count, image + static_cast<std::size_t>(run_.network.depth()) + 1);
    if (category != sim::kInputCategory) {
      simulate(count, [&](const sim::Observation& seen) {
        if (seen.image != run_.first + image || seen.category != category) return;
        const auto now = find_neuron(run_.deployment, seen.board, category - 1, neuron, level);
        if (!now) return;
        state[0] = *now;
        found[0] = true;
      });
    }
    return fmt::format("{} spikes of {} in tick {}{}{}", levels(image, category)[neuron],
                       layer(category).levels, (*ticks_)[image * categories() + category],
                       found[0] ? ", " : "", found[0] ? state[0].text() : "");
  }

 private:
  void simulate(std::size_t count, std::function<void(const sim::Observation&)> observe) const {
    sim::Simulation simulation = run_.simulation();
    simulation.observe = std::move(observe);
    sim::run_workers(simulation, run_.first, count, 1, sink_);
  }

  const sim::PreparedRun& run_;
  base::ProgressSink* sink_;
  std::vector<LayerShape> shapes_;
  std::vector<std::size_t> offsets_;
  std::size_t image_size_ = 0;
  std::optional<SharedArray<std::uint8_t>> levels_;
  std::optional<SharedArray<std::uint64_t>> ticks_;
};

}  // namespace

RunComparison compare_runs(const sim::PreparedRun& run, const sim::PreparedRun& against,
                           base::ProgressSink* sink) {
  check_comparable(run, against);
  const Recording ours(run, sink);
  const Recording theirs(against, sink);
  RunComparison result;
  for (std::size_t image = 0; image < run.count; ++image) {
    for (std::size_t category = 0; category < ours.categories(); ++category) {
      const LayerShape& layer = ours.layer(category);
      const std::uint8_t* const first = ours.levels(image, category);
      const auto [our, their] =
          std::mismatch(first, first + layer.size(), theirs.levels(image, category));
      result.compared += layer.size();
      if (our == first + layer.size()) continue;
      const auto neuron = static_cast<std::size_t>(our - first);
      const int level = std::min(*our, *their);
      result.difference = fmt::format(
          "image {}, layer {}, {}:\n  run:     {}\n  against: {}\n", run.first + image, layer.name,
          neuron_text(layer.shape, neuron), ours.state(image, category, neuron, level),
          theirs.state(image, category, neuron, level));
      return result;
    }
  }
  return result;
}

}  // namespace spikeloom::explore
