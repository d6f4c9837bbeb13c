// SPDX-License-Identifier: Apache-2.0
#include "cli/inspect/crossbar_view.h"

#include <algorithm>

#include <fmt/format.h>

namespace spikeloom::cli {
namespace {

constexpr int kStrip = 64;
constexpr std::size_t kLabel = 14;

char symbol(int weight) {
  if (weight == 0) return '.';
  if (weight > 1) return '#';
  return weight > 0 ? '+' : '-';
}

/// Rows first..last that are equal in the strip.
struct Run {
  std::size_t first;
  std::size_t last;
  std::string weights;
};

std::vector<Run> runs(const std::vector<std::string>& rows, std::size_t from, std::size_t count) {
  std::vector<Run> result;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    std::string weights = rows[row].substr(from, count);
    if (!result.empty() && result.back().weights == weights) {
      result.back().last = row;
    } else {
      result.push_back({row, row, std::move(weights)});
    }
  }
  return result;
}

/// Returns a line with a number above every tenth dendrite.
std::string ruler(int first, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    if ((first + i) % 10 != 0 && i != 0) continue;
    const std::string number = fmt::format("{}", first + i);
    const auto at = static_cast<std::size_t>(i);
    // The first number of the strip may overlap the next one.
    if (!text.empty() && text.size() >= at) continue;
    text.resize(at, ' ');
    text += number;
  }
  return fmt::format("{:<{}}{}\n", "axons", kLabel, text);
}

}  // namespace

std::vector<std::string> crossbar_rows(const mapper::CoreReadback& core,
                                       const arch::GroupEntry& group) {
  std::vector<std::string> rows;
  for (int axon = 0; axon < group.axons; ++axon) {
    std::string row;
    for (int d = 0; d < group.dendrites; ++d) {
      row += symbol(core.weight(axon, group.first_dendrite + d));
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string crossbar_text(const std::vector<std::string>& rows, const arch::GroupEntry& group,
                          const LineLimit& limit) {
  std::string text;
  for (int from = 0; from < group.dendrites; from += kStrip) {
    const int count = std::min(kStrip, group.dendrites - from);
    const std::vector<Run> lines =
        runs(rows, static_cast<std::size_t>(from), static_cast<std::size_t>(count));
    text += ruler(group.first_dendrite + from, count);
    for (std::size_t i = 0; i < limit.shown(lines.size()); ++i) {
      const Run& run = lines[i];
      const std::string label = run.first == run.last ? fmt::format("{}", run.first)
                                                      : fmt::format("{}..{}", run.first, run.last);
      text += fmt::format("{:<{}}{}\n", label, kLabel, run.weights);
    }
    text += limit.rest(lines.size(), "rows");
  }
  return text;
}

}  // namespace spikeloom::cli
