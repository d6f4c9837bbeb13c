// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "spikeloom/base/directory.h"
#include "spikeloom/sim/results/csv_file.h"

namespace spikeloom::sim {

/// The files of a run's results. They are written beside those of an earlier run, whose place they
/// take when all of them are complete. Whatever happens, summary.json is never beside files of
/// another run: it is removed first and comes last.
class ResultDirectory {
 public:
  /// Creates the directory unless it exists. Throws base::UserError if it cannot be written.
  explicit ResultDirectory(std::filesystem::path path);

  void write(std::string_view name, std::string_view text);
  void write(std::string_view name, const std::function<void(const TextSink&)>& text);
  void write(std::string_view name, const std::vector<std::uint8_t>& bytes);
  /// Puts the files in place, and removes the result files of an earlier run that this one lacks.
  void publish();

 private:
  std::string staged(std::string_view name);

  std::filesystem::path path_;
  base::TemporaryDirectory staging_;
  std::set<std::string> names_;
};

}  // namespace spikeloom::sim
