// SPDX-License-Identifier: Apache-2.0
#include "testbenches/property/property_case.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "spikeloom/arch/chip_json.h"
#include "spikeloom/hw/functional/lanes.h"
#include "testbenches/unit/support/chips.h"
#include "testbenches/unit/support/random_network.h"

namespace spikeloom::property {
namespace {

using test::Random;

/// Returns images of random pixels, the first of which may be empty or full.
sim::DataSet random_images(Random& random, const converter::Shape& shape, std::size_t count) {
  const int first = random.between(0, 3);
  Random pixels(random.bits());
  std::vector<std::uint8_t> bytes;
  for (std::size_t i = 0; i < count * static_cast<std::size_t>(shape.size()); ++i) {
    bytes.push_back(static_cast<std::uint8_t>(pixels.between(0, 255)));
  }
  if (first >= 2) {
    std::fill_n(bytes.begin(), shape.size(), first == 2 ? std::uint8_t{0} : std::uint8_t{255});
  }
  sim::DataSet data;
  data.set_pixels(count, shape, std::move(bytes));
  return data;
}

mapper::MapOptions random_options(Random& random) {
  mapper::MapOptions options;
  options.seed = random.bits();
  options.objective = static_cast<mapper::Objective>(random.between(0, 3));
  // Annealing takes most of the time of a case.
  options.effort = random.chance(5) ? random.between(2, 4) : random.chance(40) ? 1 : 0;
  if (mapper::needs_energy(options.objective)) {
    const auto pj = [&] { return static_cast<double>(random.real(0.0F, 30.0F)); };
    mapper::EnergyCoefficients& energy = options.energy;
    for (double* const coefficient :
         {&energy.axon_write, &energy.expansion_write, &energy.scan_word, &energy.row_word_read,
          &energy.gather, &energy.route_read, &energy.router_traversal, &energy.link_transfer,
          &energy.host_transfer, &energy.chip_cycle, &energy.active_core_cycle,
          &energy.idle_core_cycle}) {
      *coefficient = pj();
    }
  }
  return options;
}

arch::SpikeProfile random_profile(Random& random, const converter::SpikingNetwork& network) {
  arch::SpikeProfile profile;
  profile.network = network.name;
  profile.images = 10;
  Random spikes(random.bits());
  const auto add = [&](const std::string& name, const converter::Shape& shape, int levels) {
    arch::ProfiledLayer& layer = profile.layers.emplace_back();
    layer.name = name;
    for (int i = 0; i < shape.size(); ++i) {
      layer.spikes.push_back(static_cast<std::uint32_t>(spikes.between(0, 10 * levels)));
    }
  };
  add(network.encoder.name, network.encoder.output, network.encoder.quantizer.levels);
  for (const converter::SpikingLayer& layer : network.layers) {
    add(layer.name, layer.output, layer.levels());
  }
  return profile;
}

/// Whether input faults are accepted: not if maxima are taken of the input level by level.
bool takes_faults(const converter::SpikingNetwork& network) {
  return std::none_of(network.layers.begin(), network.layers.end(), [](const auto& layer) {
    return pools(layer.kind) && layer.terms.front().source == converter::kEncoder;
  });
}

std::string describe_term(const converter::Term& term) {
  const converter::Window& w = term.window;
  std::size_t nonzero = 0;
  for (const std::int8_t weight : term.weights) nonzero += weight != 0 ? 1 : 0;
  return fmt::format(
      "    of {} ({}, {} levels): kernel {} x {}, stride {} x {}, padding {} {} {} {}, dilation "
      "{} x {}, {} groups, times {}, outputs {} from {}, {} of {} weights\n",
      term.source, format_shape(term.input), term.input_levels, w.kernel_height, w.kernel_width,
      w.stride_y, w.stride_x, w.pad_top, w.pad_left, w.pad_bottom, w.pad_right, w.dilation_y,
      w.dilation_x, term.groups, term.repeat, term.outputs, term.first_output, nonzero,
      term.weights.size());
}

std::string describe_values(const converter::Quantizer& quantizer) {
  return fmt::format("{} levels from {} in steps of {}, {}", quantizer.levels, quantizer.offset,
                     quantizer.step, name(quantizer.rounding));
}

}  // namespace

Case make_case(Random& random) {
  Case c;
  c.network = test::random_network(random, test::Range::kAll);
  c.chip = test::random_chip(random, test::Range::kAll);
  c.map = random_options(random);
  if (random.chance(20)) c.profile = random_profile(random, c.network);
  c.extra = static_cast<Extra>(random.between(0, kExtras - 1));
  c.cycle_images = static_cast<std::size_t>(random.between(1, 4));
  std::size_t images = c.cycle_images;
  if (c.extra == Extra::kSideBySide) {
    // At least a batch; sometimes more than one.
    images = static_cast<std::size_t>(random.between(16, 40));
    if (random.chance(10)) images += hw::kLanes;
  }
  c.images = random_images(random, c.network.encoder.input, images);
  if (random.chance(20) && takes_faults(c.network)) c.faults = {0.1, 0.05, 0.02, random.bits()};
  return c;
}

std::string describe(const Case& c) {
  const converter::HostEncoder& encoder = c.network.encoder;
  std::string text =
      fmt::format("network: image {}, encoder {} of {}\n", format_shape(encoder.input),
                  format_shape(encoder.output), describe_values(encoder.quantizer));
  for (std::size_t l = 0; l < c.network.layers.size(); ++l) {
    const converter::SpikingLayer& layer = c.network.layers[l];
    text += fmt::format("  {}: {}, {}{}, {}, {} x {} border classes\n", l, layer.name,
                        pools(layer.kind) ? "maxima, " : "", format_shape(layer.output),
                        describe_values(layer.quantizer), layer.rows.count, layer.columns.count);
    for (const converter::Term& term : layer.terms) text += describe_term(term);
    constexpr std::size_t kShown = 24;
    const std::size_t shown = std::min(kShown, layer.thresholds.size());
    text +=
        fmt::format("    {} thresholds: {}\n", layer.thresholds.size(),
                    fmt::join(layer.thresholds.begin(),
                              layer.thresholds.begin() + static_cast<std::ptrdiff_t>(shown), " "));
  }
  text += fmt::format("  {} classes\n", c.network.readout.classes);
  text += "chip: " + to_json(c.chip).dump(1) + "\n";
  text += fmt::format("map: objective {}, effort {}, seed {}{}\n", name(c.map.objective),
                      c.map.effort, c.map.seed, c.profile ? ", with a profile" : "");
  text += fmt::format("run: {} images, {} of them cycle by cycle{}, extra: {}\n", c.images.size(),
                      c.cycle_images, c.faults.any() ? ", with input faults" : "", name(c.extra));
  return text;
}

}  // namespace spikeloom::property
