// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace spikeloom::rtl {

/// A signal as a VCD file declares it.
struct VcdSignal {
  std::string scope;  ///< names joined by dots
  std::string name;   ///< with its range, as GTKWave shows it
};

/// Merges two VCD files of the same time unit into one that shows the signals of both at the same
/// time. Returns the signals of each. Throws base::UserError if a file cannot be read or written.
struct MergedVcd {
  std::vector<VcdSignal> first;
  std::vector<VcdSignal> second;
};
MergedVcd merge_vcd(const std::string& first, const std::string& second, const std::string& merged);

/// Signals of two scopes that are shown one over the other.
struct ScopePair {
  std::string title;
  std::string first;
  std::string second;
};

/// Returns the text of a GTKWave save file for `merged`: a group for each pair, with the signals of
/// its first scope above those of its second one, not those of scopes inside. The view begins
/// before `time`, which the marker shows. The first group is open.
std::string paired_save_file(const std::string& merged, const MergedVcd& signals,
                             const std::vector<ScopePair>& pairs, std::int64_t time);

}  // namespace spikeloom::rtl
