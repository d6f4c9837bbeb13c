// SPDX-License-Identifier: Apache-2.0
#include "testbenches/property/features.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "spikeloom/arch/core_tables.h"

namespace spikeloom::property {
namespace {

using arch::ChipDescription;
using converter::HostEncoder;
using converter::LayerKind;
using converter::SpikingLayer;
using converter::SpikingNetwork;
using converter::Term;
using converter::Window;

struct Feature {
  const char* name;
  std::function<bool(const Case&)> has;
};

/// Returns a feature of networks in which some term, with its layer, is of a kind.
template <typename Is>
std::function<bool(const Case&)> some_term(Is is) {
  return [is](const Case& c) {
    for (const SpikingLayer& layer : c.network.layers) {
      for (const Term& term : layer.terms) {
        if (is(layer, term)) return true;
      }
    }
    return false;
  };
}

template <typename Is>
std::function<bool(const Case&)> some_window(Is is) {
  return some_term([is](const SpikingLayer& /*layer*/, const Term& term) {
    return is(term.window, term.input);
  });
}

template <typename Is>
std::function<bool(const Case&)> some_layer(Is is) {
  return [is](const Case& c) {
    return std::any_of(c.network.layers.begin(), c.network.layers.end(),
                       [&](const SpikingLayer& layer) { return is(layer); });
  };
}

template <typename Is>
std::function<bool(const Case&)> encoder(Is is) {
  return [is](const Case& c) { return is(c.network.encoder); };
}

template <typename Is>
std::function<bool(const Case&)> chip(Is is) {
  return [is](const Case& c) { return is(c.chip); };
}

std::function<bool(const Case&)> topology(arch::TopologyKind kind) {
  return chip([kind](const ChipDescription& described) { return described.topology == kind; });
}

std::function<bool(const Case&)> extra(Extra kind) {
  return [kind](const Case& c) { return c.extra == kind; };
}

std::function<bool(const Case&)> objective(mapper::Objective kind) {
  return [kind](const Case& c) { return c.map.objective == kind; };
}

std::function<bool(const Case&)> late(arch::LateSpikes kind) {
  return [kind](const Case& c) {
    return c.extra == Extra::kShortTicks && c.chip.sync.late_spikes == kind;
  };
}

std::set<int> sources(const SpikingLayer& layer) {
  std::set<int> result;
  for (const Term& term : layer.terms) result.insert(term.source);
  return result;
}

bool concatenates(const SpikingLayer& layer) {
  return sources(layer).size() > 1 &&
         std::any_of(layer.terms.begin(), layer.terms.end(),
                     [&](const Term& term) { return term.outputs < layer.output.channels; });
}

bool is_depthwise(const Term& term) { return term.groups == term.input.channels; }
bool is_ones(const Term& term) {
  return !term.weights.empty() && std::all_of(term.weights.begin(), term.weights.end(),
                                              [](std::int8_t weight) { return weight == 1; });
}
bool is_relay(const SpikingLayer& layer) { return layer.name.find(".relay") != std::string::npos; }

/// Whether a layer of several sources reads, maybe through others, another one.
bool nests(const Case& c) {
  const std::vector<SpikingLayer>& layers = c.network.layers;
  std::vector<bool> merges(layers.size());  // it, or a layer that it reads
  for (std::size_t l = 0; l < layers.size(); ++l) {
    const bool own = sources(layers[l]).size() > 1;
    bool before = false;
    for (const int source : sources(layers[l])) {
      before = before || (source >= 0 && merges[static_cast<std::size_t>(source)]);
    }
    if (own && before) return true;
    merges[l] = own || before;
  }
  return false;
}

bool pools_a_concatenation(const Case& c) {
  return some_layer([&](const SpikingLayer& layer) {
    const std::set<int> read = sources(layer);
    return concatenates(layer) && std::all_of(read.begin(), read.end(), [&](int source) {
             return source >= 0 &&
                    c.network.layers[static_cast<std::size_t>(source)].kind == LayerKind::kMaxPool;
           });
  })(c);
}

bool has_silent_channel(const SpikingLayer& layer) {
  if (pools(layer.kind)) return false;
  std::vector<bool> heard(static_cast<std::size_t>(layer.output.channels));
  for (const Term& term : layer.terms) {
    for (std::size_t i = 0; i < term.weights.size(); ++i) {
      const std::size_t output = i / static_cast<std::size_t>(term.fan_in());
      if (term.weights[i] != 0) heard[static_cast<std::size_t>(term.first_output) + output] = true;
    }
  }
  return std::find(heard.begin(), heard.end(), false) != heard.end();
}

/// Whether so many percent of the weights, of which there are some, are not zero.
bool has_density(const Term& term, int minimum, int maximum) {
  constexpr std::size_t kSome = 20;
  if (term.weights.size() < kSome) return false;
  const auto zeros = std::count(term.weights.begin(), term.weights.end(), std::int8_t{0});
  const auto count = static_cast<std::int64_t>(term.weights.size());
  const std::int64_t percent = 100 * (count - zeros) / count;
  return percent >= minimum && percent <= maximum;
}

bool has_threshold(const SpikingLayer& layer, std::int32_t threshold) {
  return std::find(layer.thresholds.begin(), layer.thresholds.end(), threshold) !=
         layer.thresholds.end();
}

template <typename T>
bool any_infinite(const std::vector<T>& values) {
  return std::any_of(values.begin(), values.end(), [](T value) { return std::isinf(value); });
}

const std::vector<Feature>& table() {
  static const std::vector<Feature> kTable = {
      // Images and first layers
      {"image of one row or column",
       encoder([](const HostEncoder& e) { return (e.input.height == 1) != (e.input.width == 1); })},
      {"vector", encoder([](const HostEncoder& e) {
         return e.input.height * e.input.width == 1 && e.input.channels > 1;
       })},
      {"image of more than 10 rows or columns",
       encoder([](const HostEncoder& e) { return std::max(e.input.height, e.input.width) > 10; })},
      {"levels of the image itself", encoder([](const HostEncoder& e) {
         return e.input == e.output && e.groups == e.input.channels && e.window == Window{};
       })},
      {"dense first layer", encoder([](const HostEncoder& e) {
         return e.output.height * e.output.width == 1 && e.window.taps() > 1;
       })},
      {"pixel steps", encoder([](const HostEncoder& e) { return !e.pixel_steps.empty(); })},
      {"pixels of many levels", encoder([](const HostEncoder& e) {
         return e.pixel_quantizer && e.pixel_quantizer->quantizer.levels > 6;
       })},
      {"signed input", encoder([](const HostEncoder& e) { return e.quantizer.offset < 0; })},
      {"infinite thresholds of the input",
       encoder([](const HostEncoder& e) { return any_infinite(e.thresholds); })},
      {"input of many levels",
       encoder([](const HostEncoder& e) { return e.quantizer.levels > 16; })},
      // Values
      {"5 to 16 levels", some_layer([](const SpikingLayer& layer) {
         return layer.levels() > 4 && layer.levels() <= 16;
       })},
      {"17 to 64 levels", some_layer([](const SpikingLayer& layer) {
         return layer.levels() > 16 && layer.levels() <= 64;
       })},
      {"65 to 255 levels",
       some_layer([](const SpikingLayer& layer) { return layer.levels() > 64; })},
      {"precision above 2", some_layer([](const SpikingLayer& layer) {
         return layer.quantizer.precision().value_or(0) > 2;
       })},
      {"values of any step",
       some_layer([](const SpikingLayer& layer) { return !layer.quantizer.precision(); })},
      {"falling values",
       some_layer([](const SpikingLayer& layer) { return layer.quantizer.step < 0; })},
      {"level that always fires", some_layer([](const SpikingLayer& layer) {
         return has_threshold(layer, arch::kAlwaysFires);
       })},
      {"level that never fires", some_layer([](const SpikingLayer& layer) {
         return has_threshold(layer, arch::kNeverFires);
       })},
      {"thresholds next to those", some_layer([](const SpikingLayer& layer) {
         return has_threshold(layer, arch::kAlwaysFires + 1) ||
                has_threshold(layer, arch::kNeverFires - 1);
       })},
      {"border classes", some_layer([](const SpikingLayer& layer) {
         return layer.rows.count * layer.columns.count > 1;
       })},
      // Windows
      {"kernel above 3", some_window([](const Window& w, const converter::Shape& /*input*/) {
         return std::max(w.kernel_height, w.kernel_width) > 3;
       })},
      {"stride above 3", some_window([](const Window& w, const converter::Shape& /*input*/) {
         return std::max(w.stride_y, w.stride_x) > 3;
       })},
      {"padding above 3", some_window([](const Window& w, const converter::Shape& /*input*/) {
         return std::max({w.pad_top, w.pad_left, w.pad_bottom, w.pad_right}) > 3;
       })},
      {"dilation above 3", some_window([](const Window& w, const converter::Shape& /*input*/) {
         return std::max(w.dilation_y, w.dilation_x) > 3;
       })},
      {"kernel larger than the input",
       some_window([](const Window& w, const converter::Shape& input) {
         return w.kernel_height > input.height || w.kernel_width > input.width;
       })},
      // Layers
      {"groups", some_term([](const SpikingLayer& layer, const Term& term) {
         return !pools(layer.kind) && term.groups > 1 && !is_depthwise(term);
       })},
      {"depthwise", some_term([](const SpikingLayer& layer, const Term& term) {
         return !pools(layer.kind) && term.groups > 1 && is_depthwise(term);
       })},
      {"dense", some_term([](const SpikingLayer& layer, const Term& term) {
         return term.window.taps() > 1 && layer.output.height * layer.output.width == 1 &&
                term.window.kernel_height == term.input.height &&
                term.window.kernel_width == term.input.width;
       })},
      {"maxima",
       some_layer([](const SpikingLayer& layer) { return layer.kind == LayerKind::kMaxPool; })},
      {"maxima of a concatenation", pools_a_concatenation},
      {"average", some_layer([](const SpikingLayer& layer) {
         const Term& term = layer.terms.front();
         return layer.terms.size() == 1 && is_ones(term) && is_depthwise(term) &&
                term.window.taps() > 1 && term.input.height * term.input.width > 1;
       })},
      {"picked channels", some_layer([](const SpikingLayer& layer) {
         const Term& term = layer.terms.front();
         return layer.terms.size() == 1 && term.groups == 1 && term.group_inputs() > 1 &&
                term.window.taps() == 1 &&
                std::count(term.weights.begin(), term.weights.end(), 1) == term.outputs &&
                std::count(term.weights.begin(), term.weights.end(), -1) == 0;
       })},
      {"repeated pixel", some_term([](const SpikingLayer& layer, const Term& term) {
         return term.input.height * term.input.width == 1 && is_ones(term) &&
                layer.output.height * layer.output.width > 1;
       })},
      {"sum of sources", some_layer([](const SpikingLayer& layer) {
         return sources(layer).size() > 1 && !concatenates(layer);
       })},
      {"concatenation", some_layer(concatenates)},
      {"source that is read twice", some_layer([](const SpikingLayer& layer) {
         return sources(layer).size() < layer.terms.size();
       })},
      {"identity shortcut", some_term([](const SpikingLayer& layer, const Term& term) {
         return layer.terms.size() > 1 && is_ones(term) && is_depthwise(term) &&
                term.window == Window{} && term.input.channels > 1;
       })},
      {"branches in branches", nests},
      {"relay", some_layer(is_relay)},
      {"long shortcut", some_layer([](const SpikingLayer& layer) {
         return layer.name.find(".relay2") != std::string::npos;
       })},
      // Weights
      {"factor above 4", some_term([](const SpikingLayer& /*layer*/, const Term& term) {
         return term.repeat > 4 && term.repeat <= 16;
       })},
      {"eight weight planes", some_term([](const SpikingLayer& /*layer*/, const Term& term) {
         return term.repeat >= 128;
       })},
      {"channel of zeros", some_layer(has_silent_channel)},
      {"few weights", some_term([](const SpikingLayer& /*layer*/, const Term& term) {
         return has_density(term, 0, 15);
       })},
      {"all weights", some_term([](const SpikingLayer& /*layer*/, const Term& term) {
         return !is_ones(term) && has_density(term, 95, 100);
       })},
      // Last layers
      {"one class", [](const Case& c) { return c.network.readout.classes == 1; }},
      {"many classes", [](const Case& c) { return c.network.readout.classes > 20; }},
      {"scales of the scores", [](const Case& c) { return !c.network.readout.scale.empty(); }},
      // Chips
      {"mesh", topology(arch::TopologyKind::kMesh)},
      {"torus", topology(arch::TopologyKind::kTorus)},
      {"quadtree", topology(arch::TopologyKind::kQuadtree)},
      {"trunk", chip([](const ChipDescription& d) { return d.trunk.exists(); })},
      {"single core",
       chip([](const ChipDescription& d) { return d.grid().cores() == 1 && !d.board.grow; })},
      {"single chip",
       chip([](const ChipDescription& d) { return d.board.chips() == 1 && !d.board.grow; })},
      {"board of chips", chip([](const ChipDescription& d) { return d.board.chips() > 1; })},
      {"board that grows", chip([](const ChipDescription& d) { return d.board.grow; })},
      {"dead cores", chip([](const ChipDescription& d) { return !d.defects.cores.empty(); })},
      {"dead links", chip([](const ChipDescription& d) { return !d.defects.links.empty(); })},
      {"narrow flits", chip([](const ChipDescription& d) { return d.router.flit_bits < 32; })},
      {"narrow flits between chips", chip([](const ChipDescription& d) {
         return d.board.chips() > 1 && d.inter_chip.flit_bits < 32;
       })},
      {"late credits", chip([](const ChipDescription& d) { return d.router.credit_cycles > 0; })},
      {"fixed priority", chip([](const ChipDescription& d) {
         return d.router.arbitration == arch::Arbitration::kFixedPriority;
       })},
      {"no multicast", chip([](const ChipDescription& d) { return !d.router.multicast; })},
      {"no multicast of the host",
       chip([](const ChipDescription& d) { return d.router.multicast && !d.host_port.multicast; })},
      {"no pipeline", chip([](const ChipDescription& d) { return !d.sync.pipeline; })},
      {"several ticks an image",
       chip([](const ChipDescription& d) { return d.sync.ticks_per_image > 1; })},
      {"idle cores without a clock",
       chip([](const ChipDescription& d) { return d.idle_core == arch::IdleCore::kClockGated; })},
      {"idle cores without power",
       chip([](const ChipDescription& d) { return d.idle_core == arch::IdleCore::kPowerGated; })},
      // Cores
      {"pairs of columns",
       chip([](const ChipDescription& d) { return d.core.synapse == arch::Synapse::kBinaryPair; })},
      {"rows of dendrites", chip([](const ChipDescription& d) {
         return d.core.rows == arch::CrossbarRows::kDendrites;
       })},
      {"axon expansion",
       chip([](const ChipDescription& d) { return d.core.expansion.entries > 0; })},
      {"weight planes of a core",
       chip([](const ChipDescription& d) { return d.core.weight_planes > 1; })},
      {"few bits of potentials",
       chip([](const ChipDescription& d) { return d.core.potential_bits < 12; })},
      {"many thresholds of a dendrite",
       chip([](const ChipDescription& d) { return d.core.thresholds_per_dendrite > 16; })},
      {"large cores", chip([](const ChipDescription& d) { return d.core.axons > 256; })},
      {"parity", chip([](const ChipDescription& d) {
         return d.core.protection == arch::Protection::kParity;
       })},
      {"error correction", chip([](const ChipDescription& d) {
         return d.core.protection == arch::Protection::kSecded;
       })},
      // Mapping and runs
      {"fewest cores", objective(mapper::Objective::kCores)},
      {"least traffic", objective(mapper::Objective::kTraffic)},
      {"least energy", objective(mapper::Objective::kEnergy)},
      {"balance", objective(mapper::Objective::kBalance)},
      {"no annealing", [](const Case& c) { return c.map.effort == 0; }},
      {"more effort", [](const Case& c) { return c.map.effort > 1; }},
      {"spike profile", [](const Case& c) { return c.profile.has_value(); }},
      {"input faults", [](const Case& c) { return c.faults.any(); }},
      {"mapping again", extra(Extra::kMapAgain)},
      {"configuration read back", extra(Extra::kReadBack)},
      {"ticks of fixed length", extra(Extra::kFixedTicks)},
      {"late spikes stop the chip", late(arch::LateSpikes::kFail)},
      {"late spikes are dropped", late(arch::LateSpikes::kDrop)},
      {"late spikes count in the next tick", late(arch::LateSpikes::kNextTick)},
      {"several workers", extra(Extra::kWorkers)},
      {"images side by side", extra(Extra::kSideBySide)},
  };
  return kTable;
}

}  // namespace

std::vector<std::string> all_features() {
  std::vector<std::string> names;
  for (const Feature& feature : table()) names.emplace_back(feature.name);
  return names;
}

std::vector<std::string> features(const Case& c) {
  std::vector<std::string> names;
  for (const Feature& feature : table()) {
    if (feature.has(c)) names.emplace_back(feature.name);
  }
  return names;
}

}  // namespace spikeloom::property
