// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/explore/sweep/sweep_file.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "spikeloom/base/diagnostics.h"
#include "spikeloom/base/file.h"
#include "spikeloom/base/key_recorder.h"
#include "spikeloom/base/quotes.h"
#include "spikeloom/explore/sweep/metric_fields.h"
#include "spikeloom/sim/inputs/run_config.h"

namespace spikeloom::explore {
namespace {

constexpr double kMaxPoints = 1e6;
constexpr std::array kPathKeys = {"network", "deployment",  "chip",
                                  "energy",  "data.images", "data.labels"};
/// Column names that are reserved for query results.
const std::set<std::string> kOwnColumns = {"point", "repetition", "runs", "status", "reason"};

/// Metrics of a sweep file without `metrics`.
constexpr std::array kDefaultMetrics = {"accuracy",     "ms_per_image",       "latency_ms",
                                        "mj_per_image", "energy_delay_mj_ms", "average_power_mw",
                                        "cores_used",   "area_mm2.board"};

/// Reads the sections of the file; errors are collected by `file`.
class SweepReader {
 public:
  SweepReader(base::ConfigFile& file, SweepFile& sweep)
      : file_(file), root_(file.root()), sweep_(sweep) {}

  void read() {
    sweep_.name = root_.text("name");
    sweep_.title = root_.text("title", "");
    const std::string run = root_.text("run");
    sweep_.run = (std::filesystem::path(sweep_.path).parent_path() / run).lexically_normal();
    const base::ConfigMap fixed = root_.map("set");
    for (const std::string& key : fixed.keys()) {
      sweep_.settings.push_back(sweep_.setting(key, fixed.text(key), fixed.location(key)));
    }
    read_base();
    read_sampling(root_.map("sampling"));
    read_axes(root_.map("axes"));
    read_list("exclude", [&](const std::string& text, const std::string& where) {
      sweep_.excluded.push_back({text, where});
    });
    const base::ConfigMap repeat = root_.map("repeat");
    sweep_.repetitions.count = static_cast<int>(repeat.integer("count", {1, 1000}, 1));
    sweep_.repetitions.over = repeat.choice<RepeatOver>("over", sweep_.repetitions.over);
    read_list("metrics",
              [&](const std::string& text, const std::string& where) { add_metric(text, where); });
    if (sweep_.metrics.empty()) {
      for (const char* field : kDefaultMetrics) add_metric(field, sweep_.path);
    }
    sweep_.timeout_seconds = root_.quantity("timeout", base::Unit::kSecond, {0.001, 1e7}, 0.0);
  }

  /// Checks the run without any axis, and the metrics against the fields that it reports. Values of
  /// axes are checked with the points, since a value may be allowed only together with that of
  /// another axis.
  void check_base(base::Diagnostics& problems) const {
    if (!base_) return problems.add(base_error_);
    const std::vector<std::string> fields = metric_fields(*base_);
    for (const Metric& metric : sweep_.metrics) {
      if (std::binary_search(fields.begin(), fields.end(), metric.field)) continue;
      problems.add(fmt::format("{}: metrics: got {}, allowed {}", metric.where, metric.field,
                               fmt::join(fields, ", ")));
    }
  }

 private:
  /// Reads the run without any axis, which also tells the types of its keys.
  void read_base() {
    try {
      base_ = sim::load_run(sweep_.run, sweep_.settings);
    } catch (const base::UserError& error) {
      base_error_ = error.what();
    }
  }

  template <typename Take>
  void read_list(const char* key, const Take& take) {
    const base::ConfigMap list = root_.list(key);
    for (const std::string& i : list.keys()) take(list.text(i), list.location(i));
  }

  void add_metric(const std::string& field, const std::string& where) {
    std::string column = field;
    std::replace(column.begin(), column.end(), '.', '_');
    sweep_.metrics.push_back({field, std::move(column), where});
  }

  void read_sampling(const base::ConfigMap& map) {
    sweep_.sampling.method = map.choice<SamplingMethod>("method", sweep_.sampling.method);
    if (sweep_.sampling.method == SamplingMethod::kGrid) return;
    sweep_.sampling.count =
        static_cast<std::size_t>(map.integer("count", {1, static_cast<int>(kMaxPoints)}));
    sweep_.sampling.seed = static_cast<std::uint64_t>(map.integer("seed", {0, INT64_MAX}, 1));
  }

  void read_axes(const base::ConfigMap& axes) {
    std::set<std::string> taken;
    for (const std::string& name : axes.keys()) {
      std::vector<Axis::Key> keys;
      const bool linked = axes.kind(name) == base::ConfigKind::kMap && !axes.map(name).has("from");
      if (linked) {
        const base::ConfigMap map = axes.map(name);
        for (const std::string& key : map.keys()) keys.push_back(read_key(map, key));
      } else {
        keys.push_back(read_key(axes, name));
      }
      for (const Axis::Key& key : keys) {
        if (!taken.insert(key.key).second) {
          file_.error(axes.path(name), fmt::format("{} is also in another axis", key.key));
        }
      }
      if (keys.empty()) {
        file_.error(axes.path(name), "has no keys");
      } else if (check_lengths(axes, name, keys)) {
        sweep_.axes.emplace_back(name, std::move(keys));
      }
    }
    if (axes.keys().empty()) file_.error("axes", "is empty");
    if (max_points(sweep_.axes, sweep_.sampling) > kMaxPoints) {
      file_.error("axes", fmt::format("got {:.0f} points, allowed at most {:.0f}",
                                      max_points(sweep_.axes, sweep_.sampling), kMaxPoints));
    }
  }

  bool check_lengths(const base::ConfigMap& axes, const std::string& name,
                     const std::vector<Axis::Key>& keys) {
    std::vector<std::string> lengths;
    bool equal = true;
    for (const Axis::Key& key : keys) {
      lengths.push_back(fmt::format("{} has {}", key.key, key.values.size()));
      equal = equal && key.values.size() == keys.front().values.size();
    }
    if (!equal) {
      file_.error(axes.path(name),
                  fmt::format("keys that step together need the same number of values: {}",
                              fmt::join(lengths, ", ")));
    }
    return equal;
  }

  /// Returns a value as --set takes it.
  static std::string value(const base::ConfigMap& list, const std::string& item) {
    if (list.kind(item) != base::ConfigKind::kList) return list.text(item);
    const base::ConfigMap names = list.list(item);
    std::vector<std::string> texts;
    for (const std::string& i : names.keys()) texts.push_back(base::quoted(names.text(i), '\''));
    return fmt::format("[{}]", fmt::join(texts, ", "));
  }

  Axis::Key read_key(const base::ConfigMap& parent, const std::string& name) {
    Axis::Key key{name, parent.location(name), {}, {}, std::nullopt};
    if (parent.kind(name) != base::ConfigKind::kMap) {
      const base::ConfigMap list = parent.list(name);
      for (const std::string& i : list.keys()) {
        key.values.push_back(value(list, i));
        key.places.push_back(list.location(i));
      }
      if (key.values.empty()) file_.error(parent.path(name), "has no values");
    } else {
      read_range(parent.map(name), parent.path(name), key);
    }
    return key;
  }

  /// The type of the key decides, not how its values are written. A key that is not known has an
  /// error of its own.
  bool is_whole(const std::string& key, const Number& from, const Number& to) const {
    const auto type = types_.type(key);
    return type ? *type == base::KeyType::kInteger : from.whole && to.whole;
  }

  void read_range(const base::ConfigMap& map, const std::string& path, Axis::Key& key) {
    const auto from = Number::parse(map.text("from"));
    const auto to = Number::parse(map.text("to"));
    const auto scale = map.choice<Scale>("scale", Scale::kLinear);
    const auto steps = static_cast<std::size_t>(map.integer("steps", {2, 100'000}, 0));
    const std::string step_text = map.text("step", "");
    if (!from || !to || from->unit != to->unit) {
      file_.error(path, "from and to: expected two numbers, with the same unit or none");
      return;
    }
    if (from->value >= to->value) file_.error(path, "from must be less than to");
    if (scale == Scale::kLogarithmic && from->value <= 0.0) {
      file_.error(path, "scale: log needs from to be greater than 0");
    }
    const ValueRange range(*from, *to, scale, is_whole(key.key, *from, *to));
    const bool grid = sweep_.sampling.method == SamplingMethod::kGrid;
    if (map.has("step")) {
      const auto step = Number::parse(step_text);
      if (!step || step->unit != from->unit || step->value <= 0.0 || scale == Scale::kLogarithmic ||
          map.has("steps")) {
        file_.error(map.path("step"),
                    "expected a number above 0 with the unit of from, and neither steps nor "
                    "scale: log beside it");
      } else if (const double last = (to->value - from->value) / step->value; last > kMaxPoints) {
        file_.error(map.path("step"), fmt::format("makes {:.0f} values, allowed at most {:.0f}",
                                                  std::floor(last) + 1, kMaxPoints));
      } else {
        key.values = range.by(step->value);
      }
    } else if (map.has("steps")) {
      if (from->value < to->value) key.values = range.steps(steps);
    } else if (grid) {
      file_.error(path, "a grid needs steps (number of values) or step (distance between values)");
    } else {
      key.range = range;
    }
  }

  base::ConfigFile& file_;
  base::ConfigMap root_;
  SweepFile& sweep_;
  base::KeyRecorder types_;
  std::optional<sim::RunConfig> base_;
  std::string base_error_;  ///< why there is none
};

/// Checks that column names are unique.
void check_columns(const SweepFile& sweep, base::Diagnostics& problems) {
  std::set<std::string> seen = kOwnColumns;
  for (const Metric& metric : sweep.metrics) {
    if (seen.insert(metric.column).second) continue;
    problems.add(
        fmt::format("{}: metrics: there is already a column {}", metric.where, metric.field));
  }
}

std::string suffix(const std::string& key, int parts) {
  std::size_t begin = key.size();
  for (int i = 0; i < parts && begin != std::string::npos && begin > 0; ++i) {
    begin = key.rfind('.', begin - 1);
  }
  std::string name = begin == std::string::npos || begin == 0 ? key : key.substr(begin + 1);
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

}  // namespace

std::vector<Axis::Key> SweepFile::keys() const {
  std::vector<Axis::Key> all;
  for (const Axis& axis : axes) all.insert(all.end(), axis.keys().begin(), axis.keys().end());
  return all;
}

std::vector<std::string> SweepFile::columns() const {
  std::set<std::string> taken = kOwnColumns;
  for (const Metric& metric : metrics) taken.insert(metric.column);
  const std::vector<Axis::Key> all = keys();
  std::vector<std::string> names;
  for (const Axis::Key& key : all) {
    int parts = 1;
    const auto clear = [&] {
      const std::string column = suffix(key.key, parts);
      if (taken.count(column) != 0) return false;
      return std::count_if(all.begin(), all.end(), [&](const Axis::Key& other) {
               return suffix(other.key, parts) == column;
             }) == 1;
    };
    const auto maximum = std::count(key.key.begin(), key.key.end(), '.') + 1;
    while (parts < maximum && !clear()) ++parts;
    names.push_back(suffix(key.key, parts));
  }
  return names;
}

base::Override SweepFile::setting(const std::string& key, const std::string& text,
                                  const std::string& where) const {
  const bool is_path = std::find(kPathKeys.begin(), kPathKeys.end(), key) != kPathKeys.end();
  if (!is_path) return {key, text, where};
  return {key, (std::filesystem::path(path).parent_path() / text).lexically_normal(), where};
}

SweepFile load_sweep(const std::string& path) {
  const std::vector<std::uint8_t> bytes = base::read_file(path);
  SweepFile sweep;
  sweep.path = path;
  sweep.source.assign(bytes.begin(), bytes.end());
  base::ConfigFile file = base::ConfigFile::parse(sweep.source, path);
  SweepReader reader(file, sweep);
  reader.read();
  base::Diagnostics problems;
  problems.collect([&] { file.finish(); });
  reader.check_base(problems);
  check_columns(sweep, problems);
  problems.finish();
  return sweep;
}

}  // namespace spikeloom::explore
