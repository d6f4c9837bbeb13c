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
#include "spikeloom/base/key_recorder.h"
#include "spikeloom/base/units.h"

namespace spikeloom::base {

/// A value that overrides the file's: the key's path below the root ("core.axons") and the value as
/// text.
struct Override {
  std::string path;
  std::string value;
  std::string origin = {};  ///< origin named in messages; if empty, "--set core.axons=512"
};

/// Closed range of allowed numbers.
template <typename T>
struct Range {
  T minimum;
  T maximum;
};

/// Kind of node found at a key.
enum class ConfigKind { kMissing, kValue, kMap, kList };

class ConfigMap;

/// A YAML file being read. Every problem is collected with its location, so that the user sees all
/// errors of a file at once; `finish` throws them as one UserError.
class ConfigFile {
 public:
  /// Reads the file `path`. `name` is the prefix of keys in messages ("chip" gives
  /// "chip.core.axons"). Throws UserError if the file cannot be read or is not valid YAML.
  ConfigFile(const std::string& path, std::string name,
             const std::vector<Override>& overrides = {});
  /// Parses `text` instead of a file; `path` is its name in messages.
  static ConfigFile parse(const std::string& text, const std::string& path);
  /// Reads JSON that is part of the file `path`: objects become mappings, arrays become lists.
  /// Throws UserError if `tree` is not an object.
  static ConfigFile from_json(const nlohmann::json& tree, const std::string& path,
                              std::string name);
  ~ConfigFile();
  ConfigFile(const ConfigFile&) = delete;
  ConfigFile& operator=(const ConfigFile&) = delete;

  ConfigMap root();
  const std::string& path() const;
  /// Adds a problem at `key_path` (below the root), for checks that involve several keys.
  void error(const std::string& key_path, const std::string& problem);
  /// Whether no problem has been found so far. After one, checks across keys would only repeat it.
  bool good() const;
  /// Throws a UserError with all problems found, including unknown keys; returns if there are none.
  void finish();

 private:
  friend class ConfigMap;
  struct State;
  explicit ConfigFile(std::unique_ptr<State> state);
  ConfigFile(const std::string& text, const std::string& path, std::string name,
             const std::vector<Override>& overrides);
  std::unique_ptr<State> state_;
};

/// One mapping of a ConfigFile. A getter without a default value requires its key. After an error,
/// a getter returns the default value or the smallest allowed value, so that reading continues.
class ConfigMap {
 public:
  std::int64_t integer(std::string_view key, Range<std::int64_t> allowed,
                       std::optional<std::int64_t> default_value = std::nullopt) const;
  double real(std::string_view key, Range<double> allowed,
              std::optional<double> default_value = std::nullopt) const;
  bool boolean(std::string_view key, std::optional<bool> default_value = std::nullopt) const;
  std::string text(std::string_view key,
                   const std::optional<std::string>& default_value = std::nullopt) const;
  /// Reads one of `names` and returns its index.
  std::size_t choice(std::string_view key, const std::vector<std::string_view>& names,
                     std::optional<std::size_t> default_value = std::nullopt) const;
  /// Reads the name of an enumeration value (see enum_names.h).
  template <typename Enum>
  Enum choice(std::string_view key, std::optional<Enum> default_value = std::nullopt) const {
    constexpr auto kNames = all_names<Enum>();
    std::optional<std::size_t> index;
    if (default_value) index = static_cast<std::size_t>(*default_value);
    return static_cast<Enum>(choice(key, {kNames.begin(), kNames.end()}, index));
  }
  /// Reads a number with its unit, such as "252 MHz". `allowed` and the result are in the unit
  /// without prefix.
  double quantity(std::string_view key, Unit unit, Range<double> allowed,
                  std::optional<double> default_value = std::nullopt) const;
  bool has(std::string_view key) const;
  /// Whether the value at `key` is that of an override, not the file's.
  bool overridden(std::string_view key) const;
  /// Marks `key` as read, with all below it, for a key that another message is about.
  void skip(std::string_view key) const;
  /// Returns the mapping at `key`, or an empty one if the key is missing.
  ConfigMap map(std::string_view key) const;
  /// Returns the list at `key`, with its items under the keys 0, 1, ..., or an empty one if the key
  /// is missing.
  ConfigMap list(std::string_view key) const;
  ConfigKind kind(std::string_view key) const;
  /// Returns all keys in the order of the file.
  std::vector<std::string> keys() const;
  /// Returns the path of `key` below the root, for ConfigFile::error.
  std::string path(std::string_view key) const;
  /// Returns the location of `key`: "chip.yaml:12:3".
  std::string location(std::string_view key) const;

 private:
  friend class ConfigFile;
  ConfigMap(ConfigFile::State* state, std::string path) : state_(state), path_(std::move(path)) {}
  std::optional<std::string> scalar(std::string_view key, KeyType type, bool has_default) const;
  ConfigMap child(std::string_view key, ConfigKind kind, const char* expected) const;

  ConfigFile::State* state_;
  std::string path_;
};

/// Splits "key=value". Throws UserError if the '=' or the key is missing.
Override parse_override(const std::string& text);

}  // namespace spikeloom::base
