// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "spikeloom/base/enum_names.h"
#include "spikeloom/base/units.h"

namespace spikeloom::base {

/// A value set from outside of the file: the path below the file's root, "core.axons", and its
/// text.
struct Override {
  std::string path;
  std::string value;
  std::string where = {};  ///< named in messages; empty: the command line, "--set core.axons=512"
};

/// Bounds of a number, both ends allowed.
template <typename T>
struct Range {
  T minimum;
  T maximum;
};

/// What stands at a key.
enum class ConfigKind { kMissing, kValue, kMap, kList };

class ConfigMap;

/// A YAML file being read. Every problem is collected with its place, so that the user sees all of
/// a file's errors at once; `finish` throws them as one UserError.
class ConfigFile {
 public:
  /// Reads `path`; `name` is what keys are called in messages ("chip" gives "chip.core.axons").
  /// Throws UserError where the file cannot be read or is not YAML.
  ConfigFile(const std::string& path, std::string name,
             const std::vector<Override>& overrides = {});
  /// Of a text in place of a file; `path` is what it is called in messages.
  static ConfigFile parse(const std::string& text, const std::string& path);
  /// Of JSON that is part of the file `path`: objects are mappings, arrays are lists. Throws
  /// UserError where `tree` is no object.
  static ConfigFile from_json(const nlohmann::json& tree, const std::string& path,
                              std::string name);
  ~ConfigFile();
  ConfigFile(const ConfigFile&) = delete;
  ConfigFile& operator=(const ConfigFile&) = delete;

  ConfigMap root();
  const std::string& path() const;
  /// Adds a problem at `key_path` (below the root), for checks across keys.
  void error(const std::string& key_path, const std::string& problem);
  /// Whether there is none so far: checks across keys would only repeat what is wrong with one.
  bool good() const;
  /// Throws every problem found so far, with unknown keys, or returns.
  void finish();

 private:
  friend class ConfigMap;
  struct State;
  explicit ConfigFile(std::unique_ptr<State> state);
  ConfigFile(const std::string& text, const std::string& path, std::string name,
             const std::vector<Override>& overrides);
  std::unique_ptr<State> state_;
};

/// One mapping of a ConfigFile. A getter without a default wants its key to be there. After an
/// error the getters give the default, or the least value allowed, and go on.
class ConfigMap {
 public:
  std::int64_t integer(std::string_view key, Range<std::int64_t> allowed,
                       std::optional<std::int64_t> default_value = std::nullopt) const;
  double real(std::string_view key, Range<double> allowed,
              std::optional<double> default_value = std::nullopt) const;
  bool boolean(std::string_view key, std::optional<bool> default_value = std::nullopt) const;
  std::string text(std::string_view key,
                   std::optional<std::string> default_value = std::nullopt) const;
  /// One of `names`; returns its index.
  std::size_t choice(std::string_view key, const std::vector<std::string_view>& names,
                     std::optional<std::size_t> default_value = std::nullopt) const;
  /// The value of that name, of an enumeration as in enum_names.h.
  template <typename Enum>
  Enum choice(std::string_view key, std::optional<Enum> default_value = std::nullopt) const {
    constexpr auto kNames = all_names<Enum>();
    std::optional<std::size_t> index;
    if (default_value) index = static_cast<std::size_t>(*default_value);
    return static_cast<Enum>(choice(key, {kNames.begin(), kNames.end()}, index));
  }
  /// A number with its unit, "252 MHz", in the unit without prefix.
  double quantity(std::string_view key, Unit unit, Range<double> allowed,
                  std::optional<double> default_value = std::nullopt) const;
  bool has(std::string_view key) const;
  /// The mapping below `key`; where it is missing, an empty one.
  ConfigMap map(std::string_view key) const;
  /// The sequence below `key`, its items under the keys 0, 1, ...; where it is missing, an empty
  /// one.
  ConfigMap list(std::string_view key) const;
  ConfigKind kind(std::string_view key) const;
  /// All keys, in the order of the file.
  std::vector<std::string> keys() const;
  /// The path of `key` below the root, for ConfigFile::error.
  std::string path(std::string_view key) const;
  /// Where `key` stands, "chip.yaml:12:3".
  std::string where(std::string_view key) const;

 private:
  friend class ConfigFile;
  ConfigMap(ConfigFile::State* state, std::string path) : state_(state), path_(std::move(path)) {}
  std::optional<std::string> scalar(std::string_view key, bool has_default) const;
  ConfigMap below(std::string_view key, ConfigKind kind, const char* expected) const;

  ConfigFile::State* state_;
  std::string path_;
};

/// Splits "key=value". Throws UserError where there is no '=' or no key.
Override parse_override(const std::string& text);

}  // namespace spikeloom::base
