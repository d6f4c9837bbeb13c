// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/base/config_file.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <yaml-cpp/yaml.h>

#include "spikeloom/base/error.h"
#include "spikeloom/base/frozen_files.h"
#include "spikeloom/base/key_recorder.h"
#include "spikeloom/base/list_text.h"
#include "spikeloom/base/parse_number.h"
#include "spikeloom/base/yaml_check.h"

namespace spikeloom::base {
namespace {

/// Problems that a message shows: all, unless the file is another one.
constexpr std::size_t kMostProblems = 100;

/// One node of the flattened tree: a scalar, or a mapping or list whose children are entries of
/// their own.
struct Entry {
  ConfigKind kind = ConfigKind::kMissing;
  std::string scalar;
  std::string where;
  bool overridden = false;
  std::vector<std::string> keys;

  /// What messages call it.
  std::string text() const {
    if (kind == ConfigKind::kMap) return "a mapping";
    if (kind == ConfigKind::kList) return "a list";
    return scalar.empty() ? "nothing" : scalar;
  }
};

ConfigKind kind_of(const YAML::Node& node) {
  if (node.IsMap()) return ConfigKind::kMap;
  if (node.IsSequence()) return ConfigKind::kList;
  return node.IsScalar() ? ConfigKind::kValue : ConfigKind::kMissing;
}

ConfigKind kind_of(const nlohmann::json& node) {
  if (node.is_object()) return ConfigKind::kMap;
  if (node.is_array()) return ConfigKind::kList;
  return node.is_string() || node.is_number() || node.is_boolean() ? ConfigKind::kValue
                                                                   : ConfigKind::kMissing;
}

/// Returns a single value as it would be written in a YAML file.
std::string scalar_of(const nlohmann::json& node) {
  if (node.is_string()) return node.get<std::string>();
  return node.is_number_float() ? fmt::format("{}", node.get<double>()) : node.dump();
}

std::string join(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : path + "." + std::string(key);
}

}  // namespace

struct ConfigFile::State {
  std::string path;
  std::string name;
  std::map<std::string, Entry> entries;
  std::set<std::string> read;
  std::set<std::string> maps{""};  ///< read as mappings or lists
  std::vector<std::string> problems;

  void add(const std::string& key_path, const std::string& problem) {
    const auto entry = entries.find(key_path);
    // A missing key is reported at the location of its nearest parent.
    std::string parent = key_path;
    std::string where = path;
    if (entry != entries.end()) {
      where = entry->second.where;
    } else {
      while (!parent.empty()) {
        const std::size_t dot = parent.rfind('.');
        parent = dot == std::string::npos ? "" : parent.substr(0, dot);
        if (const auto found = entries.find(parent); found != entries.end()) {
          where = found->second.where;
          break;
        }
      }
    }
    problems.push_back(fmt::format("{}: {}: {}", where, join(name, key_path), problem));
  }

  void flatten(const YAML::Node& node, const std::string& key_path) {
    Entry& entry = entries[key_path];
    entry.where = fmt::format("{}:{}:{}", path, node.Mark().line + 1, node.Mark().column + 1);
    entry.kind = kind_of(node);
    if (node.IsScalar()) entry.scalar = node.Scalar();
    for (std::size_t i = 0; node.IsSequence() && i < node.size(); ++i) {
      entries[key_path].keys.push_back(std::to_string(i));
      flatten(node[i], join(key_path, std::to_string(i)));
    }
    if (!node.IsMap()) return;
    for (const auto& item : node) {
      const std::string key = item.first.IsScalar() ? item.first.Scalar() : "?";
      const std::string child = join(key_path, key);
      if (entries.count(child) != 0) {
        add(child, fmt::format("given again at line {}", item.first.Mark().line + 1));
        continue;
      }
      entries[key_path].keys.push_back(key);
      flatten(item.second, child);
    }
  }

  void flatten(const nlohmann::json& node, const std::string& key_path) {
    Entry entry;
    entry.where = path;
    entry.kind = kind_of(node);
    if (entry.kind == ConfigKind::kValue) entry.scalar = scalar_of(node);
    if (node.is_structured()) {
      std::size_t i = 0;
      for (const auto& item : node.items()) {
        const std::string key = node.is_array() ? std::to_string(i++) : item.key();
        const std::string child = join(key_path, key);
        if (entries.count(child) != 0) {
          add(child, "given twice");
          continue;
        }
        entry.keys.push_back(key);
        flatten(item.value(), child);
      }
    }
    entries[key_path] = std::move(entry);
  }

  /// Reports an override that would replace the mapping or list `entry` by a single value.
  void refuse(const Entry& entry, const std::string& key_path, const std::string& where) {
    problems.push_back(fmt::format(
        "{}: {}: is a {} {}", where, join(name, key_path),
        entry.kind == ConfigKind::kList ? "list with the items" : "mapping with the keys",
        list_text(entry.keys)));
  }

  /// Removes what is below `key_path`.
  void forget_below(const std::string& key_path) {
    const std::string below = key_path + ".";
    auto old = entries.lower_bound(below);
    while (old != entries.end() && old->first.compare(0, below.size(), below) == 0) {
      old = entries.erase(old);
    }
    entries[key_path].keys.clear();
  }

  /// Puts the list of an override, "[a, b]", in the place of `child` and its items.
  void replace_by_list(const std::string& child, const std::string& value,
                       const std::string& where) {
    const auto refuse_value = [&] {
      problems.push_back(fmt::format("{}: {}: got {}, expected a list of values: [a, b, c]", where,
                                     join(name, child), value));
    };
    YAML::Node list;
    try {
      check_yaml(value, where);
      list = YAML::Load(value);
    } catch (const YAML::Exception&) {
      return refuse_value();
    } catch (const UserError& error) {
      problems.emplace_back(error.what());
      return;
    }
    const bool values_only =
        list.IsSequence() &&
        std::all_of(list.begin(), list.end(), [](const auto& item) { return item.IsScalar(); });
    if (!values_only) return refuse_value();
    forget_below(child);
    Entry& entry = entries[child];
    entry = {};
    entry.kind = ConfigKind::kList;
    entry.overridden = true;
    entry.where = where;
    for (std::size_t i = 0; i < list.size(); ++i) {
      entry.keys.push_back(std::to_string(i));
      Entry& item = entries[join(child, entry.keys.back())];
      item = {};
      item.kind = ConfigKind::kValue;
      item.scalar = list[i].Scalar();
      item.overridden = true;
      item.where = where;
    }
  }

  void apply(const Override& change) {
    std::string parent;
    std::string rest = change.path;
    const std::string where =
        change.origin.empty() ? fmt::format("--set {}={}", join(name, change.path), change.value)
                              : change.origin;
    while (true) {
      const std::size_t dot = rest.find('.');
      const std::string key = rest.substr(0, dot);
      const std::string child = join(parent, key);
      if (entries.count(child) == 0) {
        // An override cannot add items to a list.
        Entry& above = entries[parent];
        if (above.kind == ConfigKind::kList) return refuse(above, parent, where);
        above.keys.push_back(key);
      }
      Entry& entry = entries[child];
      if (dot == std::string::npos) {
        if (!change.value.empty() && change.value.front() == '[' &&
            (entry.kind == ConfigKind::kList || entry.kind == ConfigKind::kMissing)) {
          return replace_by_list(child, change.value, where);
        }
        if (entry.kind == ConfigKind::kMap || entry.kind == ConfigKind::kList) {
          entry.where = where;
          return refuse(entry, child, where);
        }
        entry.kind = ConfigKind::kValue;
        entry.scalar = change.value;
        entry.overridden = true;
        entry.where = where;
        return;
      }
      if (entry.where.empty()) entry.where = where;
      if (entry.kind != ConfigKind::kList) entry.kind = ConfigKind::kMap;
      parent = child;
      rest = rest.substr(dot + 1);
    }
  }
};

ConfigFile::ConfigFile(const std::string& path, std::string name,
                       const std::vector<Override>& overrides)
    : ConfigFile(config_text(path), path, std::move(name), overrides) {}

ConfigFile ConfigFile::parse(const std::string& text, const std::string& path) {
  return ConfigFile(text, path, "", {});
}

ConfigFile ConfigFile::from_json(const nlohmann::json& tree, const std::string& path,
                                 std::string name) {
  if (!tree.is_object()) {
    throw UserError(fmt::format("{}: {}{}expected a mapping of keys to values", path, name,
                                name.empty() ? "" : ": "));
  }
  auto state = std::make_unique<State>();
  state->path = path;
  state->name = std::move(name);
  state->flatten(tree, "");
  return ConfigFile(std::move(state));
}

ConfigFile::ConfigFile(std::unique_ptr<State> state) : state_(std::move(state)) {}

ConfigFile::ConfigFile(const std::string& text, const std::string& path, std::string name,
                       const std::vector<Override>& overrides)
    : state_(std::make_unique<State>()) {
  state_->path = path;
  state_->name = std::move(name);
  try {
    check_yaml(text, path);
    const YAML::Node root = YAML::Load(text);
    if (!root.IsMap()) {
      throw UserError(path + ":1:1: expected a mapping of keys to values");
    }
    state_->flatten(root, "");
  } catch (const YAML::Exception& error) {
    throw UserError(fmt::format("{}:{}:{}: not valid YAML: {}", path, error.mark.line + 1,
                                error.mark.column + 1, error.msg));
  }
  for (const Override& change : overrides) state_->apply(change);
}

ConfigFile::~ConfigFile() = default;

ConfigMap ConfigFile::root() { return ConfigMap(state_.get(), ""); }

const std::string& ConfigFile::path() const { return state_->path; }

void ConfigFile::error(const std::string& key_path, const std::string& problem) {
  state_->add(key_path, problem);
}

bool ConfigFile::good() const { return state_->problems.empty(); }

void ConfigFile::finish() {
  for (const auto& [path, entry] : state_->entries) {
    if (path.empty() || state_->read.count(path) != 0) continue;
    const std::size_t dot = path.rfind('.');
    const std::string parent = dot == std::string::npos ? "" : path.substr(0, dot);
    // One message is enough for an unknown mapping, or one in place of a single value.
    if (state_->maps.count(parent) == 0) continue;
    std::vector<std::string> known;
    for (const std::string& read : state_->read) {
      const std::size_t at = read.rfind('.');
      const std::string above = at == std::string::npos ? "" : read.substr(0, at);
      if (above == parent) known.push_back(at == std::string::npos ? read : read.substr(at + 1));
    }
    state_->add(path, fmt::format("unknown key, allowed here: {}", fmt::join(known, ", ")));
  }
  if (!state_->problems.empty()) {
    throw UserError(list_text(state_->problems, "\n", kMostProblems));
  }
}

std::optional<std::string> ConfigMap::scalar(std::string_view key, KeyType type,
                                             bool has_default) const {
  const std::string key_path = join(path_, key);
  KeyRecorder::record(join(state_->name, key_path), type);
  state_->read.insert(key_path);
  const auto entry = state_->entries.find(key_path);
  if (entry == state_->entries.end()) {
    if (!has_default) state_->add(key_path, "missing, and there is no default");
    return std::nullopt;
  }
  if (entry->second.kind != ConfigKind::kValue) {
    state_->add(key_path, fmt::format("got {}, expected a single value", entry->second.text()));
    return std::nullopt;
  }
  return entry->second.scalar;
}

std::int64_t ConfigMap::integer(std::string_view key, Range<std::int64_t> allowed,
                                std::optional<std::int64_t> default_value) const {
  const auto found = scalar(key, KeyType::kInteger, default_value.has_value());
  if (!found) return default_value.value_or(allowed.minimum);
  const auto value = parse_number<std::int64_t>(*found);
  if (value && *value >= allowed.minimum && *value <= allowed.maximum) return *value;
  state_->add(join(path_, key), fmt::format("got {}, allowed {}..{}{}", *found, allowed.minimum,
                                            allowed.maximum, value ? "" : " (a whole number)"));
  return default_value.value_or(allowed.minimum);
}

double ConfigMap::real(std::string_view key, Range<double> allowed,
                       std::optional<double> default_value) const {
  const auto found = scalar(key, KeyType::kReal, default_value.has_value());
  if (!found) return default_value.value_or(allowed.minimum);
  const auto value = parse_number<double>(*found);
  if (value && *value >= allowed.minimum && *value <= allowed.maximum) return *value;
  state_->add(join(path_, key), fmt::format("got {}, allowed {}..{}{}", *found, allowed.minimum,
                                            allowed.maximum, value ? "" : " (a number)"));
  return default_value.value_or(allowed.minimum);
}

bool ConfigMap::boolean(std::string_view key, std::optional<bool> default_value) const {
  const auto found = scalar(key, KeyType::kBoolean, default_value.has_value());
  if (!found) return default_value.value_or(false);
  if (*found == "true") return true;
  if (*found == "false") return false;
  state_->add(join(path_, key), fmt::format("got {}, allowed true, false", *found));
  return default_value.value_or(false);
}

std::string ConfigMap::text(std::string_view key,
                            const std::optional<std::string>& default_value) const {
  const auto found = scalar(key, KeyType::kText, default_value.has_value());
  if (!found) return default_value.value_or("");
  if (found->empty() && !default_value) state_->add(join(path_, key), "is empty");
  return *found;
}

std::size_t ConfigMap::choice(std::string_view key, const std::vector<std::string_view>& names,
                              std::optional<std::size_t> default_value) const {
  const auto found = scalar(key, KeyType::kChoice, default_value.has_value());
  if (!found) return default_value.value_or(0);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (*found == names[i]) return i;
  }
  state_->add(join(path_, key), fmt::format("got {}, allowed {}", *found, fmt::join(names, ", ")));
  return default_value.value_or(0);
}

double ConfigMap::quantity(std::string_view key, Unit unit, Range<double> allowed,
                           std::optional<double> default_value) const {
  const auto found = scalar(key, KeyType::kQuantity, default_value.has_value());
  if (!found) return default_value.value_or(allowed.minimum);
  const auto value = parse_quantity(*found, unit);
  if (value && *value >= allowed.minimum && *value <= allowed.maximum) return *value;
  state_->add(
      join(path_, key),
      fmt::format("got {}, allowed {} to {}{}", *found, format_quantity(allowed.minimum, unit),
                  format_quantity(allowed.maximum, unit),
                  value ? "" : fmt::format(" (a number and its unit, {})", symbol(unit))));
  return default_value.value_or(allowed.minimum);
}

bool ConfigMap::has(std::string_view key) const {
  return state_->entries.count(join(path_, key)) != 0;
}

bool ConfigMap::overridden(std::string_view key) const {
  const auto entry = state_->entries.find(join(path_, key));
  return entry != state_->entries.end() && entry->second.overridden;
}
void ConfigMap::skip(std::string_view key) const { state_->read.insert(join(path_, key)); }

ConfigMap ConfigMap::child(std::string_view key, ConfigKind kind, const char* expected) const {
  const std::string key_path = join(path_, key);
  state_->read.insert(key_path);
  state_->maps.insert(key_path);
  const auto entry = state_->entries.find(key_path);
  if (entry != state_->entries.end() && entry->second.kind != kind) {
    state_->add(key_path, fmt::format("got {}, expected {}", entry->second.text(), expected));
    // What is in a mapping are no items of a list.
    if (kind == ConfigKind::kList) state_->forget_below(key_path);
  }
  return ConfigMap(state_, key_path);
}

ConfigMap ConfigMap::map(std::string_view key) const {
  return child(key, ConfigKind::kMap, "a mapping of keys to values");
}

ConfigMap ConfigMap::list(std::string_view key) const {
  return child(key, ConfigKind::kList, "a list: [a, b, c]");
}

ConfigKind ConfigMap::kind(std::string_view key) const {
  const auto entry = state_->entries.find(join(path_, key));
  return entry == state_->entries.end() ? ConfigKind::kMissing : entry->second.kind;
}

std::vector<std::string> ConfigMap::keys() const {
  const auto entry = state_->entries.find(path_);
  return entry == state_->entries.end() ? std::vector<std::string>{} : entry->second.keys;
}

std::string ConfigMap::path(std::string_view key) const { return join(path_, key); }

std::string ConfigMap::location(std::string_view key) const {
  const auto entry = state_->entries.find(join(path_, key));
  return entry == state_->entries.end() ? state_->path : entry->second.where;
}

Override parse_override(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw UserError(fmt::format("--set {}: expected key=value, e.g. chip.core.axons=512", text));
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

}  // namespace spikeloom::base
