// SPDX-License-Identifier: Apache-2.0
#include "testbenches/spikeloom/results.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "common/units.h"
#include "common/version.h"
#include "testbenches/spikeloom/board_option.h"

namespace spikeloom::program {

using common::to_milli;

namespace {

constexpr double kNormal95 = 1.959963984540054;

/// Cores that each layer keeps busy: a core shared by several layers counts by their neurons.
std::vector<double> core_shares(const common::Deployment& deployment) {
  std::vector<double> shares(layer_account(deployment.layers.size()));
  for (const common::CoreLabels& labels : deployment.cores) {
    for (const common::NeuronLabel& label : labels.neurons) {
      shares[layer_account(label.layer)] += 1.0 / static_cast<double>(labels.neurons.size());
    }
  }
  return shares;
}

/// Chips of the board with cores in use.
std::size_t chips_used(const common::Deployment& deployment) {
  std::set<int> chips;
  for (const common::CoreLabels& labels : deployment.cores) {
    chips.insert(deployment.chip.place(labels.core).chip);
  }
  return chips.size();
}

/// Energies of an image, from its events and its time.
class ImageEnergy {
 public:
  ImageEnergy(const RunConfig& run, const common::Deployment& deployment)
      : model_(run.energy, deployment.chip),
        shares_(core_shares(deployment)),
        idle_cores_(static_cast<double>(deployment.chip.grid().cores()) -
                    static_cast<double>(deployment.cores.size())),
        chips_(deployment.chip.board.chips()) {}

  hw::EnergyByComponent account(const ImageRecord& image, std::size_t account) const {
    hw::EnergyByComponent energy = model_.dynamic(image.events[account]);
    energy += model_.cores(shares_[account], true, cycles(image));
    return energy;
  }
  /// What belongs to no layer.
  hw::EnergyByComponent chip(const ImageRecord& image) const {
    hw::EnergyByComponent energy = model_.chips(chips_, cycles(image));
    energy += model_.cores(idle_cores_, false, cycles(image));
    return energy;
  }
  /// While the configuration is loaded.
  hw::EnergyByComponent load_time(double cycles) const { return model_.chips(chips_, cycles); }
  const hw::EnergyModel& model() const { return model_; }

 private:
  static double cycles(const ImageRecord& image) { return static_cast<double>(image.cycles); }

  hw::EnergyModel model_;
  std::vector<double> shares_;
  double idle_cores_;
  double chips_;
};

void add_energies(Summary& summary, const RunConfig& run, const common::Deployment& deployment,
                  const ShareResult& result) {
  const ImageEnergy energy(run, deployment);
  std::vector<double> joule;
  std::vector<double> cycles;
  std::vector<double> by_account(summary.layers.size());
  hw::EnergyByComponent components;
  double chip = 0.0;
  for (const ImageRecord& image : result.images) {
    hw::EnergyByComponent whole = energy.chip(image);
    const double unattributed = whole.total();
    std::vector<double> parts;
    for (std::size_t a = 0; a < summary.layers.size(); ++a) {
      const hw::EnergyByComponent part = energy.account(image, a);
      parts.push_back(part.total());
      whole += part;
    }
    summary.image_joule.emplace_back(whole.total());
    if (!image.steady) continue;
    joule.push_back(whole.total());
    cycles.push_back(static_cast<double>(image.cycles));
    components += whole;
    chip += unattributed;
    for (std::size_t a = 0; a < parts.size(); ++a) by_account[a] += parts[a];
  }
  summary.steady_ticks = joule.size();
  hw::EventCounts config;
  config[hw::Event::kConfigWrite] = result.load.bytes / common::kBusWordBytes;
  summary.load_joule = energy.model().dynamic(config).total() +
                       energy.load_time(result.load.seconds * deployment.chip.clock_hz).total();
  if (joule.empty()) return;
  const auto ticks = static_cast<double>(joule.size());
  summary.cycles_per_image = estimate(cycles);
  summary.joule_per_image = estimate(joule);
  summary.chip_joule_per_image = chip / ticks;
  summary.components.emplace();
  for (std::size_t c = 0; c < hw::kComponents; ++c) {
    const auto component = static_cast<hw::Component>(c);
    (*summary.components)[component] = components[component] / ticks;
  }
  for (std::size_t a = 0; a < summary.layers.size(); ++a) {
    summary.layers[a].joule_per_image = by_account[a] / ticks;
  }
}

std::uint64_t late_spikes(const Summary& summary) {
  return std::accumulate(
      summary.late.begin(), summary.late.end(), std::uint64_t{0},
      [](std::uint64_t sum, const LateCounts& late) { return sum + late.spikes; });
}

std::string receiver(const LateCounts& late) {
  return late.core == hw::LateReport::kHost ? "the host" : fmt::format("core {}", late.core);
}

/// Null where ticks have no fixed length.
nlohmann::ordered_json late_json(const Summary& summary, const RunConfig& run,
                                 const common::SyncDescription& sync) {
  if (run.timing != hw::Timing::kCycle || sync.tick_cycles == 0) return nullptr;
  nlohmann::ordered_json json;
  json["count"] = late_spikes(summary);
  json["unfinished"] = 0;
  json["receivers"] = nlohmann::ordered_json::array();
  std::uint64_t unfinished = 0;
  for (const LateCounts& late : summary.late) {
    unfinished += late.unfinished_ticks;
    json["receivers"].push_back(
        {{"core", late.core == hw::LateReport::kHost ? nlohmann::ordered_json("host")
                                                     : nlohmann::ordered_json(late.core)},
         {"late_spikes", late.spikes},
         {"unfinished_ticks", late.unfinished_ticks},
         {"first_tick", late.first_tick}});
  }
  json["unfinished"] = unfinished;
  return json;
}

double total(const Summary& summary, double LayerSummary::*member) {
  return std::accumulate(
      summary.layers.begin(), summary.layers.end(), 0.0,
      [member](double sum, const LayerSummary& layer) { return sum + layer.*member; });
}

template <typename T>
nlohmann::ordered_json optional_json(const std::optional<T>& value) {
  return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}

std::optional<double> scaled(const std::optional<double>& value, double factor) {
  return value ? std::optional<double>(*value * factor) : std::nullopt;
}

std::string milli(const std::optional<double>& value, const char* nothing = "-") {
  return value ? fmt::format("{:.4f}", to_milli(*value)) : nothing;
}

std::string with_confidence(const std::optional<Estimate>& value, double factor) {
  if (!value) return "-";
  if (!value->confidence) return fmt::format("{:.4f}", value->mean * factor);
  return fmt::format("{:.4f} +- {:.4f}", value->mean * factor, *value->confidence * factor);
}

}  // namespace

Estimate estimate(const std::vector<double>& values) {
  Estimate result;
  const auto count = static_cast<double>(values.size());
  result.mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  if (values.size() < 2) return result;
  double squares = 0.0;
  for (const double value : values) squares += (value - result.mean) * (value - result.mean);
  result.confidence = kNormal95 * std::sqrt(squares / (count - 1.0) / count);
  return result;
}

Summary summarize(const RunConfig& run, const common::Deployment& deployment,
                  const ShareResult& result) {
  Summary summary;
  summary.images = result.images.size();
  summary.cores_used = static_cast<int>(deployment.cores.size());
  summary.late = result.late;
  summary.load = result.load;
  summary.verification = result.verification;
  const std::size_t accounts = layer_account(deployment.layers.size());
  summary.layers.resize(accounts);
  summary.layers[kInputAccount].name = "input";
  summary.layers[kInputAccount].neurons = static_cast<int>(deployment.input.first.size()) - 1;
  for (std::size_t l = 0; l < deployment.layers.size(); ++l) {
    LayerSummary& layer = summary.layers[layer_account(l)];
    layer.name = deployment.layers[l].name;
    layer.cores = deployment.layers[l].cores;
    layer.neurons = deployment.layers[l].neurons;
  }
  // Integers first, so that the means do not depend on an order of summation.
  std::vector<LayerCounts> sums(accounts);
  std::vector<double> latencies;
  for (const ImageRecord& image : result.images) {
    if (image.latency_cycles) latencies.push_back(static_cast<double>(*image.latency_cycles));
    summary.correct += image.label == image.predicted ? 1 : 0;
    for (std::size_t a = 0; a < accounts; ++a) {
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
  for (std::size_t a = 0; a < accounts; ++a) {
    LayerSummary& layer = summary.layers[a];
    layer.spikes_per_image = static_cast<double>(sums[a].spikes) / images;
    layer.sop_per_image = static_cast<double>(sums[a].synaptic_operations) / images;
    layer.row_word_reads_per_image = static_cast<double>(sums[a].row_word_reads) / images;
    layer.packets_per_image = static_cast<double>(sums[a].packets) / images;
    layer.deliveries_per_image = static_cast<double>(sums[a].deliveries) / images;
    layer.axon_writes_per_image = static_cast<double>(sums[a].axon_writes) / images;
    layer.paper_sop_per_image = static_cast<double>(sums[a].paper_sop) / images;
  }
  if (run.timing == hw::Timing::kCycle) {
    add_energies(summary, run, deployment, result);
    if (!latencies.empty()) summary.latency_cycles = estimate(latencies);
  }
  return summary;
}

nlohmann::ordered_json to_json(const Summary& summary, const RunConfig& run,
                               const common::Deployment& deployment, double wall_seconds) {
  const bool timed = run.timing == hw::Timing::kCycle;
  const common::ChipDescription& chip = deployment.chip;
  const auto mean = [](const std::optional<Estimate>& value, double factor) {
    return value ? std::optional<double>(value->mean * factor) : std::nullopt;
  };
  const auto confidence = [](const std::optional<Estimate>& value, double factor) {
    return value ? scaled(value->confidence, factor) : std::nullopt;
  };
  const double ms_per_cycle = to_milli(chip.seconds(1.0));
  nlohmann::ordered_json json;
  json["schema"] = kSummarySchema;
  json["version"] = common::kVersion;
  json["name"] = run.name;
  json["network"] = deployment.network;
  json["chip"] = chip.name;
  json["energy"] = run.energy.name;
  json["data"] = run.data;
  json["timing"] = name(run.timing);
  json["seed"] = run.seed;
  json["faults"] = {{"input_spike_drop", run.faults.drop},
                    {"input_spike_insert", run.faults.insert},
                    {"seed", run.faults.seed}};
  json["first"] = run.first;
  json["images"] = summary.images;
  json["correct"] = summary.correct;
  json["accuracy"] = static_cast<double>(summary.correct) / static_cast<double>(summary.images);
  json["pipeline"] = chip.sync.pipeline;
  json["steady_ticks"] = timed ? nlohmann::ordered_json(summary.steady_ticks) : nullptr;
  json["cycles_per_image"] = optional_json(mean(summary.cycles_per_image, 1.0));
  json["cycles_per_image_ci95"] = optional_json(confidence(summary.cycles_per_image, 1.0));
  json["ms_per_image"] = optional_json(mean(summary.cycles_per_image, ms_per_cycle));
  json["ms_per_image_ci95"] = optional_json(confidence(summary.cycles_per_image, ms_per_cycle));
  json["latency_ms"] = optional_json(mean(summary.latency_cycles, ms_per_cycle));
  json["latency_ms_ci95"] = optional_json(confidence(summary.latency_cycles, ms_per_cycle));
  json["mj_per_image"] = optional_json(mean(summary.joule_per_image, common::kMilliPerUnit));
  json["mj_per_image_ci95"] =
      optional_json(confidence(summary.joule_per_image, common::kMilliPerUnit));
  json["average_power_mw"] =
      summary.joule_per_image
          ? nlohmann::ordered_json(to_milli(summary.joule_per_image->mean /
                                            chip.seconds(summary.cycles_per_image->mean)))
          : nullptr;
  json["input_spikes_per_image"] = summary.layers[kInputAccount].spikes_per_image;
  json["spikes_per_image"] = total(summary, &LayerSummary::spikes_per_image);
  json["sop_per_image"] = total(summary, &LayerSummary::sop_per_image);
  json["paper_sop_per_image"] = total(summary, &LayerSummary::paper_sop_per_image);
  json["row_word_reads_per_image"] = total(summary, &LayerSummary::row_word_reads_per_image);
  json["packets_per_image"] = total(summary, &LayerSummary::packets_per_image);
  json["deliveries_per_image"] = total(summary, &LayerSummary::deliveries_per_image);
  json["axon_writes_per_image"] = total(summary, &LayerSummary::axon_writes_per_image);
  json["late_spikes"] = late_json(summary, run, chip.sync);
  json["cores_used"] = summary.cores_used;
  json["chips_used"] = chips_used(deployment);
  json["layers"] = nlohmann::ordered_json::array();
  for (const LayerSummary& layer : summary.layers) {
    json["layers"].push_back(
        {{"name", layer.name},
         {"cores", layer.cores},
         {"neurons", layer.neurons},
         {"spikes_per_image", layer.spikes_per_image},
         {"sop_per_image", layer.sop_per_image},
         {"paper_sop_per_image", layer.paper_sop_per_image},
         {"row_word_reads_per_image", layer.row_word_reads_per_image},
         {"packets_per_image", layer.packets_per_image},
         {"deliveries_per_image", layer.deliveries_per_image},
         {"axon_writes_per_image", layer.axon_writes_per_image},
         {"mj_per_image", optional_json(scaled(layer.joule_per_image, common::kMilliPerUnit))}});
  }
  json["chip_mj_per_image"] =
      optional_json(scaled(summary.chip_joule_per_image, common::kMilliPerUnit));
  json["energy_mj_per_image"] = nullptr;
  if (summary.components) {
    nlohmann::ordered_json components;
    for (std::size_t c = 0; c < hw::kComponents; ++c) {
      components[std::string(hw::kComponentNames[c])] =
          to_milli((*summary.components)[static_cast<hw::Component>(c)]);
    }
    json["energy_mj_per_image"] = components;
  }
  const auto& verified = summary.verification;
  json["configuration"] = {
      {"transactions", summary.load.transactions},
      {"bytes", summary.load.bytes},
      {"ms", timed ? nlohmann::ordered_json(to_milli(summary.load.seconds)) : nullptr},
      {"mj", timed ? nlohmann::ordered_json(to_milli(summary.load_joule)) : nullptr},
      {"verified_transactions",
       verified ? nlohmann::ordered_json(verified->transactions) : nullptr},
      {"verified_bytes", verified ? nlohmann::ordered_json(verified->bytes) : nullptr},
      {"verify_ms",
       verified && timed ? nlohmann::ordered_json(to_milli(verified->seconds)) : nullptr}};
  json["chip_description"] = common::to_json(chip);
  json["wall_seconds"] = wall_seconds;
  return json;
}

std::string images_csv(const Summary& summary, const ShareResult& result) {
  std::string text(kImagesHeader);
  for (std::size_t i = 0; i < result.images.size(); ++i) {
    const ImageRecord& image = result.images[i];
    const bool timed = i < summary.image_joule.size();
    text += fmt::format("{},{},{},{},{},{}\n", image.index, image.label, image.predicted,
                        timed ? fmt::format("{}", image.cycles) : "",
                        timed ? fmt::format("{:.9g}", to_milli(*summary.image_joule[i])) : "",
                        image.steady ? 1 : 0);
  }
  return text;
}

std::string table(const Summary& summary, const RunConfig& run,
                  const common::Deployment& deployment) {
  const common::ChipDescription& chip = deployment.chip;
  std::string text =
      fmt::format("{} on {}: {} cores, {}, {}, {}\n", deployment.network, chip.name,
                  summary.cores_used, common::format_quantity(chip.clock_hz, common::Unit::kHertz),
                  fmt::format("{:g} V", chip.voltage_v), run.energy.name);
  text += grown_board_note(run.chip, chip) + "\n";
  text += fmt::format("{:<14}{:>7}{:>9}{:>13}{:>14}{:>14}{:>9}\n", "layer", "cores", "neurons",
                      "spikes/img", "SOP/img", "paper SOP/img", "mJ/img");
  for (const LayerSummary& layer : summary.layers) {
    text += fmt::format("{:<14}{:>7}{:>9}{:>13.1f}{:>14.0f}{:>14.0f}{:>9}\n", layer.name,
                        layer.cores, layer.neurons, layer.spikes_per_image, layer.sop_per_image,
                        layer.paper_sop_per_image, milli(layer.joule_per_image));
  }
  if (summary.chip_joule_per_image) {
    text += fmt::format("{:<14}{:>66}\n", "rest of chip", milli(summary.chip_joule_per_image));
  }
  text += fmt::format("{:<14}{:>7}{:>9}{:>13.1f}{:>14.0f}{:>14.0f}{:>9}\n\n", "total",
                      summary.cores_used, "", total(summary, &LayerSummary::spikes_per_image),
                      total(summary, &LayerSummary::sop_per_image),
                      total(summary, &LayerSummary::paper_sop_per_image),
                      summary.joule_per_image ? milli(summary.joule_per_image->mean) : "-");
  const auto line = [&text](const char* what, const std::string& value, const std::string& note) {
    text += fmt::format("{:<17}{:>18}  {}\n", what, value, note);
  };
  const double ms_per_cycle = to_milli(chip.seconds(1.0));
  line("accuracy",
       fmt::format("{:.2f} %", 100.0 * static_cast<double>(summary.correct) /
                                   static_cast<double>(summary.images)),
       fmt::format("{} of {} images, {}", summary.correct, summary.images, run.data));
  if (run.timing == hw::Timing::kFunctional) {
    text += "time and energy: not modelled with timing: functional\n";
    return text;
  }
  if (summary.cycles_per_image) {
    line("ms/image", with_confidence(summary.cycles_per_image, ms_per_cycle),
         fmt::format("{:.0f} cycles, mean of {} {}", summary.cycles_per_image->mean,
                     summary.steady_ticks,
                     chip.sync.pipeline ? "full ticks" : "images, one at a time"));
    line("mJ/image", with_confidence(summary.joule_per_image, common::kMilliPerUnit),
         fmt::format("{:.0f} mW", to_milli(summary.joule_per_image->mean /
                                           chip.seconds(summary.cycles_per_image->mean))));
  } else {
    text +=
        fmt::format("ms/image, mJ/image: none: every layer holds an image only from {} images on\n",
                    deployment.layers.back().depth + 1);
  }
  if (summary.latency_cycles) {
    line("latency ms", with_confidence(summary.latency_cycles, ms_per_cycle),
         chip.sync.pipeline ? "first image alone, from its first packet on"
                            : "mean, from an image's first packet to its last output");
  }
  if (!summary.late.empty()) {
    const LateCounts& first = *std::min_element(
        summary.late.begin(), summary.late.end(),
        [](const LateCounts& a, const LateCounts& b) { return a.first_tick < b.first_tick; });
    line("late spikes", fmt::format("{}", late_spikes(summary)),
         fmt::format("first late: {} in tick {}", receiver(first), first.first_tick));
  }
  line("configuration ms", fmt::format("{:.3f}", to_milli(summary.load.seconds)),
       fmt::format("{} transactions, {:.1f} kB, {:.4f} mJ", summary.load.transactions,
                   static_cast<double>(summary.load.bytes) / 1e3, to_milli(summary.load_joule)));
  if (summary.verification) {
    line("verification ms", fmt::format("{:.3f}", to_milli(summary.verification->seconds)),
         fmt::format("{:.1f} kB read back as written",
                     static_cast<double>(summary.verification->bytes) / 1e3));
  }
  return text;
}

}  // namespace spikeloom::program
