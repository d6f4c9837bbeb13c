// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "spikeloom/base/progress.h"
#include "spikeloom/cosim/verilated/interface.h"

namespace spikeloom::cosim {

/// A module to simulate.
struct VerilatedSource {
  std::map<std::string, std::string> files;                      ///< of a chip (rtl_sources)
  std::string top;                                               ///< the module
  std::vector<std::pair<std::string, std::int64_t>> parameters;  ///< of the module
  bool waves = false;  ///< it can write its signals to a VCD file; slower
  bool state = false;  ///< its state can be saved and restored
};

/// A module that Verilator has translated to C++, as a shared library. Libraries are kept in the
/// directory cache_directory(), so that each is built once for a chip; several processes can build
/// the same one at the same time.
class VerilatedLibrary {
 public:
  /// Loads the library of a module. Builds it if it is not in the cache. Throws base::UserError if
  /// Verilator or a C++ compiler is missing or fails, and base::Stopped.
  static std::shared_ptr<const VerilatedLibrary> load(const VerilatedSource& source,
                                                      base::ProgressSink* sink = nullptr);
  /// Returns why libraries cannot be built on this machine, or an empty string.
  static std::string missing();
  /// Returns $XDG_CACHE_HOME/spikeloom/rtl, or the same in ~/.cache. Throws base::UserError if
  /// neither variable is set.
  static std::filesystem::path cache_directory();

  const SpikeloomModule& module() const { return *module_; }

 private:
  explicit VerilatedLibrary(const std::filesystem::path& path);

  const SpikeloomModule* module_;
};

/// The value of a pin of a module.
class VerilatedPin {
 public:
  VerilatedPin() = default;
  VerilatedPin(void* value, int bits) : value_(value), bits_(bits) {}

  int bits() const { return bits_; }
  /// Returns the value of a pin of at most 64 bits.
  std::uint64_t get() const {
    if (bits_ <= 8) return *static_cast<const std::uint8_t*>(value_);
    if (bits_ <= 16) return *static_cast<const std::uint16_t*>(value_);
    if (bits_ <= 32) return *static_cast<const std::uint32_t*>(value_);
    return *static_cast<const std::uint64_t*>(value_);
  }
  /// Sets a pin of at most 64 bits; `value` fits.
  void set(std::uint64_t value) {
    if (bits_ <= 8) {
      *static_cast<std::uint8_t*>(value_) = static_cast<std::uint8_t>(value);
    } else if (bits_ <= 16) {
      *static_cast<std::uint16_t*>(value_) = static_cast<std::uint16_t>(value);
    } else if (bits_ <= 32) {
      *static_cast<std::uint32_t*>(value_) = static_cast<std::uint32_t>(value);
    } else {
      *static_cast<std::uint64_t*>(value_) = value;
    }
  }
  /// Returns bits first .. first + count - 1 of a pin of any width; `count` is at most 64.
  std::uint64_t get(int first, int count) const;
  /// Sets those bits; `value` fits.
  void set(int first, int count, std::uint64_t value);

 private:
  /// Returns word `index` of the pin's value, in words of 32 bits.
  std::uint32_t word(int index) const;
  void set_word(int index, std::uint32_t value);

  void* value_ = nullptr;
  int bits_ = 0;
};

/// An instance of a module.
class VerilatedModule {
 public:
  explicit VerilatedModule(std::shared_ptr<const VerilatedLibrary> library);

  /// Returns a pin. Throws std::out_of_range if there is no such pin.
  VerilatedPin pin(std::string_view name) const;
  /// Computes the outputs from the inputs; a change of a clock is an edge.
  void eval() { module_->eval(instance_.get()); }

  /// Begins to write waves of all signals to a VCD file. The library has them. Throws
  /// base::UserError if the file cannot be written.
  void open_waves(const std::string& path);
  /// Writes what has changed, at a time in picoseconds; times grow.
  void dump_waves(std::uint64_t picoseconds) { module_->dump_waves(instance_.get(), picoseconds); }
  void close_waves() { module_->close_waves(instance_.get()); }

  /// Returns the state of all signals and memories. The library has it.
  std::vector<std::uint8_t> save() const;
  /// Returns to a saved state.
  void restore(const std::vector<std::uint8_t>& state);

 private:
  std::shared_ptr<const VerilatedLibrary> library_;
  const SpikeloomModule* module_;
  std::unique_ptr<void, void (*)(void*)> instance_;
};

}  // namespace spikeloom::cosim
