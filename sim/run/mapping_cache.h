// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "spikeloom/arch/deployment.h"

namespace spikeloom::sim {

/// Keeps mappings in a directory for later runs, a file each, until all together are larger than a
/// limit: then those go that were not used for the longest time. Any number of processes may use a
/// directory at the same time. Where it cannot be read or written, nothing is found or kept.
class MappingCache {
 public:
  /// Sets the limit of of_user(), in MiB.
  static constexpr const char* kLimitVariable = "SPIKELOOM_CACHE_MIB";
  static constexpr std::uint64_t kDefaultLimitMib = 2048;

  enum class State {
    kAbsent,
    kFound,
    kDamaged,  ///< there is a file, but not this mapping as this program keeps it
  };
  struct Found {
    State state = State::kAbsent;
    arch::Deployment deployment;  ///< if found
  };

  /// `limit` is the size of all files together, in bytes.
  MappingCache(std::filesystem::path directory, std::uint64_t limit);
  /// Returns the cache that the runs of a user share (base::cache_directory). Returns nullopt where
  /// there is none: no such directory, a limit of 0, or a program without a build ID. Throws
  /// base::UserError for a limit that is not a number.
  static std::optional<MappingCache> of_user();

  /// Looks for the mapping of a name that stands for all that it depends on (mapping_name).
  Found find(const std::string& name) const;
  /// Keeps a mapping, in place of what is there, unless it alone exceeds the limit. Throws
  /// base::Stopped after Ctrl-C or SIGTERM.
  void keep(const std::string& name, const arch::Deployment& deployment) const;

 private:
  std::filesystem::path path_of(const std::string& key) const;
  void remove_oldest() const;

  std::filesystem::path directory_;
  std::uint64_t limit_;
};

}  // namespace spikeloom::sim
