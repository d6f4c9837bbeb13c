// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/trace/vcd_writer.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "spikeloom/base/file.h"
#include "spikeloom/base/version.h"

namespace spikeloom::hw {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 20;

constexpr unsigned kMaxBits = 64;

/// For each byte, its bits as eight characters, the highest bit first in memory (on little-endian
/// hosts).
constexpr std::array<std::uint64_t, 256> spread_table() {
  std::array<std::uint64_t, 256> table{};
  for (std::size_t byte = 0; byte < table.size(); ++byte) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      table[byte] |= ('0' + (byte >> (7 - bit) & 1)) << 8 * bit;
    }
  }
  return table;
}
constexpr std::array<std::uint64_t, 256> kSpread = spread_table();

/// Returns the n-th identifier code: printable characters, shortest codes first.
std::string code_of(std::size_t number) {
  constexpr std::size_t kFirst = '!';
  constexpr std::size_t kCount = '~' - '!' + 1;
  std::string code;
  for (std::size_t left = number + 1; left > 0; left = (left - 1) / kCount) {
    code += static_cast<char>(kFirst + (left - 1) % kCount);
  }
  return code;
}

}  // namespace

std::string VcdWriter::Declaration::ranged_name() const {
  return width == 1 || real ? name : fmt::format("{}[{}:0]", name, width - 1);
}

VcdWriter::VcdWriter(std::string path)
    : path_(std::move(path)), file_(std::fopen(path_.c_str(), "wb")) {
  if (file_ == nullptr) fail();
}

VcdWriter::~VcdWriter() {
  if (file_ != nullptr) std::fclose(file_);
}

void VcdWriter::fail() const { throw base::unwritable(path_); }

VcdWriter::Signal VcdWriter::add(const std::vector<std::string>& scope, const std::string& name,
                                 unsigned width) {
  if (width < 1 || width > kMaxBits) {
    throw std::logic_error(
        fmt::format("VCD: signal {} has {} bits, allowed 1..{}", name, width, kMaxBits));
  }
  State signal;
  signal.scope = scope;
  signal.name = name;
  signal.code = code_of(signals_.size());
  signal.width = width;
  signal.mask = ~std::uint64_t{0} >> (kMaxBits - width);
  signals_.push_back(std::move(signal));
  return static_cast<Signal>(signals_.size() - 1);
}

VcdWriter::Signal VcdWriter::add_named(const std::vector<std::string>& scope,
                                       const std::string& name,
                                       std::vector<std::string_view> values) {
  unsigned width = 1;
  while (std::size_t{1} << width < values.size()) ++width;
  const Signal number = add(scope, name, width);
  signals_[number].values = std::move(values);
  return number;
}

VcdWriter::Signal VcdWriter::add_real(const std::vector<std::string>& scope,
                                      const std::string& name) {
  const Signal number = add(scope, name, kMaxBits);
  signals_[number].real = true;
  return number;
}

std::uint64_t VcdWriter::bits_of(double value) {
  std::uint64_t bits = 0;
  static_assert(sizeof bits == sizeof value);
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

VcdWriter::Signal VcdWriter::add_flag(const std::vector<std::string>& scope,
                                      const std::string& name, Signal source, std::uint64_t value) {
  const Signal flag = add(scope, name, 1);
  signals_[source].flag = flag;
  signals_[source].flag_value = value;
  return flag;
}

void VcdWriter::begin(const std::string& comment) {
  text_ += fmt::format("$version spikeloom {} $end\n$comment\n{}\n$end\n$timescale 1 ps $end\n",
                       base::kVersion, comment);
  declare();
  text_ += "$enddefinitions $end\n";
}

void VcdWriter::declare() {
  std::vector<std::string> inside;
  for (const State& signal : signals_) {
    const auto differs =
        std::mismatch(inside.begin(), inside.end(), signal.scope.begin(), signal.scope.end());
    for (auto left = differs.first; left != inside.end(); ++left) text_ += "$upscope $end\n";
    inside.erase(differs.first, inside.end());
    for (std::size_t i = inside.size(); i < signal.scope.size(); ++i) {
      text_ += fmt::format("$scope module {} $end\n", signal.scope[i]);
    }
    inside = signal.scope;
    text_ += fmt::format("$var {} {} {} {} $end\n", signal.real ? "real" : "wire", signal.width,
                         signal.code, signal.ranged_name());
  }
  for (std::size_t i = 0; i < inside.size(); ++i) text_ += "$upscope $end\n";
}

void VcdWriter::open(std::int64_t time) {
  flush(time);
  write_time(time);
  text_ += "$dumpvars\n";
  for (const State& signal : signals_) write_value(signal);
  text_ += "$end\n";
  open_ = true;
}

void VcdWriter::reset(Signal first, Signal end, std::int64_t time) {
  const auto dropped = [first, end, time](const Change& change) {
    return change.signal >= first && change.signal < end && change.time >= time;
  };
  changes_.erase(std::remove_if(changes_.begin(), changes_.end(), dropped), changes_.end());
  for (Signal signal = first; signal < end; ++signal) set(signal, time, 0);
}

void VcdWriter::flush(std::int64_t time) {
  const auto later = std::stable_partition(changes_.begin(), changes_.end(),
                                           [time](const Change& c) { return c.time < time; });
  due_.assign(changes_.begin(), later);
  changes_.erase(changes_.begin(), later);
  std::stable_sort(due_.begin(), due_.end(), [](const Change& a, const Change& b) {
    return a.time != b.time ? a.time < b.time : a.signal < b.signal;
  });
  for (std::size_t i = 0; i < due_.size();) {
    const Change& first = due_[i];
    std::uint64_t value = signals_[first.signal].value;
    for (; i < due_.size() && due_[i].time == first.time && due_[i].signal == first.signal; ++i) {
      value = due_[i].relative ? value + due_[i].value : due_[i].value;
    }
    now_ = first.time;
    change_to(first.signal, value);
  }
  if (text_.size() >= kBufferBytes) write_out();
}

void VcdWriter::change_to(Signal number, std::uint64_t value) {
  State& signal = signals_[number];
  value &= signal.mask;
  if (value == signal.value) return;
  signal.value = value;
  if (open_) {
    write_time(now_);
    write_value(signal);
  }
  if (signal.flag != kNone) change_to(signal.flag, value == signal.flag_value ? 1 : 0);
}

void VcdWriter::close(std::int64_t time) {
  flush(time);
  changes_.clear();
  if (open_) write_time(time);
  write_out();
  std::FILE* const file = std::exchange(file_, nullptr);
  if (std::fclose(file) != 0) fail();
}

void VcdWriter::write_time(std::int64_t time) {
  if (time == written_) return;
  written_ = time;
  text_ += '#';
  text_ += fmt::format_int(time).c_str();
  text_ += '\n';
}

void VcdWriter::write_value(const State& signal) {
  if (signal.real) {
    double value = 0.0;
    std::memcpy(&value, &signal.value, sizeof value);
    text_ += fmt::format("r{:.16g} ", value);
  } else if (signal.width == 1) {
    text_ += signal.value != 0 ? '1' : '0';
  } else {
    // Eight digits at a time; leading zeros are left out.
    std::array<char, kMaxBits> digits;
    for (std::size_t i = 0; i < digits.size(); i += 8) {
      const std::uint64_t spread = kSpread[signal.value >> (kMaxBits - 8 - i) & 0xff];
      std::memcpy(&digits[i], &spread, sizeof spread);
    }
    const auto used = static_cast<std::size_t>(
        signal.value == 0 ? 1 : kMaxBits - static_cast<unsigned>(__builtin_clzll(signal.value)));
    text_ += 'b';
    text_.append(digits.end() - used, digits.end());
    text_ += ' ';
  }
  text_ += signal.code;
  text_ += '\n';
}

void VcdWriter::write_out() {
  if (std::fwrite(text_.data(), 1, text_.size(), file_) != text_.size()) fail();
  text_.clear();
}

}  // namespace spikeloom::hw
