// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace spikeloom::base {

/// What a key of a configuration file holds.
enum class KeyType : std::uint8_t { kInteger, kReal, kQuantity, kChoice, kBoolean, kText };

/// Learns the types of the keys that are read while the object exists, whether the file has them or
/// not. For one thread.
class KeyRecorder {
 public:
  KeyRecorder();
  ~KeyRecorder();
  KeyRecorder(const KeyRecorder&) = delete;
  KeyRecorder& operator=(const KeyRecorder&) = delete;

  /// `key` as for --set: "chip.core.axons".
  std::optional<KeyType> type(const std::string& key) const;

  /// For ConfigMap.
  static void record(const std::string& key, KeyType type);

 private:
  std::map<std::string, KeyType> types_;
  KeyRecorder* outer_;
};

}  // namespace spikeloom::base
