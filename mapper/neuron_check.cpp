// SPDX-License-Identifier: Apache-2.0
#include "mapper/neuron_check.h"

#include <algorithm>

#include <fmt/format.h>

namespace spikeloom::mapper {
namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

}  // namespace

void NeuronCheck::check_core(int number, VerifiedCore& core) {
  for (std::size_t n = 0; n < core.labels->neurons.size(); ++n) {
    const common::NeuronLabel& label = core.labels->neurons[n];
    const std::string who = fmt::format("core {}: layer {}, neuron {}, level {}", number,
                                        label.layer, label.neuron, label.first_level);
    check_thresholds(core, n, who);
    expect_synapses(label);
    const common::NeuronEntry& entry = core.tables->neurons()[n];
    for (int i = 0; i < entry.gathers; ++i) {
      const int dendrite = core.tables->gathered(entry, i);
      if (core.labels->group_layers[at(core.tables->group_of(dendrite))] != label.layer) {
        findings_.add("{} gathers a dendrite of another layer", who);
      }
      read_dendrite(core, dendrite, who);
    }
    settle_synapses(who);
    ++counts_.neurons;
  }
  check_arrivals(number, core);
}

void NeuronCheck::check_thresholds(const VerifiedCore& core, std::size_t n,
                                   const std::string& who) {
  const common::NeuronLabel& label = core.labels->neurons[n];
  const converter::SpikingLayer& layer = network_.layers[label.layer];
  const common::NeuronEntry& entry = core.tables->neurons()[n];
  const int neuron = static_cast<int>(label.neuron);
  const int channel = neuron / (layer.output.height * layer.output.width);
  // Where table and label differ, RouteCheck says so.
  for (int i = 0; i < std::min<int>(entry.thresholds, label.levels); ++i) {
    const int level = label.first_level + i;
    const std::int32_t expected = layer.kind == converter::LayerKind::kMaxPool
                                      ? 1
                                      : layer.thresholds[at(channel * layer.levels() + level)];
    const std::int32_t found = core.tables->threshold(entry, i);
    if (found != expected) {
      findings_.add("{} has threshold {} for level {}, not {}", who, found, level, expected);
    }
    if (!neurons_.insert({label.layer, neuron * layer.levels() + level}).second) {
      findings_.add("{} has level {} twice", who, level);
    }
    ++counts_.thresholds;
  }
}

/// Marks the sources in the window of the label's neuron with their weights, zeros included.
void NeuronCheck::expect_synapses(const common::NeuronLabel& label) {
  const converter::SpikingLayer& layer = network_.layers[label.layer];
  const converter::Term& term = layer.terms.front();
  const int plane = layer.output.height * layer.output.width;
  const int neuron = static_cast<int>(label.neuron);
  converter::collect_synapses(term, neuron / plane, neuron % plane / layer.output.width,
                              neuron % layer.output.width, synapses_);
  window_.resize(std::max(window_.size(), at(term.input.size() * term.input_levels)));
  sources_.clear();
  for (const converter::Synapse& synapse : synapses_) {
    for (int level = 0; level < term.input_levels; ++level) {
      if (layer.kind == converter::LayerKind::kMaxPool && level != label.first_level) continue;
      sources_.push_back(synapse.input * term.input_levels + level);
      window_[at(sources_.back())] = {synapse.weight, true, false};
    }
  }
  positive_ = 0;
  negative_ = 0;
}

void NeuronCheck::read_dendrite(VerifiedCore& core, int dendrite, const std::string& who) {
  Arrivals& arrivals = core.arrivals[at(core.tables->group_of(dendrite))];
  for (int row = 0; row < core_.axons; ++row) {
    const int weight = core.tables->weight(row, dendrite);
    const int source =
        at(row) < arrivals.source.size() ? arrivals.source[at(row)] : Arrivals::kNone;
    const bool inside =
        source != Arrivals::kNone && at(source) < window_.size() && window_[at(source)].expected;
    if (!inside) {
      if (weight != 0) findings_.add("{} has a weight on row {} too many", who, row);
      continue;
    }
    arrivals.wanted[at(row)] = true;
    Tap& tap = window_[at(source)];
    if (tap.found) findings_.add("{} has two synapses from source {}", who, source);
    tap.found = true;
    if (weight != tap.weight) {
      findings_.add("{} has weight {} from source {}, not {}", who, weight, source, tap.weight);
    }
    ++(tap.weight != 0 ? counts_.synapses : counts_.zeros);
    if (weight != 0) ++(weight > 0 ? positive_ : negative_);
  }
}

/// After the neuron's dendrites: what was not there?
void NeuronCheck::settle_synapses(const std::string& who) {
  for (const int source : sources_) {
    Tap& tap = window_[at(source)];
    if (tap.weight != 0 && !tap.found) {
      findings_.add("{} has no synapse from source {}", who, source);
    }
    tap = {};
  }
  const std::int64_t limit = std::int64_t{1} << (core_.potential_bits - 1);
  if (positive_ >= limit || negative_ > limit) {
    findings_.add("{} may exceed {} bits", who, core_.potential_bits);
  }
}

void NeuronCheck::check_arrivals(int number, const VerifiedCore& core) {
  for (std::size_t g = 0; g < core.arrivals.size(); ++g) {
    const Arrivals& arrivals = core.arrivals[g];
    for (std::size_t axon = 0; axon < arrivals.source.size(); ++axon) {
      if (arrivals.source[axon] != Arrivals::kNone && !arrivals.wanted[axon]) {
        findings_.add("core {}: nothing wants what reaches group {}, axon {}", number, g, axon);
      }
    }
  }
}

void NeuronCheck::check_all_there() {
  std::size_t expected = 0;
  for (const converter::SpikingLayer& layer : network_.layers) {
    expected += at(layer.output.size() * layer.levels());
  }
  if (neurons_.size() != expected) {
    findings_.add("{} levels of neurons, not {}", neurons_.size(), expected);
  }
}

}  // namespace spikeloom::mapper
