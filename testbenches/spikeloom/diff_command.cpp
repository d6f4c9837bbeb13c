// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <map>
#include <optional>
#include <tuple>

#include <fmt/format.h>

#include "converter/reference.h"
#include "testbenches/spikeloom/command.h"
#include "testbenches/spikeloom/prepared_run.h"
#include "testbenches/spikeloom/progress.h"
#include "testbenches/spikeloom/simulation.h"

namespace spikeloom::program {
namespace {

namespace options = boost::program_options;

constexpr int kDifferent = 1;

/// Where chip and reference part: the first by image, layer, neuron.
struct Difference {
  std::size_t image;
  std::size_t layer;
  std::size_t neuron;
  std::string text;

  bool before(const Difference& other) const {
    return std::tie(image, layer, neuron) < std::tie(other.image, other.layer, other.neuron);
  }
};

/// Compares every layer's spikes with the integer reference's.
class Comparison {
 public:
  explicit Comparison(const PreparedRun& run) : run_(run), reference_(run.network) {}

  void observe(const Observation& seen) {
    if (seen.account == kInputAccount) {
      expected_[seen.image] =
          reference_.run(seen.levels.data(), converter::Reference::Potentials::kKeep);
      return;
    }
    const std::size_t layer = seen.account - 1;
    const converter::Reference::Result& expected = expected_.at(seen.image);
    if (seen.levels != expected.levels[layer]) note(seen, layer, expected);
    spikes_ += seen.levels.size();
    if (layer + 1 == run_.network.layers.size()) expected_.erase(seen.image);
  }

  const std::optional<Difference>& first() const { return first_; }
  std::uint64_t compared() const { return spikes_; }

 private:
  void note(const Observation& seen, std::size_t layer,
            const converter::Reference::Result& expected) {
    const auto [chip, reference] =
        std::mismatch(seen.levels.begin(), seen.levels.end(), expected.levels[layer].begin());
    const auto neuron = static_cast<std::size_t>(chip - seen.levels.begin());
    Difference difference{seen.image, layer, neuron, ""};
    if (first_ && !difference.before(*first_)) return;
    const converter::SpikingLayer& spiking = run_.network.layers[layer];
    const int level = std::min(*chip, *reference);
    difference.text = fmt::format(
        "image {}, layer {}, neuron {} (channel {}, y {}, x {}):\n"
        "  chip:      {} spikes of {}\n  reference: {} spikes of {}, potential {}, threshold {}\n",
        seen.image, spiking.name, neuron,
        neuron / static_cast<std::size_t>(spiking.output.height * spiking.output.width),
        neuron / static_cast<std::size_t>(spiking.output.width) %
            static_cast<std::size_t>(spiking.output.height),
        neuron % static_cast<std::size_t>(spiking.output.width), *chip, spiking.levels(),
        *reference, spiking.levels(), expected.potentials[layer][neuron],
        reference_threshold(spiking, neuron, level));
    difference.text += chip_state(seen, layer, neuron, level);
    first_ = difference;
  }

  static std::int32_t reference_threshold(const converter::SpikingLayer& layer, std::size_t neuron,
                                          int level) {
    if (layer.kind == converter::LayerKind::kMaxPool) return 1;
    const std::size_t channel =
        neuron / static_cast<std::size_t>(layer.output.height * layer.output.width);
    return layer.thresholds[channel * static_cast<std::size_t>(layer.levels()) +
                            static_cast<std::size_t>(level)];
  }

  /// The chip's neuron that serves `level`: core, number, potential, threshold.
  std::string chip_state(const Observation& seen, std::size_t layer, std::size_t neuron,
                         int level) const {
    for (const common::CoreLabels& labels : run_.deployment.cores) {
      const hw::CoreModel& core = seen.chip.cores()[static_cast<std::size_t>(labels.core)]->model();
      for (std::size_t j = 0; j < labels.neurons.size(); ++j) {
        const common::NeuronLabel& label = labels.neurons[j];
        if (label.layer != layer || label.neuron != neuron || level < label.first_level ||
            level >= label.first_level + label.levels) {
          continue;
        }
        const int threshold = core.neurons()[j].first_threshold + level - label.first_level;
        return fmt::format(
            "  on the chip: core {} (x {}, y {}), neuron {}, potential {}, "
            "threshold {}\n",
            labels.core, run_.deployment.chip.mesh.x(labels.core),
            run_.deployment.chip.mesh.y(labels.core), j, core.potentials()[j],
            core.threshold(threshold));
      }
    }
    return "  no neuron of the chip serves it\n";
  }

  const PreparedRun& run_;
  converter::Reference reference_;
  std::map<std::size_t, converter::Reference::Result> expected_;  ///< of images in the pipeline
  std::optional<Difference> first_;
  std::uint64_t spikes_ = 0;
};

int run(const Command& command, const std::vector<std::string>& arguments) {
  options::options_description description("options");
  add_run_options(description);
  description.add_options()("quiet", "no progress");
  const auto values = parse_arguments(
      command, description, options::positional_options_description().add("run", 1), arguments);
  if (values.count("help") != 0) return 0;
  const PreparedRun prepared = prepare_run(values);
  Comparison comparison(prepared);
  Progress progress("images", prepared.count, values.count("quiet") != 0);
  const Simulation simulation{prepared.deployment,
                              prepared.network,
                              prepared.data,
                              prepared.config.timing,
                              [&](const Observation& seen) { comparison.observe(seen); },
                              [&] { progress.advance(1); }};
  simulate(simulation, {prepared.first, prepared.count, 0, false});
  if (comparison.first()) {
    std::cout << "first difference: " << comparison.first()->text;
    return kDifferent;
  }
  std::cout << fmt::format("no difference: {} images, {} layers, {} neurons compared, timing {}\n",
                           prepared.count, prepared.network.layers.size(), comparison.compared(),
                           name(prepared.config.timing));
  return 0;
}

}  // namespace

const Command kDiffCommand = {
    "diff", "Compares every layer's spikes on the chip with the exact integer reference",
    "spikeloom diff RUN.yaml [--images N] [--first I] [--timing cycle|functional]\n"
    "                           [--set key=value]...",
    "spikeloom diff configs/runs/lenet-fashion.yaml --images 1000 --timing functional", run};

}  // namespace spikeloom::program
