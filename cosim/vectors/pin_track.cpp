// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/cosim/vectors/pin_track.h"

#include <algorithm>

#include <fmt/format.h>

namespace spikeloom::cosim {

int PinTrack::bits() const { return lowest_bit(pins_.size()) + kCountBits; }

int PinTrack::lowest_bit(std::size_t pin) const {
  // The last pin is in the lowest bits; the number of cycles, before the first pin, in the highest.
  int digits = 0;
  const std::size_t first = pin == pins_.size() ? 0 : pin + 1;
  for (std::size_t i = first; i < pins_.size(); ++i) digits += hex_digits(pins_[i].bits);
  return 4 * digits;
}

void PinTrack::set(std::size_t pin, std::int64_t cycle, std::uint64_t value) {
  changes_.push_back({cycle, pin, static_cast<std::int64_t>(value), false});
}

void PinTrack::mark(std::size_t pin, std::int64_t begin, std::int64_t end) {
  if (begin >= end) return;
  changes_.push_back({begin, pin, 1, true});
  changes_.push_back({end, pin, -1, true});
}

std::vector<PinTrack::Line> PinTrack::lines(std::int64_t end) const {
  std::vector<Change> changes = changes_;
  std::stable_sort(changes.begin(), changes.end(),
                   [](const Change& a, const Change& b) { return a.cycle < b.cycle; });
  std::vector<Line> result;
  std::vector<std::int64_t> intervals(pins_.size());
  Line line;
  for (const Pin& pin : pins_) line.values.push_back(pin.idle);
  std::int64_t cycle = 0;
  for (std::size_t i = 0; cycle < end;) {
    for (; i < changes.size() && changes[i].cycle <= cycle; ++i) {
      const Change& change = changes[i];
      std::uint64_t& value = line.values[change.pin];
      if (change.interval) {
        intervals[change.pin] += change.value;
        const auto marks = static_cast<std::uint64_t>(intervals[change.pin]);
        const Pin& pin = pins_[change.pin];
        value = pin.bits > 1 ? marks : pin.idle ^ (marks != 0 ? 1U : 0U);
      } else {
        value = static_cast<std::uint64_t>(change.value);
      }
    }
    std::int64_t next = std::min(end, i < changes.size() ? changes[i].cycle : end);
    next = std::min(next, cycle + UINT32_MAX);
    line.cycles = static_cast<std::uint32_t>(next - cycle);
    cycle = next;
    const std::int64_t joined =
        result.empty() ? 0 : std::int64_t{result.back().cycles} + line.cycles;
    if (!result.empty() && result.back().values == line.values && joined <= UINT32_MAX) {
      result.back().cycles = static_cast<std::uint32_t>(joined);
    } else {
      result.push_back(line);
    }
  }
  return result;
}

std::string PinTrack::text(const std::vector<Line>& lines, const std::string& title) const {
  std::string text = fmt::format("// {}\n// cycles", title);
  for (const Pin& pin : pins_) text += " " + pin.name;
  text += '\n';
  for (const Line& line : lines) {
    text += fmt::format("{:0{}x}", line.cycles, hex_digits(kCountBits));
    for (std::size_t i = 0; i < pins_.size(); ++i) {
      text += fmt::format("_{:0{}x}", line.values[i], hex_digits(pins_[i].bits));
    }
    text += '\n';
  }
  return text;
}

}  // namespace spikeloom::cosim
