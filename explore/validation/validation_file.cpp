// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/explore/validation/validation_file.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "spikeloom/base/config_file.h"
#include "spikeloom/base/enum_names.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/units.h"

namespace spikeloom::explore {
namespace {

constexpr double kSmallest = 1e-15;
constexpr double kLargest = 1e15;

std::optional<base::Unit> unit(Figure figure) {
  switch (figure) {
    case Figure::kTime:
      return base::Unit::kSecond;
    case Figure::kEnergy:
    case Figure::kEnergyPerSop:
      return base::Unit::kJoule;
    case Figure::kPower:
      return base::Unit::kWatt;
    case Figure::kEfficiency:
      return base::Unit::kOperationsPerJoule;
    case Figure::kSopRate:
      return base::Unit::kOperationsPerSecond;
    case Figure::kTickRate:
      return base::Unit::kHertz;
    case Figure::kArea:
      return std::nullopt;
  }
  return std::nullopt;
}

PublishedFigure read_figure(const base::ConfigMap& map, Figure figure) {
  PublishedFigure published;
  published.figure = figure;
  const auto of = unit(figure);
  published.value = of ? map.quantity("published", *of, {kSmallest, kLargest})
                       : map.real("published", {kSmallest, kLargest});
  published.fitted = map.choice("status", {"fitted", "predicted"}) == 0;
  published.tolerance = map.real("tolerance", {0.0, 10.0});
  published.source = map.text("source", "");
  return published;
}

std::vector<std::string> read_texts(const base::ConfigMap& map, std::string_view key) {
  std::vector<std::string> texts;
  if (!map.has(key)) return texts;
  const base::ConfigMap list = map.list(key);
  for (const std::string& item : list.keys()) texts.push_back(list.text(item));
  return texts;
}

std::vector<Activity> read_activities(const base::ConfigMap& map) {
  if (!map.has("activities")) return {{}};
  const base::ConfigMap all = map.map("activities");
  std::vector<Activity> activities;
  for (const std::string& name : all.keys()) activities.push_back({name, read_texts(all, name)});
  return activities;
}

std::optional<double> read_count(const base::ConfigMap& map, std::string_view key,
                                 base::Range<double> allowed) {
  return map.has(key) ? std::optional(map.real(key, allowed)) : std::nullopt;
}

ValidationCase read_case(base::ConfigFile& file, const base::ConfigMap& map, std::string name,
                         const std::filesystem::path& folder) {
  ValidationCase item;
  item.name = std::move(name);
  item.run = (folder / map.text("run")).lexically_normal();
  item.settings = read_texts(map, "settings");
  item.activities = read_activities(map);
  if (item.activities.empty()) file.error(map.path("activities"), "is empty");
  item.networks = read_texts(map, "networks");
  item.data = map.text("data", "");
  item.spikes = read_count(map, "spikes", {1.0, 1e12});
  item.paper_sop = read_count(map, "paper_sop", {1.0, 1e15});
  item.accuracy = read_count(map, "accuracy", {0.0, 1.0});
  const base::ConfigMap figures = map.map("figures");
  for (const Figure figure : base::all_values<Figure>()) {
    if (figures.has(explore::name(figure))) {
      item.figures.push_back(read_figure(figures.map(explore::name(figure)), figure));
    }
  }
  if (item.figures.empty()) file.error(map.path("figures"), "is empty");
  return item;
}

Parameter read_parameter(base::ConfigFile& file, const base::ConfigMap& map) {
  Parameter parameter;
  parameter.key = map.text("key");
  parameter.fitted_to = map.text("case");
  parameter.figure = map.choice<Figure>("figure");
  parameter.minimum = map.real("min", {-kLargest, kLargest});
  parameter.maximum = map.real("max", {-kLargest, kLargest});
  parameter.step = map.real("step", {kSmallest, kLargest});
  parameter.value = map.real("value", {-kLargest, kLargest});
  parameter.unit = map.text("unit", "");
  if (parameter.value < parameter.minimum || parameter.value > parameter.maximum) {
    file.error(map.path("value"), fmt::format("got {}, allowed {}..{} (min, max)", parameter.value,
                                              parameter.minimum, parameter.maximum));
  }
  return parameter;
}

Mechanism read_mechanism(base::ConfigFile& file, const base::ConfigMap& map, std::string name) {
  Mechanism mechanism;
  mechanism.name = std::move(name);
  mechanism.title = map.text("title");
  mechanism.rank = static_cast<int>(map.integer("rank", {1, 1000}));
  mechanism.settings = read_texts(map, "settings");
  const base::ConfigMap parameters = map.list("parameters");
  for (const std::string& item : parameters.keys()) {
    mechanism.parameters.push_back(read_parameter(file, parameters.map(item)));
  }
  return mechanism;
}

/// Returns the items that are named in `only`, in its order; all of them if it is empty. `option`
/// is the option named in the error message.
template <class Item>
std::vector<Item> selected(const std::vector<Item>& items, const std::vector<std::string>& only,
                           std::string_view option) {
  if (only.empty()) return items;
  std::vector<Item> result;
  for (const std::string& name : only) {
    const auto found = std::find_if(items.begin(), items.end(),
                                    [&](const Item& item) { return item.name == name; });
    if (found == items.end()) {
      std::vector<std::string> names;
      for (const Item& item : items) names.push_back(item.name);
      throw base::UserError(
          fmt::format("{}: got {}, allowed {}", option, name, fmt::join(names, ", ")));
    }
    result.push_back(*found);
  }
  return result;
}

/// Checks that every parameter is fitted to a figure that a case has with the status fitted.
void check_parameters(base::ConfigFile& file, const Validation& validation) {
  for (const Mechanism& mechanism : validation.mechanisms) {
    for (std::size_t i = 0; i < mechanism.parameters.size(); ++i) {
      const Parameter& parameter = mechanism.parameters[i];
      const auto item = std::find_if(
          validation.cases.begin(), validation.cases.end(),
          [&](const ValidationCase& found) { return found.name == parameter.fitted_to; });
      const PublishedFigure* const figure =
          item == validation.cases.end() ? nullptr : item->find(parameter.figure);
      if (figure != nullptr && figure->fitted) continue;
      file.error(fmt::format("mechanisms.{}.parameters.{}.case", mechanism.name, i),
                 fmt::format("got {}, allowed cases whose {} has the status fitted",
                             parameter.fitted_to, name(parameter.figure)));
    }
  }
}

Validation read_validation(base::ConfigFile&& file, const std::string& path,
                           const ValidationSelection& only) {
  const base::ConfigMap root = file.root();
  Validation validation;
  validation.source = root.text("source");
  validation.settings = read_texts(root, "settings");
  if (root.has("mechanisms")) {
    const base::ConfigMap mechanisms = root.map("mechanisms");
    for (const std::string& name : mechanisms.keys()) {
      validation.mechanisms.push_back(read_mechanism(file, mechanisms.map(name), name));
    }
  } else {
    validation.mechanisms.emplace_back();
  }
  validation.favoured = root.text("favoured", "");
  const auto is_favoured = [&](const Mechanism& m) { return m.name == validation.favoured; };
  if (!validation.favoured.empty() &&
      std::none_of(validation.mechanisms.begin(), validation.mechanisms.end(), is_favoured)) {
    file.error("favoured",
               fmt::format("got {}, allowed the mechanisms' names", validation.favoured));
  }
  const base::ConfigMap cases = root.map("cases");
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  for (const std::string& name : cases.keys()) {
    validation.cases.push_back(read_case(file, cases.map(name), name, folder));
  }
  if (validation.cases.empty()) file.error("cases", "is empty");
  if (file.good()) check_parameters(file, validation);
  file.finish();
  validation.cases = selected(validation.cases, only.cases, "--case");
  validation.mechanisms = selected(validation.mechanisms, only.mechanisms, "--mechanism");
  return validation;
}

}  // namespace

const PublishedFigure* ValidationCase::find(Figure figure) const {
  const auto found =
      std::find_if(figures.begin(), figures.end(),
                   [&](const PublishedFigure& published) { return published.figure == figure; });
  return found == figures.end() ? nullptr : &*found;
}

std::string Parameter::setting() const {
  return fmt::format("{}={}{}{}", key, value, unit.empty() ? "" : " ", unit);
}

bool Mechanism::at_bound() const {
  return std::any_of(parameters.begin(), parameters.end(),
                     [](const Parameter& parameter) { return parameter.at_bound(); });
}

Validation load_validation(const std::string& path, const ValidationSelection& only) {
  return read_validation(base::ConfigFile(path, ""), path, only);
}

Validation parse_validation(const std::string& text, const std::string& path,
                            const ValidationSelection& only) {
  return read_validation(base::ConfigFile::parse(text, path), path, only);
}

}  // namespace spikeloom::explore
