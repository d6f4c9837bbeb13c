// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/results/summary_json.h"

#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "spikeloom/arch/chip_json.h"
#include "spikeloom/arch/names.h"
#include "spikeloom/base/optional_json.h"
#include "spikeloom/base/units.h"
#include "spikeloom/base/version.h"
#include "spikeloom/hw/board/board.h"
#include "spikeloom/sim/simulation/stat_categories.h"

namespace spikeloom::sim {

using base::to_milli;

namespace {

/// Number of chips that have cores in use.
std::size_t chips_used(const arch::Deployment& deployment) {
  std::set<int> chips;
  for (const arch::CoreLabels& labels : deployment.cores) {
    chips.insert(deployment.chip.place(labels.core).chip);
  }
  return chips.size();
}

/// Returns null if ticks have no fixed length.
nlohmann::ordered_json late_json(const Summary& summary, const RunConfig& run,
                                 const arch::SyncDescription& sync) {
  if (!has_cycles(run.timing) || sync.tick_cycles == 0) return nullptr;
  nlohmann::ordered_json json;
  json["count"] = summary.late_spikes();
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

using base::optional_json;

std::optional<double> scaled(const std::optional<double>& value, double factor) {
  return value ? std::optional<double>(*value * factor) : std::nullopt;
}

nlohmann::ordered_json components_json(const hw::EnergyByComponent& energy) {
  nlohmann::ordered_json json;
  for (std::size_t c = 0; c < hw::kComponents; ++c) {
    json[std::string(name(static_cast<hw::Component>(c)))] =
        to_milli(energy[static_cast<hw::Component>(c)]);
  }
  return json;
}

nlohmann::ordered_json area_json(const hw::AreaModel& area, const arch::BoardDescription& board) {
  nlohmann::ordered_json json;
  json["board"] = area.chip() * board.chips();
  json["chip"] = area.chip();
  json["core"] = area.core();
  for (std::size_t i = 0; i < hw::kAreaParts; ++i) {
    json["parts"][std::string(name(static_cast<hw::AreaPart>(i)))] =
        area.part(static_cast<hw::AreaPart>(i));
  }
  return json;
}

/// Returns the factors for the counts in events.csv: picojoules per event or cycle, at the run's
/// voltage and clock.
nlohmann::ordered_json coefficients_json(const hw::EnergyDescription& energy,
                                         const arch::ChipDescription& chip) {
  const hw::EnergyModel model(energy, chip);
  nlohmann::ordered_json json;
  for (std::size_t i = 0; i < hw::kEvents; ++i) {
    json[std::string(name(static_cast<hw::Event>(i)))] = {
        {"pj", base::to_pico(model.joule(static_cast<hw::Event>(i)))},
        {"status", hw::name(energy.events[i].energy.provenance)}};
  }
  for (std::size_t i = 0; i < hw::kStaticTerms; ++i) {
    json[std::string(name(static_cast<hw::StaticTerm>(i)))] = {
        {"pj", base::to_pico(model.joule(static_cast<hw::StaticTerm>(i)))},
        {"status", i < hw::kStaticCoefficients ? hw::name(energy.statics[i].provenance)
                                               : hw::name(hw::Provenance::kDerived)}};
  }
  return json;
}

/// Returns what a run file says of the preprocessing of its images.
nlohmann::ordered_json preprocessing_json(const DataSource& data) {
  nlohmann::ordered_json json;
  if (data.is_file()) {
    json["layout"] = name(data.layout);
    json["scale"] = data.scale;
    json["offset"] = data.offset;
  }
  json["crop"] = nullptr;
  if (data.crop) json["crop"] = {{"height", data.crop->height}, {"width", data.crop->width}};
  return json;
}

nlohmann::ordered_json workload_json(const WorkloadConfig& workload) {
  const bool local = workload.destinations == Destinations::kLocal;
  return {{"firing_rate", workload.firing_rate},
          {"firing_rate_hz", optional_json(workload.firing_hz)},
          {"active_synapses", workload.active_synapses},
          {"destinations", name(workload.destinations)},
          {"radius", local ? nlohmann::ordered_json(workload.radius) : nullptr},
          {"cores", workload.cores},
          {"neurons", workload.neurons},
          {"ticks", workload.ticks},
          {"warm_up", workload.warm_up},
          {"seed", workload.seed}};
}

nlohmann::ordered_json faults_json(const RunConfig& run) {
  const InputFaults& input = run.faults;
  const hw::HardwareFaults& hardware = run.hardware_faults;
  nlohmann::ordered_json dead_cores = nlohmann::ordered_json::array();
  for (const int core : hardware.dead_cores) {
    dead_cores.push_back(arch::core_name(run.chip, core));
  }
  nlohmann::ordered_json dead_links = nlohmann::ordered_json::array();
  for (const arch::DeadLink& link : hardware.dead_links) {
    dead_links.push_back(arch::link_name(link.from, link.to));
  }
  return {{"input_spike_drop", input.drop},
          {"input_spike_insert", input.insert},
          {"input_neuron_drop", input.neuron_drop},
          {"synapse_stuck_at_0", hardware.synapse_stuck_at_0},
          {"synapse_stuck_at_1", hardware.synapse_stuck_at_1},
          {"synapse_flip", hardware.synapse_flip},
          {"threshold_noise", hardware.threshold_noise},
          {"neuron_silent", hardware.neuron_silent},
          {"neuron_firing", hardware.neuron_firing},
          {"core_dead", hardware.core_dead},
          {"dead_cores", dead_cores},
          {"link_dead", hardware.link_dead},
          {"dead_links", dead_links},
          {"packet_drop", hardware.packet_drop},
          {"packet_corrupt", hardware.packet_corrupt},
          {"seed", input.seed}};
}

nlohmann::ordered_json fault_counts_json(const hw::FaultCounts& counts) {
  return {
      {"synapse_bits", counts.synapse_bits},       {"corrected_words", counts.corrected_words},
      {"detected_words", counts.detected_words},   {"shifted_neurons", counts.shifted_neurons},
      {"silent_neurons", counts.silent_neurons},   {"firing_neurons", counts.firing_neurons},
      {"dead_cores", counts.dead_cores},           {"dead_links", counts.dead_links},
      {"dropped_packets", counts.dropped_packets}, {"corrupted_packets", counts.corrupted_packets}};
}

nlohmann::ordered_json files_json(const RunConfig& run) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const SourceFile& file : run.files) {
    json[file.role] = {{"path", file.path}, {"crc32", fmt::format("{:08x}", file.checksum)}};
  }
  return json;
}

}  // namespace

nlohmann::ordered_json to_json(const Summary& summary, const RunConfig& run,
                               const arch::Deployment& deployment, double wall_seconds) {
  const bool timed = has_cycles(run.timing);
  const arch::ChipDescription& chip = deployment.chip;
  const auto mean = [](const std::optional<Estimate>& value, double factor) {
    return value ? std::optional<double>(value->mean * factor) : std::nullopt;
  };
  const auto confidence = [](const std::optional<Estimate>& value, double factor) {
    return value ? scaled(value->confidence, factor) : std::nullopt;
  };
  const double ms_per_cycle = to_milli(chip.seconds(1.0));
  nlohmann::ordered_json json;
  json["schema"] = kSummarySchema;
  json["version"] = base::kVersion;
  json["name"] = run.name;
  // A workload stands in place of what is null then.
  const auto of_network = [&run](const auto& value) {
    return run.workload ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(value);
  };
  json["network"] = of_network(deployment.network);
  json["chip"] = chip.name;
  json["energy"] = run.energy.name;
  json["data"] = nullptr;
  if (!run.workload) json["data"] = run.data.name();
  json["timing"] = name(run.timing);
  json["seed"] = run.seed;
  json["objective"] = of_network(mapper::name(run.objective));
  json["faults"] = of_network(faults_json(run));
  json["fault_counts"] = of_network(fault_counts_json(summary.faults));
  if (run.workload) {
    json["workload"] = workload_json(*run.workload);
  } else if (run.data.is_file() || run.data.own_crop) {
    json["preprocessing"] = preprocessing_json(run.data);
  }
  json["files"] = files_json(run);
  json["settings"] = run.settings;
  json["first"] = run.first;
  json["images"] = summary.images;
  json["correct"] = optional_json(summary.correct);
  json["accuracy"] = optional_json(summary.accuracy());
  json["pipeline"] = chip.sync.pipeline;
  json["steady_ticks"] = timed ? nlohmann::ordered_json(summary.steady_ticks) : nullptr;
  json["cycles_per_image"] = optional_json(mean(summary.cycles_per_image, 1.0));
  json["cycles_per_image_ci95"] = optional_json(confidence(summary.cycles_per_image, 1.0));
  json["ms_per_image"] = optional_json(mean(summary.cycles_per_image, ms_per_cycle));
  json["ms_per_image_ci95"] = optional_json(confidence(summary.cycles_per_image, ms_per_cycle));
  json["latency_ms"] = optional_json(mean(summary.latency_cycles, ms_per_cycle));
  json["latency_ms_ci95"] = optional_json(confidence(summary.latency_cycles, ms_per_cycle));
  json["mj_per_image"] = optional_json(mean(summary.joule_per_image, base::kMilliPerUnit));
  json["mj_per_image_ci95"] =
      optional_json(confidence(summary.joule_per_image, base::kMilliPerUnit));
  json["energy_delay_mj_ms"] =
      optional_json(scaled(summary.energy_delay, base::kMilliPerUnit * base::kMilliPerUnit));
  json["average_power_mw"] = nullptr;
  json["peak_power_mw"] = nullptr;
  json["peak_power_image"] = nullptr;
  if (summary.power) {
    json["average_power_mw"] = to_milli(summary.power->average_watt);
    json["peak_power_mw"] = to_milli(summary.power->peak_watt);
    json["peak_power_image"] = summary.power->peak_image;
  }
  json["input_spikes_per_image"] = summary.layers[kInputCategory].spikes_per_image;
  json["spikes_per_image"] = summary.total(&LayerSummary::spikes_per_image);
  json["sop_per_image"] = summary.total(&LayerSummary::sop_per_image);
  json["paper_sop_per_image"] = summary.total(&LayerSummary::paper_sop_per_image);
  json["row_word_reads_per_image"] = summary.total(&LayerSummary::row_word_reads_per_image);
  json["packets_per_image"] = summary.total(&LayerSummary::packets_per_image);
  json["deliveries_per_image"] = summary.total(&LayerSummary::deliveries_per_image);
  json["axon_writes_per_image"] = summary.total(&LayerSummary::axon_writes_per_image);
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
         {"mj_per_image", optional_json(scaled(layer.joule_per_image, base::kMilliPerUnit))}});
  }
  json["chip_mj_per_image"] = nullptr;
  json["idle_cores_mj_per_image"] =
      optional_json(scaled(summary.idle_joule_per_image, base::kMilliPerUnit));
  json["energy_mj_per_image"] = nullptr;
  if (summary.components) {
    json["chip_mj_per_image"] =
        to_milli(*summary.idle_joule_per_image + *summary.chip_joule_per_image);
    json["energy_mj_per_image"] = components_json(*summary.components);
  }
  const auto milliseconds = [&chip](const hw::BusCost& cost) {
    return nlohmann::ordered_json(to_milli(chip.seconds(static_cast<double>(cost.cycles))));
  };
  const auto& verified = summary.verification;
  json["configuration"] = {
      {"transactions", summary.load.transactions},
      {"bytes", summary.load.bytes},
      {"ms", timed ? milliseconds(summary.load) : nullptr},
      {"mj", timed ? nlohmann::ordered_json(to_milli(summary.load_joule)) : nullptr},
      {"verified_transactions",
       verified ? nlohmann::ordered_json(verified->transactions) : nullptr},
      {"verified_bytes", verified ? nlohmann::ordered_json(verified->bytes) : nullptr},
      {"verify_ms", verified && timed ? milliseconds(*verified) : nullptr},
      {"verify_mj",
       verified && timed ? nlohmann::ordered_json(to_milli(summary.verification_joule)) : nullptr}};
  json["area_mm2"] = area_json(summary.area, chip.board);
  json["coefficients"] = coefficients_json(run.energy, chip);
  json["chip_description"] = arch::to_json(chip);
  json["wall_seconds"] = wall_seconds;
  return json;
}
}  // namespace spikeloom::sim
