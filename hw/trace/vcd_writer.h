// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "spikeloom/base/enum_names.h"

namespace spikeloom::hw {

/// Writes a value change dump (IEEE 1364-2005, clause 18), in picoseconds. Changes may come in any
/// order of time: they are kept until `flush`, which sorts them and writes those that differ from
/// what the signal was. Where several are for one signal and time, the last one given holds.
class VcdWriter {
 public:
  using Signal = std::uint32_t;
  static constexpr Signal kNone = UINT32_MAX;

  /// Throws base::UserError where `path` cannot be written.
  explicit VcdWriter(std::string path);
  ~VcdWriter();
  VcdWriter(const VcdWriter&) = delete;
  VcdWriter& operator=(const VcdWriter&) = delete;

  // Declarations, before `begin`, scope by scope. All signals begin as 0.
  /// A signal of 1 to 64 bits.
  Signal add(const std::vector<std::string>& scope, const std::string& name, unsigned width);
  /// A signal of as many bits as its values need, which have names, from 0 on.
  Signal add_named(const std::vector<std::string>& scope, const std::string& name,
                   std::vector<std::string_view> values);
  /// Of the values of an enumeration as in enum_names.h.
  template <typename Enum>
  Signal add_named(const std::vector<std::string>& scope, const std::string& name) {
    constexpr auto kNames = base::all_names<Enum>();
    return add_named(scope, name, {kNames.begin(), kNames.end()});
  }
  /// A real number.
  Signal add_real(const std::vector<std::string>& scope, const std::string& name);
  /// A bit that is 1 while `source` has `value`.
  Signal add_flag(const std::vector<std::string>& scope, const std::string& name, Signal source,
                  std::uint64_t value);

  /// Writes the declarations.
  void begin(const std::string& comment);
  /// Changes before `time` are followed but not written; the values at `time` come first.
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
  /// From `time` on signals first .. end - 1 are 0, and their changes for then or later are
  /// dropped.
  void reset(Signal first, Signal end, std::int64_t time);
  /// Writes all changes before `time`. None may come for a time before it any more.
  void flush(std::int64_t time);
  /// Writes all changes before `time`, and `time` itself as the end; drops the others. Throws
  /// base::UserError where the file could not be written.
  void close(std::int64_t time);
  bool closed() const { return file_ == nullptr; }

  struct Declaration {
    std::vector<std::string> scope;
    std::string name;
    unsigned width = 1;
    bool real = false;
    std::vector<std::string_view> values;  ///< their names, where they have some

    /// "state[1:0]", "busy", "power_mw"
    std::string ranged_name() const;
  };
  /// As many as were added: one more than the last one's number.
  Signal signals() const { return static_cast<Signal>(signals_.size()); }
  /// In the order in which they were added.
  std::vector<Declaration> declarations() const { return {signals_.begin(), signals_.end()}; }

 private:
  struct State : Declaration {
    std::string code;
    std::uint64_t mask = 1;
    Signal flag = kNone;           ///< that follows this one
    std::uint64_t flag_value = 0;  ///< for which it is 1
    std::uint64_t value = 0;       ///< of a real number, its bits
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
  std::int64_t written_ = -1;  ///< the last time written
  std::int64_t now_ = 0;
  bool open_ = false;
};

}  // namespace spikeloom::hw
