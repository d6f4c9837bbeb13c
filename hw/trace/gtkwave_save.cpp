// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/trace/gtkwave_save.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "spikeloom/base/file.h"

namespace spikeloom::hw {
namespace {

// GTKWave's flags of trace lines.
constexpr unsigned kHex = 0x22;
constexpr unsigned kDecimal = 0x24;
constexpr unsigned kBinary = 0x28;
constexpr unsigned kTranslated = 0x2022;
constexpr unsigned kCurve = 0x88020;
constexpr unsigned kSignedCurve = kCurve | 0x400;
constexpr unsigned kCurveHeight = 0x20000;
constexpr unsigned kGroupBegin = 0x800200;
constexpr unsigned kGroupEnd = 0x1000200;

/// Zoom of the initial view, as a power of two: some hundred cycles of the reference chip.
constexpr int kZoom = -18;

// GTKWave's colours.
constexpr int kOrange = 2;
constexpr int kYellow = 3;
constexpr int kGreen = 4;
constexpr int kBlue = 5;
constexpr int kViolet = 7;
constexpr int kRed = 1;

/// Style of signals by name. A name that ends with '*' stands for all names that begin with the
/// part before it.
struct Style {
  std::string_view name;
  unsigned flags;
  int colour;
};

constexpr std::array kStyles = {
    Style{"state", kTranslated, kGreen},
    Style{"command", kTranslated, kGreen},
    Style{"response", kTranslated, kBlue},
    Style{"running", kBinary, kYellow},
    Style{"tick", kDecimal, kYellow},
    Style{"power_mw", kCurve, kRed},
    Style{"potential_*", kSignedCurve, kViolet},
    Style{"fired_*", kBinary, kRed},
    Style{"spikes", kDecimal, kRed},
    Style{"address", kHex, kBlue},
    Style{"sent", kHex, kBlue},
    Style{"input", kHex, kBlue},
    Style{"output", kHex, kBlue},
};

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

Style style_of(std::string_view name) {
  const auto found = std::find_if(kStyles.begin(), kStyles.end(), [name](const Style& style) {
    if (style.name.back() != '*') return style.name == name;
    const std::string_view start = style.name.substr(0, style.name.size() - 1);
    return name.substr(0, start.size()) == start;
  });
  if (found != kStyles.end()) return *found;
  if (ends_with(name, "_full")) return {name, kBinary, kRed};
  if (ends_with(name, "_busy")) return {name, kBinary, kGreen};
  if (ends_with(name, "_packet")) return {name, kHex, kBlue};
  return {name, kDecimal, kOrange};
}

/// Returns the name of the file that holds the names of a signal's values.
std::string translate_name(const std::string& stem, std::string_view signal) {
  return fmt::format("{}.{}.txt", stem, signal);
}

std::string lines_of(const VcdWriter::Declaration& signal, const std::string& stem) {
  const Style style = style_of(signal.name);
  std::string text = fmt::format("@{:x}\n[color] {}\n", style.flags, style.colour);
  if (!signal.values.empty()) text += "^1 " + translate_name(stem, signal.name) + "\n";
  text += fmt::format("{}.{}\n", fmt::join(signal.scope, "."), signal.ranged_name());
  if ((style.flags & kCurve) == kCurve) text += fmt::format("@{:x}\n-\n-\n", kCurveHeight);
  return text;
}

std::string save_text(const std::string& stem, const std::string& shown,
                      const std::vector<VcdWriter::Declaration>& signals) {
  std::string text =
      fmt::format("[dumpfile] \"{}\"\n[size] 1600 900\n*{} 0\n[sst_width] 220\n", shown, kZoom);
  std::set<std::string> open;
  for (const VcdWriter::Declaration& signal : signals) {
    std::string path;
    for (const std::string& part : signal.scope) {
      path += part + ".";
      if (open.insert(path).second) text += fmt::format("[treeopen] {}\n", path);
    }
  }
  for (std::size_t i = 0; i < signals.size();) {
    const std::vector<std::string>& scope = signals[i].scope;
    const std::string group = fmt::format("{}", fmt::join(scope, "."));
    text += fmt::format("@{:x}\n-{}\n", kGroupBegin, group);
    for (; i < signals.size() && signals[i].scope == scope; ++i) text += lines_of(signals[i], stem);
    text += fmt::format("@{:x}\n-{}\n", kGroupEnd, group);
  }
  return text;
}

}  // namespace

void write_gtkwave_save(const std::string& directory, const std::string& stem,
                        const std::string& shown,
                        const std::vector<VcdWriter::Declaration>& signals) {
  base::write_file(fmt::format("{}/{}.gtkw", directory, stem), save_text(stem, shown, signals));
  std::set<std::string_view> written;
  for (const VcdWriter::Declaration& signal : signals) {
    if (signal.values.empty() || !written.insert(signal.name).second) continue;
    std::string text;
    for (std::size_t value = 0; value < signal.values.size(); ++value) {
      text += fmt::format("{:x} {}\n", value, signal.values[value]);
    }
    base::write_file(fmt::format("{}/{}", directory, translate_name(stem, signal.name)), text);
  }
}

}  // namespace spikeloom::hw
