// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/explore/sweep/sweep_plan.h"

#include <algorithm>
#include <list>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "spikeloom/base/content_hash.h"
#include "spikeloom/base/diagnostics.h"
#include "spikeloom/base/file.h"
#include "spikeloom/base/frozen_files.h"
#include "spikeloom/explore/sweep/conditions.h"
#include "spikeloom/sim/inputs/data_set.h"
#include "spikeloom/sim/inputs/network_file.h"
#include "spikeloom/sim/run/mapping_name.h"
#include "spikeloom/sim/run/prepared_run.h"

namespace spikeloom::explore {
namespace {

using Json = nlohmann::ordered_json;
using base::Override;

struct LoadedNetwork {
  converter::SpikingNetwork network;
  std::vector<std::uint8_t> file;
  std::string content;
};

struct LoadedData {
  sim::DataSet set;
  std::string content;
};

/// Cache of networks and data sets that points share.
class InputCache {
 public:
  const LoadedNetwork& network(const std::string& path) {
    return remembered(networks_, path, [&] {
      LoadedNetwork loaded{sim::load_network(path), {}, {}};
      loaded.file = loaded.network.encode();
      loaded.content = base::content_hash(loaded.file);
      return loaded;
    });
  }
  /// Returns the content hash of a file.
  const std::string& content(const std::string& path) {
    return remembered(contents_, path, [&] { return base::content_hash(base::read_file(path)); });
  }
  const LoadedData& data(const sim::DataSource& source, const std::string& run_path) {
    const auto found = std::find_if(data_.begin(), data_.end(),
                                    [&](const auto& item) { return item.first == source; });
    if (found != data_.end()) return found->second;
    LoadedData loaded{sim::load_data_set(source, run_path), {}};
    loaded.content = sim::content_of(loaded.set);
    return data_.emplace_back(source, std::move(loaded)).second;
  }

 private:
  template <typename T, typename Load>
  static const T& remembered(std::map<std::string, T>& all, const std::string& key,
                             const Load& load) {
    const auto found = all.find(key);
    return found != all.end() ? found->second : all.emplace(key, load()).first->second;
  }

  std::map<std::string, LoadedNetwork> networks_;
  std::map<std::string, std::string> contents_;
  std::list<std::pair<sim::DataSource, LoadedData>> data_;
};

/// Returns the content hash of a file; of a configuration file as it was read.
std::string content_of_file(const std::string& role, const std::string& path) {
  return sim::is_configuration(role) ? base::content_hash(base::config_text(path))
                                     : base::content_hash(base::read_file(path));
}

class Planner {
 public:
  explicit Planner(SweepFile file) : keys_(file.keys()) { plan_.file = std::move(file); }

  SweepPlan plan() {
    const SweepFile& file = plan_.file;
    std::vector<Sample> samples = draw(file.axes, file.sampling);
    samples = without_excluded(file.columns(), std::move(samples), file.excluded);
    if (samples.empty()) {
      throw base::UserError(fmt::format("{}: its conditions exclude all points", file.path));
    }
    for (std::size_t i = 0; i < samples.size(); ++i) {
      for (int r = 0; r < file.repetitions.count; ++r) {
        add_run(static_cast<std::int64_t>(i), r, samples[i]);
      }
    }
    check_values(samples);
    problems_.finish();
    add_inputs();
    return std::move(plan_);
  }

 private:
  std::vector<Override> settings_of(const Sample& sample) const {
    std::vector<Override> settings = plan_.file.settings;
    for (std::size_t k = 0; k < keys_.size(); ++k) {
      settings.push_back(plan_.file.setting(keys_[k].key, sample[k], keys_[k].place(sample[k])));
    }
    return settings;
  }

  /// Returns the overrides of repetition `number` in addition to those of its point.
  std::vector<Override> repeat(const sim::RunConfig& first, int number) const {
    const auto more = [&](const char* key, std::int64_t value) {
      return std::vector<Override>{{key, std::to_string(value), plan_.file.path + ": repeat"}};
    };
    if (number == 0) return {};
    switch (plan_.file.repetitions.over) {
      case RepeatOver::kImages:
        if (first.workload) {
          throw base::UserError(plan_.file.path +
                                ": repeat: over: images, but a workload has none: allowed seed");
        }
        if (first.images == 0) {
          throw base::UserError(
              plan_.file.path +
              ": repeat: over: images needs a number of images other than 0 (all)");
        }
        return more("first", first.first + number * first.images);
      case RepeatOver::kSeed:
        return more(first.workload ? "workload.seed" : "seed",
                    static_cast<std::int64_t>(first.seed) + number);
      case RepeatOver::kFaultsSeed:
        if (first.workload) {
          throw base::UserError(
              plan_.file.path +
              ": repeat: over: faults.seed, but a workload has none: allowed seed");
        }
        return more("faults.seed", static_cast<std::int64_t>(first.faults.seed) + number);
    }
    return {};
  }

  sim::RunConfig checked(const std::vector<Override>& settings) {
    sim::RunConfig config = sim::load_run(plan_.file.run, settings);
    if (config.workload) {
      sim::check_workload(config);
    } else {
      sim::check_run(config, library_.network(config.network).network,
                     library_.data(config.data, config.path).set);
    }
    return config;
  }

  void add_run(std::int64_t point, int repetition, const Sample& sample) {
    PlannedRun run;
    run.point = point;
    run.repetition = repetition;
    run.texts = sample;
    std::vector<Override> settings = settings_of(sample);
    try {
      sim::RunConfig config = checked(settings);
      if (const auto more = repeat(config, repetition); !more.empty()) {
        settings.insert(settings.end(), more.begin(), more.end());
        config = checked(settings);
      }
      if (!config.workload) add_network(config, run);
      note(config);
      for (std::size_t k = 0; k < keys_.size(); ++k) allowed_.insert({k, sample[k]});
    } catch (const base::UserError& error) {
      run.refused = error.what();
    }
    for (const Override& setting : settings) {
      run.settings.push_back(setting.path + "=" + setting.value);
    }
    plan_.runs.push_back(std::move(run));
  }

  void add_network(const sim::RunConfig& config, PlannedRun& run) {
    const LoadedNetwork& network = library_.network(config.network);
    run.network = network.content;
    run.data = library_.data(config.data, config.path).content;
    if (config.deployment.empty()) {
      run.mapping = sim::mapping_name(config, network.content);
    } else {
      run.given = library_.content(config.deployment);
    }
    plan_.networks.emplace(network.content, network.file);
  }

  /// Reports values that occur in no valid run, unless they are allowed together with the base
  /// values of the other axes.
  void check_values(const std::vector<Sample>& samples) {
    // An error that occurs without any axis is not caused by an axis.
    if (allowed_.empty() && !problems_.collect([&] { checked(plan_.file.settings); })) return;
    std::set<Sample> tried;
    std::size_t first = 0;
    for (const Axis& axis : plan_.file.axes) {
      for (const Sample& sample : samples) {
        std::vector<Override> settings = plan_.file.settings;
        Sample texts;
        bool known = true;
        for (std::size_t k = first; k < first + axis.keys().size(); ++k) {
          known = known && allowed_.count({k, sample[k]}) != 0;
          settings.push_back(
              plan_.file.setting(keys_[k].key, sample[k], keys_[k].place(sample[k])));
          texts.push_back(keys_[k].key + "=" + sample[k]);
        }
        if (known || !tried.insert(texts).second) continue;
        problems_.collect([&] { checked(settings); });
      }
      first += axis.keys().size();
    }
  }

  void note(const sim::RunConfig& config) {
    files_.insert({"chip", config.chip_path});
    files_.insert({"energy", config.energy_path});
    files_.insert({"run", config.path});
    if (config.workload) return;
    files_.insert({"network", config.network});
    if (!config.data.is_file()) {
      const auto [set, added] = sets_.try_emplace(config.data.set);
      if (added) set->second = library_.data(config.data, config.path).content;
    } else {
      files_.insert({"data.images", config.data.images.path});
      if (config.data.labels) files_.insert({"data.labels", config.data.labels->path});
    }
    if (!config.deployment.empty()) files_.insert({"deployment", config.deployment});
  }

  void add_inputs() {
    for (const auto& [role, path] : files_) {
      plan_.inputs.push_back({role, path, content_of_file(role, path)});
    }
    for (const auto& [name, content] : sets_) plan_.inputs.push_back({"data", name, content});
  }

  std::vector<Axis::Key> keys_;
  SweepPlan plan_;
  InputCache library_;
  base::Diagnostics problems_;
  std::set<std::pair<std::size_t, std::string>> allowed_;
  std::set<std::pair<std::string, std::string>> files_;  ///< roles and paths
  std::map<std::string, std::string> sets_;              ///< content hashes of data sets, by name
};

}  // namespace

std::size_t SweepPlan::points() const {
  return runs.empty() ? 0 : static_cast<std::size_t>(runs.back().point) + 1;
}

std::size_t SweepPlan::mappings() const {
  std::set<std::string> names;
  for (const PlannedRun& run : runs) {
    if (!run.mapping.empty()) names.insert(run.mapping);
  }
  return names.size();
}

nlohmann::ordered_json SweepPlan::identity() const {
  Json json;
  json["run"] = file.run;
  json["set"] = Json::object();
  for (const Override& setting : file.settings) json["set"][setting.path] = setting.value;
  json["axes"] = Json::array();
  for (const Axis& axis : file.axes) {
    Json keys = Json::array();
    for (const Axis::Key& key : axis.keys()) keys.push_back(key.key);
    json["axes"].push_back(std::move(keys));
  }
  json["repeat"] = {{"over", name(file.repetitions.over)}, {"count", file.repetitions.count}};
  json["points"] = Json::array();
  for (const PlannedRun& run : runs) {
    if (run.repetition == 0) json["points"].push_back(run.texts);
  }
  return json;
}

SweepPlan plan_sweep(const std::string& path) {
  const base::FrozenFiles frozen;
  SweepPlan plan = Planner(load_sweep(path)).plan();
  plan.files = frozen.texts();
  return plan;
}

}  // namespace spikeloom::explore
