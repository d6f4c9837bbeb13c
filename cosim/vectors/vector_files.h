// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "spikeloom/arch/chip_description.h"
#include "spikeloom/cosim/vectors/core_vectors.h"
#include "spikeloom/cosim/vectors/router_vectors.h"

namespace spikeloom::cosim {

/// Text files by name.
using Files = std::map<std::string, std::string>;

/// Golden vectors of one or more parts of a chip. docs/rtl.md describes the files.
class VectorFiles {
 public:
  /// `run` is what they were recorded of, as JSON: the network and the images.
  VectorFiles(const arch::ChipDescription& chip, nlohmann::ordered_json run);

  /// Adds the vectors of core `number`.
  void add(const CoreVectors& vectors, int number);
  /// Adds the vectors of router `number`.
  void add(const RouterVectors& vectors, std::uint32_t number);

  /// Returns the names of the testbenches that replay the vectors.
  const std::vector<std::string>& testbenches() const { return testbenches_; }
  const nlohmann::ordered_json& description() const { return description_; }
  /// Returns all files, with those of `rtl`: the testbenches and what they need, in the order of
  /// the list `file_list`, which is one of them.
  Files files(const Files& rtl, const std::string& file_list) const;

 private:
  void add_track(const std::string& name, const PinTrack& track,
                 const std::vector<PinTrack::Line>& lines, const std::string& content);
  std::string readme() const;

  const arch::ChipDescription& chip_;
  nlohmann::ordered_json description_;
  std::vector<std::string> testbenches_;
  std::vector<std::string> packages_;
  Files files_;
};

}  // namespace spikeloom::cosim
