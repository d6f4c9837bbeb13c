// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/results/results.h"

#include <cmath>
#include <numeric>

#include "spikeloom/arch/names.h"
#include "spikeloom/sim/simulation/stat_categories.h"

namespace spikeloom::sim {
namespace {

constexpr double kNormal95 = 1.959963984540054;

/// The steady ticks, seen one image after the other.
class SteadyTicks {
 public:
  SteadyTicks(const EnergyReport& energy, const arch::ChipDescription& chip)
      : energy_(energy), chip_(chip) {}

  void add(const ImageRecord& image) {
    double image_joule = 0.0;
    for (const TickRecord& tick : image.ticks) {
      const double joule = energy_.joule(tick);
      const double duration = chip_.seconds(static_cast<double>(tick.cycles));
      image_joule += joule;
      seconds_ += duration;
      if (joule / duration <= power_.peak_watt) continue;
      power_.peak_watt = joule / duration;
      power_.peak_image = image.index;
    }
    joule_all_ += image_joule;
    joule_.add(image_joule);
    cycles_.add(static_cast<double>(image.cycles()));
  }
  Estimate joule() const { return joule_.estimate(); }
  Estimate cycles() const { return cycles_.estimate(); }
  PowerSummary power() const {
    PowerSummary power = power_;
    power.average_watt = joule_all_ / seconds_;
    return power;
  }

 private:
  const EnergyReport& energy_;
  const arch::ChipDescription& chip_;
  Sample joule_;
  Sample cycles_;
  double joule_all_ = 0.0;
  double seconds_ = 0.0;
  PowerSummary power_;
};

void add_energies(Summary& summary, const arch::Deployment& deployment, const RangeResult& result,
                  const EnergyReport& energy) {
  summary.load_joule = energy.configuration(result.load, hw::Event::kConfigWrite);
  if (result.verification) {
    summary.verification_joule = energy.configuration(*result.verification, hw::Event::kConfigRead);
  }
  summary.steady_ticks = energy.steady();
  if (summary.steady_ticks == 0) return;
  SteadyTicks steady(energy, deployment.chip);
  for (const ImageRecord& image : result.images) {
    if (image.steady) steady.add(image);
  }
  summary.cycles_per_image = steady.cycles();
  summary.joule_per_image = steady.joule();
  const auto images = static_cast<double>(summary.steady_ticks);
  const hw::EnergyByComponent whole = by_component(energy.steady_parts());
  summary.joule_per_image->mean = whole.total() / images;
  summary.energy_delay =
      summary.joule_per_image->mean * deployment.chip.seconds(summary.cycles_per_image->mean);
  summary.power = steady.power();
  const auto mean = [&](std::size_t part) {
    return energy.steady_parts()[part].joule.total() / images;
  };
  for (std::size_t a = 0; a < summary.layers.size(); ++a) {
    summary.layers[a].joule_per_image = mean(a);
  }
  summary.idle_joule_per_image = mean(energy.idle_cores());
  summary.chip_joule_per_image = mean(energy.chips());
  summary.components.emplace();
  for (std::size_t c = 0; c < hw::kComponents; ++c) {
    const auto component = static_cast<hw::Component>(c);
    (*summary.components)[component] = whole[component] / images;
  }
}

}  // namespace

std::optional<double> Summary::accuracy() const {
  if (!correct) return std::nullopt;
  return static_cast<double>(*correct) / static_cast<double>(images);
}

std::uint64_t Summary::late_spikes() const {
  return std::accumulate(
      late.begin(), late.end(), std::uint64_t{0},
      [](std::uint64_t sum, const LateCounts& counts) { return sum + counts.spikes; });
}

double Summary::total(LayerFigure figure) const {
  return std::accumulate(
      layers.begin(), layers.end(), 0.0,
      [figure](double sum, const LayerSummary& layer) { return sum + layer.*figure; });
}

void Sample::add(double value) {
  count_ += 1.0;
  sum_ += value;
  const double difference = value - mean_;
  mean_ += difference / count_;
  squares_ += difference * (value - mean_);
}

Estimate Sample::estimate() const {
  Estimate result{sum_ / count_, std::nullopt};
  if (count_ >= 2.0) result.confidence = kNormal95 * std::sqrt(squares_ / (count_ - 1.0) / count_);
  return result;
}

Summary summarize(const RunConfig& run, const arch::Deployment& deployment,
                  const RangeResult& result, const EnergyReport* energy) {
  Summary summary(hw::AreaModel(run.energy, deployment.chip));
  summary.images = result.images.size();
  summary.cores_used = static_cast<int>(deployment.cores.size());
  summary.late = result.late;
  summary.faults = result.faults;
  summary.load = result.load;
  summary.verification = result.verification;
  const std::size_t categories = layer_category(deployment.layers.size());
  summary.layers.resize(categories);
  summary.layers[kInputCategory].name = arch::kInputPart;
  summary.layers[kInputCategory].neurons = static_cast<int>(deployment.input.first.size()) - 1;
  for (std::size_t l = 0; l < deployment.layers.size(); ++l) {
    LayerSummary& layer = summary.layers[layer_category(l)];
    layer.name = deployment.layers[l].name;
    layer.cores = deployment.layers[l].cores;
    layer.neurons = deployment.layers[l].neurons;
  }
  // Integers are summed first, so that the means do not depend on the order of summation.
  std::vector<LayerCounts> sums(categories);
  Sample latencies;
  for (const ImageRecord& image : result.images) {
    if (image.latency_cycles) latencies.add(static_cast<double>(*image.latency_cycles));
    if (image.label) {
      summary.correct = summary.correct.value_or(0) + (*image.label == image.predicted ? 1U : 0U);
    }
    for (std::size_t a = 0; a < categories; ++a) {
      sums[a].spikes += image.layers[a].spikes;
      sums[a].synaptic_operations += image.layers[a].synaptic_operations;
      sums[a].row_word_reads += image.layers[a].row_word_reads;
      sums[a].packets += image.layers[a].packets;
      sums[a].deliveries += image.layers[a].deliveries;
      sums[a].axon_writes += image.layers[a].axon_writes;
      sums[a].paper_sop += image.layers[a].paper_sop;
    }
  }
  const auto images = static_cast<double>(result.images.size());
  for (std::size_t a = 0; a < categories; ++a) {
    LayerSummary& layer = summary.layers[a];
    layer.spikes_per_image = static_cast<double>(sums[a].spikes) / images;
    layer.sop_per_image = static_cast<double>(sums[a].synaptic_operations) / images;
    layer.row_word_reads_per_image = static_cast<double>(sums[a].row_word_reads) / images;
    layer.packets_per_image = static_cast<double>(sums[a].packets) / images;
    layer.deliveries_per_image = static_cast<double>(sums[a].deliveries) / images;
    layer.axon_writes_per_image = static_cast<double>(sums[a].axon_writes) / images;
    layer.paper_sop_per_image = static_cast<double>(sums[a].paper_sop) / images;
  }
  if (energy != nullptr) {
    add_energies(summary, deployment, result, *energy);
    if (!latencies.empty()) summary.latency_cycles = latencies.estimate();
  }
  return summary;
}
}  // namespace spikeloom::sim
