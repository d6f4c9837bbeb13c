// SPDX-License-Identifier: Apache-2.0
// Runs a board's model and its RTL side by side on random networks and compares them cycle by
// cycle. A difference is printed, and the run repeated with waveforms of both.
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "spikeloom/arch/chip_file.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/picosecond_clock.h"
#include "spikeloom/hw/board/board_tracer.h"
#include "spikeloom/hw/sync/report_ids.h"
#include "testbenches/rtl/chip/lockstep.h"
#include "testbenches/rtl/chip/scenario.h"
#include "testbenches/rtl/chip/waveforms.h"

namespace spikeloom::rtl {
namespace {

struct Options {
  std::string chip;
  std::string library;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::string waveforms;               ///< directory of the waveforms of a difference; empty: none
  std::optional<std::uint64_t> trace;  ///< first seed of which waveforms are written now
};

constexpr const char* kUsage =
    "usage: rtl_chip_lockstep CHIP.yaml LIBRARY [--seeds FIRST:LAST] [--waveforms DIRECTORY]\n"
    "                         [--trace SEED]\n"
    "LIBRARY is the chip's RTL (verilate_chip.cmake). The waveforms are those of the seed in "
    "which\n"
    "model and RTL differ, or with --trace of that seed and those after it.\n";

Options read_options(const std::vector<std::string>& arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const bool has_value = i + 1 < arguments.size();
    if (arguments[i] == "--seeds" && has_value) {
      const std::string range = arguments[++i];
      const std::size_t colon = range.find(':');
      options.first = std::stoull(range);
      options.last =
          colon == std::string::npos ? options.first : std::stoull(range.substr(colon + 1));
    } else if (arguments[i] == "--waveforms" && has_value) {
      options.waveforms = arguments[++i];
    } else if (arguments[i] == "--trace" && has_value) {
      options.trace = std::stoull(arguments[++i]);
    } else if (options.chip.empty() && arguments[i].substr(0, 2) != "--") {
      options.chip = arguments[i];
    } else if (options.library.empty() && arguments[i].substr(0, 2) != "--") {
      options.library = arguments[i];
    } else {
      throw base::UserError(kUsage);
    }
  }
  if (options.library.empty() || (options.trace && options.waveforms.empty())) {
    throw base::UserError(kUsage);
  }
  return options;
}

/// Repeats seeds first to last in a new process, with waveforms of the last one. Returns whether
/// they end with a difference.
bool repeat(const std::string& program, const Options& options, std::uint64_t first,
            std::uint64_t last) {
  const std::vector<std::string> words = {program,
                                          options.chip,
                                          options.library,
                                          "--seeds",
                                          fmt::format("{}:{}", first, last),
                                          "--waveforms",
                                          options.waveforms,
                                          "--trace",
                                          fmt::format("{}", last)};
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  std::cout.flush();
  pid_t child = 0;
  if (posix_spawn(&child, program.c_str(), nullptr, nullptr, arguments.data(), environ) != 0) {
    throw base::UserError(program + ": cannot be run again\n");
  }
  int status = 0;
  waitpid(child, &status, 0);
  return !WIFEXITED(status) || WEXITSTATUS(status) != EXIT_SUCCESS;
}

int simulate(const std::string& program, const Options& options) {
  const arch::ChipDescription chip = arch::load_chip(options.chip);
  std::optional<Waveforms> waveforms;
  hw::Observers observers;
  if (options.trace) {
    waveforms.emplace(chip, options.waveforms);
    observers = waveforms->model().observers();
  }
  ModelView view(chip, observers.network, options.trace ? &waveforms->model() : nullptr);
  observers.network = &view;
  hw::Board board("board", chip, hw::Timing::kCycle, 1, observers);
  const std::unique_ptr<RtlBoard> rtl = load_rtl_board(options.library, "rtl", chip.clock_hz);
  Lockstep* lockstep = nullptr;
  std::uint64_t seed = options.first;
  hw::HostDriver driver("driver", [&](hw::HostDriver& self) {
    lockstep->pulse_reset(2);
    for (; seed <= options.last; ++seed) {
      if (waveforms && seed == *options.trace) waveforms->begin(*rtl);
      Scenario(chip, *lockstep, self, seed).run();
    }
    sc_core::sc_stop();
  });
  Lockstep both("lockstep", board, view, *rtl, driver.interrupt);
  lockstep = &both;
  driver.connect(board, both.config, both.spikes);
  sc_core::sc_start();
  driver.rethrow_failure();
  const Compared& compared = both.compared();
  std::cout << fmt::format(
      "{}: seeds {}:{}: {} ticks, {} cycles ({} in ticks), {} departures, {} outputs, {} late "
      "packets, {} accesses ({} refused) compared\n",
      chip.name, options.first, std::min(seed, options.last), compared.ticks, compared.cycles,
      compared.tick_cycles, compared.departures, compared.outputs, compared.late, compared.accesses,
      compared.refused);
  if (both.mismatch()) std::cout << fmt::format("seed {}: {}\n", seed, both.mismatch()->text());
  if (waveforms) {
    const std::int64_t cycle = both.mismatch() ? both.mismatch()->cycle : 0;
    waveforms->finish(*rtl, base::PicosecondClock(chip.clock_hz).picoseconds(cycle));
    std::cout << options.waveforms << "/lockstep.gtkw shows both waveforms\n";
  } else if (both.mismatch() && !options.waveforms.empty()) {
    if (!repeat(program, options, seed, seed)) {
      std::cout << fmt::format("seed {} alone has no difference\n", seed);
      repeat(program, options, options.first, seed);
    }
  }
  return both.mismatch() ? EXIT_FAILURE : EXIT_SUCCESS;
}

std::string g_program;
Options g_options;

}  // namespace
}  // namespace spikeloom::rtl

int sc_main(int /*argc*/, char** /*argv*/) {
  sc_core::sc_report_handler::set_actions(sc_core::SC_WARNING, sc_core::SC_THROW);
  spikeloom::hw::silence_fault_reports();
  // The simulation ends by sc_stop, which is no news.
  sc_core::sc_report_handler::set_actions("/OSCI/SystemC", sc_core::SC_INFO,
                                          sc_core::SC_DO_NOTHING);
  try {
    return spikeloom::rtl::simulate(spikeloom::rtl::g_program, spikeloom::rtl::g_options);
  } catch (const spikeloom::base::UserError& error) {
    std::cerr << error.what();
    return spikeloom::base::kUserErrorStatus;
  }
}

int main(int argc, char** argv) {
  try {
    spikeloom::rtl::g_program = argv[0];
    spikeloom::rtl::g_options = spikeloom::rtl::read_options({argv + 1, argv + argc});
  } catch (const spikeloom::base::UserError& error) {
    std::cerr << error.what();
    return spikeloom::base::kUserErrorStatus;
  }
  setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
  return sc_core::sc_elab_and_sim(argc, argv);
}
