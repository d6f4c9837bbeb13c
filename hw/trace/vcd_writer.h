// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "spikeloom/base/enum_names.h"

namespace spikeloom::hw {

/// Writes a value change dump (IEEE 1364-2005, clause 18) in picoseconds. Changes may come in any
/// order of time: they are kept until `flush`, which sorts them and writes those that change the
/// value of a signal. Of several changes of one signal at one time, the last one given holds.
class VcdWriter {
 public:
  using Signal = std::uint32_t;
  static constexpr Signal kNone = UINT32_MAX;

  /// Throws base::UserError if `path` cannot be written.
  explicit VcdWriter(std::string path);
  ~VcdWriter();
  VcdWriter(const VcdWriter&) = delete;
  VcdWriter& operator=(const VcdWriter&) = delete;

  // Declarations, before `begin`, scope by scope. All signals are initially 0.
  /// Adds a signal of 1 to 64 bits.
  Signal add(const std::vector<std::string>& scope, const std::string& name, unsigned width);
  /// Adds a signal whose values, from 0 on, have names. It has as many bits as the values need.
  Signal add_named(const std::vector<std::string>& scope, const std::string& name,
                   std::vector<std::string_view> values);
  /// Does the same for the values of an enumeration (enum_names.h).
  template <typename Enum>
  Signal add_named(const std::vector<std::string>& scope, const std::string& name) {
    constexpr auto kNames = base::all_names<Enum>();
    return add_named(scope, name, {kNames.begin(), kNames.end()});
  }
  /// Adds a signal that is a real number.
  Signal add_real(const std::vector<std::string>& scope, const std::string& name);
  /// Adds a bit that is 1 while `source` has `value`.
  Signal add_flag(const std::vector<std::string>& scope, const std::string& name, Signal source,
                  std::uint64_t value);

  /// Writes the declarations.
  void begin(const std::string& comment);
  /// Starts the dump with the values at `time`. Changes before `time` are applied but not written.
  void open(std::int64_t time);
  void set(Signal signal, std::int64_t time, std::uint64_t value) {
    if (!closed()) changes_.push_back({time, signal, false, value});
  }
  void set_real(Signal signal, std::int64_t time, double value) {
    set(signal, time, bits_of(value));
  }
  void add_to(Signal signal, std::int64_t time, std::int64_t difference) {
    if (!closed()) {
      changes_.push_back({time, signal, true, static_cast<std::uint64_t>(difference)});
    }
  }
  /// Sets signals first .. end - 1 to 0 at `time`, and drops their changes at that time or later.
  void reset(Signal first, Signal end, std::int64_t time);
  /// Writes all changes before `time`. No change before `time` may be given after this call.
  void flush(std::int64_t time);
  /// Writes all changes before `time`, then `time` as the end, and drops the other changes. Throws
  /// base::UserError if the file could not be written.
  void close(std::int64_t time);
  bool closed() const { return file_ == nullptr; }

  struct Declaration {
    std::vector<std::string> scope;
    std::string name;
    unsigned width = 1;
    bool real = false;
    std::vector<std::string_view> values;  ///< names of the values, if they have names

    /// Returns the name with its bit range, such as "state[1:0]", "busy" or "power_mw".
    std::string ranged_name() const;
  };
  /// Returns the number of signals added, which is one more than the number of the last one.
  Signal signals() const { return static_cast<Signal>(signals_.size()); }
  /// Returns the declarations in the order in which the signals were added.
  std::vector<Declaration> declarations() const { return {signals_.begin(), signals_.end()}; }

 private:
  struct State : Declaration {
    std::string code;
    std::uint64_t mask = 1;
    Signal flag = kNone;           ///< signal added by add_flag for this one
    std::uint64_t flag_value = 0;  ///< value for which the flag is 1
    std::uint64_t value = 0;       ///< for a real number, its bits
  };
  struct Change {
    std::int64_t time;
    Signal signal;
    bool relative;
    std::uint64_t value;
  };

  static std::uint64_t bits_of(double value);
  [[noreturn]] void fail() const;
  void declare();
  void change_to(Signal signal, std::uint64_t value);
  void write_time(std::int64_t time);
  void write_value(const State& signal);
  void write_out();

  std::string path_;
  std::FILE* file_;
  std::string text_;
  std::vector<State> signals_;
  std::vector<Change> changes_;
  std::vector<Change> due_;
  std::int64_t written_ = -1;  ///< last time written
  std::int64_t now_ = 0;
  bool open_ = false;
};

}  // namespace spikeloom::hw
