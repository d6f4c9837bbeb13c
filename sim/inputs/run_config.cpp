// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/inputs/run_config.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "spikeloom/arch/chip_file.h"
#include "spikeloom/arch/names.h"
#include "spikeloom/arch/topology/link_list.h"
#include "spikeloom/base/diagnostics.h"
#include "spikeloom/base/envelope.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/file.h"
#include "spikeloom/base/frozen_files.h"
#include "spikeloom/base/units.h"
#include "spikeloom/sim/inputs/network_file.h"

namespace spikeloom::sim {
namespace {

constexpr double kMaxThresholdNoise = 1e9;

/// Names in the run file of parts of a board, which the chip decides on.
struct NamedParts {
  struct Name {
    std::string location;
    std::string text;
  };
  std::vector<Name> cores;
  std::vector<Name> links;
};

/// Settings by file: those that begin with "chip." or "energy.", and the rest for the run file.
struct Settings {
  std::vector<base::Override> run;
  std::vector<base::Override> chip;
  std::vector<base::Override> energy;
};

Settings split(const std::vector<base::Override>& all) {
  Settings settings;
  for (base::Override setting : all) {
    for (const auto& [prefix, target] : {std::pair{std::string("chip."), &settings.chip},
                                         std::pair{std::string("energy."), &settings.energy}}) {
      if (setting.path.rfind(prefix, 0) != 0) continue;
      setting.path = setting.path.substr(prefix.size());
      target->push_back(setting);
      setting.path.clear();
      break;
    }
    if (!setting.path.empty()) settings.run.push_back(setting);
  }
  return settings;
}

/// Paths in a run file are relative to the file; paths from the command line are relative to the
/// working directory.
std::string resolve(const std::string& run_path, const Settings& settings, const std::string& key,
                    const std::string& value) {
  const bool from_command_line =
      std::any_of(settings.run.begin(), settings.run.end(),
                  [&](const base::Override& setting) { return setting.path == key; });
  if (from_command_line) return value;
  return (std::filesystem::path(run_path).parent_path() / value).lexically_normal().string();
}

/// Reads the faults. Returns what is dead.
NamedParts read_faults(const base::ConfigMap& map, base::ConfigFile& file, RunConfig& run) {
  const auto rate = [&map](const char* key) { return map.real(key, {0.0, 1.0}, 0.0); };
  run.faults.drop = rate("input_spike_drop");
  run.faults.insert = rate("input_spike_insert");
  run.faults.neuron_drop = rate("input_neuron_drop");
  run.faults.seed = static_cast<std::uint64_t>(map.integer("seed", {0, INT64_MAX}, 1));
  hw::HardwareFaults& hardware = run.hardware_faults;
  hardware.synapse_stuck_at_0 = rate("synapse_stuck_at_0");
  hardware.synapse_stuck_at_1 = rate("synapse_stuck_at_1");
  hardware.synapse_flip = rate("synapse_flip");
  hardware.threshold_noise = map.real("threshold_noise", {0.0, kMaxThresholdNoise}, 0.0);
  hardware.neuron_silent = rate("neuron_silent");
  hardware.neuron_firing = rate("neuron_firing");
  hardware.core_dead = rate("core_dead");
  hardware.link_dead = rate("link_dead");
  hardware.packet_drop = rate("packet_drop");
  hardware.packet_corrupt = rate("packet_corrupt");
  hardware.seed = run.faults.seed;
  const auto names = [&map](const char* key) {
    std::vector<NamedParts::Name> listed;
    const base::ConfigMap list = map.list(key);
    for (const std::string& item : list.keys()) {
      listed.push_back({list.location(item), list.text(item)});
    }
    return listed;
  };
  NamedParts dead{names("dead_cores"), names("dead_links")};
  if (!has_cycles(run.timing) && (hardware.link_dead > 0.0 || !dead.links.empty())) {
    file.error(map.path(dead.links.empty() ? "link_dead" : "dead_links"),
               "needs timing: cycle, since with timing functional packets cross no links");
  }
  return dead;
}

std::vector<int> find_cores(const std::vector<NamedParts::Name>& cores,
                            const arch::ChipDescription& chip, const std::string& chip_path) {
  std::vector<int> numbers;
  for (const auto& [location, name] : cores) {
    const auto number = arch::find_core(chip, name);
    if (!number) {
      throw base::UserError(fmt::format("{}: faults.dead_cores: got {}, allowed {} to {} ({})",
                                        location, name, arch::core_name(chip, 0),
                                        arch::core_name(chip, chip.grid().cores() - 1), chip_path));
    }
    numbers.push_back(*number);
  }
  return numbers;
}

std::vector<arch::DeadLink> find_links(const std::vector<NamedParts::Name>& names,
                                       const arch::ChipDescription& chip,
                                       const std::string& chip_path) {
  std::vector<arch::DeadLink> found;
  if (names.empty()) return found;
  const std::vector<arch::Link> links = arch::list_joined_pairs(chip);
  for (const auto& [location, name] : names) {
    const auto link = std::find_if(links.begin(), links.end(), [&, &name = name](const auto& each) {
      return name == arch::link_name(each.from, each.to) ||
             name == arch::link_name(each.to, each.from);
    });
    if (link == links.end()) {
      throw base::UserError(fmt::format("{}: faults.dead_links: got {}, allowed {} ({})", location,
                                        name, arch::allowed_pairs(links), chip_path));
    }
    found.push_back({link->from, link->to});
  }
  return found;
}

/// Reads the keys of a run of a network. Returns what is dead.
NamedParts read_network_run(const base::ConfigMap& root, base::ConfigFile& file, RunConfig& run) {
  run.network = root.text("network");
  run.deployment = root.text("deployment", "");
  run.data = read_data_source(root, file);
  run.first = root.integer("first", {0, INT32_MAX}, 0);
  run.images = root.integer("images", {0, INT32_MAX}, 0);
  run.seed = static_cast<std::uint64_t>(root.integer("seed", {0, INT64_MAX}, 1));
  NamedParts dead = read_faults(root.map("faults"), file, run);
  const base::ConfigMap mapping = root.map("mapper");
  run.objective = mapping.choice<mapper::Objective>("objective", run.objective);
  run.effort =
      static_cast<int>(mapping.integer("effort", {0, mapper::kMaxEffort}, mapper::kDefaultEffort));
  return dead;
}

/// Reads the keys of a run of a workload.
void read_workload_run(const base::ConfigMap& root, base::ConfigFile& file, RunConfig& run) {
  for (const char* key : {"network", "deployment", "data", "images", "seed", "faults", "mapper"}) {
    if (!root.has(key)) continue;
    root.skip(key);
    const std::string own = std::string(key) == "images" ? "ticks" : key;
    file.error(key,
               own == "ticks" || own == "seed"
                   ? fmt::format("not allowed beside workload, which has its own: workload.{}", own)
                   : "not allowed beside workload, which takes the place of a network");
  }
  // The first tick is always the one after the warm-up.
  run.first = root.integer("first", {0, 0}, 0);
  run.workload = read_workload(root.map("workload"), file);
  run.images = run.workload->ticks;
  run.seed = run.workload->seed;
}

/// Throws UserError if the technology does not allow the chip's voltage or clock.
void check_operating_point(const RunConfig& run) {
  const auto volt = [](double value) { return base::format_quantity(value, base::Unit::kVolt); };
  const auto hertz = [](double value) { return base::format_quantity(value, base::Unit::kHertz); };
  const hw::VoltageLaws& laws = run.energy.laws;
  const double voltage = run.chip.voltage_v;
  if (voltage <= laws.threshold_voltage() || voltage > laws.highest_voltage()) {
    throw base::UserError(fmt::format(
        "{}: chip.voltage: got {}, allowed above {} and up to {} ({}: clock_law.threshold, "
        "highest_voltage)",
        run.chip_path, volt(voltage), volt(laws.threshold_voltage()), volt(laws.highest_voltage()),
        run.energy_path));
  }
  const double highest = laws.highest_clock(voltage);
  // Rounding errors are tolerated.
  if (run.chip.clock_hz > highest * (1.0 + 1e-9)) {
    throw base::UserError(
        fmt::format("{}: chip.clock: got {}, allowed up to {} at {} ({}: clock_law)", run.chip_path,
                    hertz(run.chip.clock_hz), hertz(highest), volt(voltage), run.energy_path));
  }
}

/// Whether a setting is listed in the summary because it has no field of its own there.
bool is_listed_setting(const base::Override& setting) {
  return setting.path != "images" && setting.path != "first" && setting.path != "timing";
}

/// Returns the checksum of a configuration file as it was read.
std::uint32_t checksum_of_text(const std::string& path) {
  const std::string text = base::config_text(path);
  return base::checksum({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

std::vector<SourceFile> source_files(const RunConfig& run) {
  std::vector<SourceFile> files;
  for (const auto& [role, path] :
       {std::pair("run", &run.path), std::pair("network", &run.network),
        std::pair("deployment", &run.deployment), std::pair("chip", &run.chip_path),
        std::pair("energy", &run.energy_path)}) {
    if (path->empty()) continue;
    files.push_back({role, *path,
                     is_configuration(role)
                         ? checksum_of_text(*path)
                         : base::file_checksum(base::MappedFile(*path).bytes())});
  }
  return files;
}

}  // namespace

RunConfig load_run(const std::string& path, const std::vector<std::string>& texts) {
  std::vector<base::Override> settings;
  std::transform(texts.begin(), texts.end(), std::back_inserter(settings), base::parse_override);
  return load_run(path, settings);
}

RunConfig load_run(const std::string& path, const std::vector<base::Override>& all) {
  const Settings settings = split(all);
  base::ConfigFile file(path, "", settings.run);
  const base::ConfigMap root = file.root();
  RunConfig run;
  run.path = path;
  run.name = root.text("name");
  const std::string chip = root.text("chip");
  const std::string energy = root.text("energy");
  run.timing = root.choice<hw::Timing>("timing", run.timing);
  NamedParts dead;
  if (root.has("workload")) {
    read_workload_run(root, file, run);
  } else {
    dead = read_network_run(root, file, run);
  }
  if (run.name.find('/') != std::string::npos) {
    file.error("name", fmt::format("got {}, allowed a name without '/'", run.name));
  }

  base::Diagnostics problems;
  const bool good = problems.collect([&] { file.finish(); });
  if (!run.network.empty()) {
    problems.collect([&] {
      run.network =
          find_network(run.network, resolve(path, settings, "network", run.network), path);
    });
  }
  if (!run.deployment.empty()) {
    run.deployment = resolve(path, settings, "deployment", run.deployment);
  }
  if (!run.workload && run.data.is_file()) {
    run.data.images.path = resolve(path, settings, "data.images", run.data.images.path);
  }
  if (run.data.labels) {
    run.data.labels->path = resolve(path, settings, "data.labels", run.data.labels->path);
  }
  run.chip_path = resolve(path, settings, "chip", chip);
  run.energy_path = resolve(path, settings, "energy", energy);
  if (!chip.empty()) {
    problems.collect([&] {
      run.chip = arch::load_chip(run.chip_path, settings.chip);
      if (good && run.workload) fit_to_chip(*run.workload, run.chip, run.chip_path);
      run.hardware_faults.dead_cores = find_cores(dead.cores, run.chip, run.chip_path);
      run.hardware_faults.dead_links = find_links(dead.links, run.chip, run.chip_path);
    });
  }
  if (!energy.empty()) {
    problems.collect([&] { run.energy = hw::load_energy(run.energy_path, settings.energy); });
  }
  problems.finish();
  check_operating_point(run);
  for (const base::Override& setting : all) {
    if (is_listed_setting(setting)) run.settings.push_back(setting.path + "=" + setting.value);
  }
  run.files = source_files(run);
  return run;
}

}  // namespace spikeloom::sim
