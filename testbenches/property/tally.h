// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "testbenches/property/isolated.h"

namespace spikeloom::property {

/// Counts of cases. Features are those of the cases that passed.
struct Tally {
  std::uint64_t cases = 0;
  std::uint64_t refused = 0;
  std::uint64_t failed = 0;
  double seconds = 0;
  std::map<std::string, std::uint64_t> features;
  std::map<std::string, std::uint64_t> refusals;  ///< by text, without names and numbers

  void add(const Tried& tried);
  void add(const Tally& other);
  /// Returns the features that no case had.
  std::vector<std::string> missing() const;
  std::string table() const;

  /// Throws base::UserError if the file cannot be read or written.
  void save(const std::string& path) const;
  static Tally load(const std::string& path);
};

}  // namespace spikeloom::property
