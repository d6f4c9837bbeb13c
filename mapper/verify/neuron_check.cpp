// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/mapper/verify/neuron_check.h"

#include <algorithm>

#include <fmt/format.h>

#include "spikeloom/arch/names.h"
#include "spikeloom/base/index.h"

namespace spikeloom::mapper {
namespace {

using base::at;

}  // namespace

void NeuronCheck::check_core(int number, VerifiedCore& core) {
  const std::string name = arch::core_name(chip_, number);
  for (std::size_t n = 0; n < core.labels->neurons.size(); ++n) {
    const arch::NeuronLabel& label = core.labels->neurons[n];
    const std::string who = fmt::format("{}: layer {}, neuron {}, level {}", name, label.layer,
                                        label.neuron, label.first_level);
    check_thresholds(core, n, who);
    expect_synapses(label);
    const arch::NeuronEntry& entry = core.tables->neurons()[n];
    for (int i = 0; i < entry.gathers; ++i) {
      const arch::GatherEntry gather = core.tables->gathered(entry, i);
      if (core.labels->group_layers[at(core.tables->group_of(gather.dendrite))] != label.layer) {
        findings_.add("{} gathers a dendrite of another layer", who);
      }
      read_dendrite(core, gather, who);
    }
    settle_synapses(who);
    ++counts_.neurons;
  }
  check_arrivals(name, core);
}

void NeuronCheck::check_thresholds(const VerifiedCore& core, std::size_t n,
                                   const std::string& who) {
  const arch::NeuronLabel& label = core.labels->neurons[n];
  const converter::SpikingLayer& layer = network_.layers[label.layer];
  const arch::NeuronEntry& entry = core.tables->neurons()[n];
  const int neuron = static_cast<int>(label.neuron);
  const int pixel = neuron % (layer.output.height * layer.output.width);
  const int channel = neuron / (layer.output.height * layer.output.width);
  const int row = layer.rows(pixel / layer.output.width);
  const int column = layer.columns(pixel % layer.output.width);
  const int set = (channel * layer.rows.count + row) * layer.columns.count + column;
  // RouteCheck reports it if the table and the label differ.
  for (int i = 0; i < std::min<int>(entry.thresholds, label.levels); ++i) {
    const int level = label.first_level + i;
    const std::int32_t expected =
        pools(layer.kind) ? 1 : layer.thresholds[at(set * layer.levels() + level)];
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

/// Records the expected weights, zeros included, of all sources in the windows of the label's
/// neuron.
void NeuronCheck::expect_synapses(const arch::NeuronLabel& label) {
  const converter::SpikingLayer& layer = network_.layers[label.layer];
  const int plane = layer.output.height * layer.output.width;
  const int neuron = static_cast<int>(label.neuron);
  sources_.clear();
  for (const converter::Term& term : layer.terms) {
    const auto readers =
        std::count_if(layer.terms.begin(), layer.terms.end(),
                      [&](const converter::Term& other) { return other.source == term.source; });
    converter::collect_synapses(term, neuron / plane, neuron % plane / layer.output.width,
                                neuron % layer.output.width, synapses_);
    for (const converter::Synapse& synapse : synapses_) {
      for (int level = 0; level < term.input_levels; ++level) {
        if (pools(layer.kind) && level != label.first_level) continue;
        const int source = spikes_.number(term.source, synapse.input, level);
        Window& window = window_[at(source)];
        if (window.expected.total() == 0) sources_.push_back(source);
        window.shared = ++window.terms < readers;
        (synapse.weight > 0   ? window.expected.plus
         : synapse.weight < 0 ? window.expected.minus
                              : window.expected.zero) += term.repeat;
      }
    }
  }
  positive_ = 0;
  negative_ = 0;
}

void NeuronCheck::read_dendrite(VerifiedCore& core, const arch::GatherEntry& gather,
                                const std::string& who) {
  const auto [dendrite, shift] = gather;
  const int times = 1 << shift;
  Arrivals& arrivals = core.arrivals[at(core.tables->group_of(dendrite))];
  for (int row = 0; row < chip_.core.axons; ++row) {
    const int weight = core.tables->weight(row, dendrite);
    const int source =
        at(row) < arrivals.source.size() ? arrivals.source[at(row)] : Arrivals::kNone;
    if (source == Arrivals::kNone || window_[at(source)].expected.total() == 0) {
      if (weight != 0) findings_.add("{} has an unexpected weight on row {}", who, row);
      continue;
    }
    arrivals.wanted[at(row)] = true;
    if (weight > 1) findings_.add("{} has both weights on row {}", who, row);
    Tap& found = window_[at(source)].found;
    (weight > 0 ? found.plus : weight < 0 ? found.minus : found.zero) += times;
    if (weight != 0) (weight > 0 ? positive_ : negative_) += times;
    ++(weight != 0 ? counts_.synapses : counts_.zeros);
  }
}

/// Checks, after all dendrites of the neuron were read, that each synapse is present as often as
/// expected.
void NeuronCheck::settle_source(int source, const std::string& who) {
  const auto& [expected, found, terms, shared] = window_[at(source)];
  const int synapses = expected.plus + expected.minus;
  if (found.total() == 0 && synapses > 0) {
    findings_.add("{} has no synapse from source {}", who, spikes_.name(source));
  } else if (found.total() != 0 && expected.total() == 1 && found.total() == 1) {
    const int weight = found.plus - found.minus;
    if (weight != expected.plus - expected.minus) {
      findings_.add("{} has weight {} from source {}, not {}", who, weight, spikes_.name(source),
                    expected.plus - expected.minus);
    }
  } else if (found.total() != 0 && (found.plus != expected.plus || found.minus != expected.minus)) {
    findings_.add(
        "{} has weight {} from source {} in {} synapses of +1 and {} of -1, not {} and {}", who,
        found.plus - found.minus, spikes_.name(source), found.plus, found.minus, expected.plus,
        expected.minus);
  } else if (found.total() > expected.total() && !shared) {
    findings_.add("{} has {} synapses from source {}, not {}", who, found.total(),
                  spikes_.name(source), expected.total());
  }
}

void NeuronCheck::settle_synapses(const std::string& who) {
  for (const int source : sources_) {
    settle_source(source, who);
    window_[at(source)] = {};
  }
  const std::int64_t limit = std::int64_t{1} << (chip_.core.potential_bits - 1);
  if (positive_ >= limit || negative_ > limit) {
    findings_.add("{} may exceed {} bits", who, chip_.core.potential_bits);
  }
}

void NeuronCheck::check_arrivals(const std::string& name, const VerifiedCore& core) {
  for (std::size_t g = 0; g < core.arrivals.size(); ++g) {
    const Arrivals& arrivals = core.arrivals[g];
    for (std::size_t axon = 0; axon < arrivals.source.size(); ++axon) {
      if (arrivals.source[axon] != Arrivals::kNone && !arrivals.wanted[axon]) {
        findings_.add("{}: no neuron reads group {}, axon {}, which receives spikes", name, g,
                      axon);
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
