// SPDX-License-Identifier: Apache-2.0
// Runs a board's model and its RTL side by side on random networks and compares them cycle by cycle.
// A difference is printed, and the run repeated with waveforms of both.
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "spikeloom/arch/chip_file.h"
#include "spikeloom/base/error.h"
#include "spikeloom/hw/board/board_tracer.h"
#include "spikeloom/hw/sync/report_ids.h"
#include "testbenches/rtl/chip/lockstep.h"
#include "testbenches/rtl/chip/scenario.h"

namespace spikeloom::rtl {
namespace {

struct Options {
  std::string chip;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::string waveforms;  ///< directory; empty: none
};

constexpr const char* kUsage =
    "usage: PROGRAM CHIP.yaml [--seeds FIRST:LAST] [--waveforms DIRECTORY]\n"
    "CHIP.yaml is the chip that the program was built with.\n";

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
    } else if (options.chip.empty() && arguments[i].substr(0, 2) != "--") {
      options.chip = arguments[i];
    } else {
      throw base::UserError(kUsage);
    }
  }
  if (options.chip.empty()) throw base::UserError(kUsage);
  return options;
}

int simulate(const Options& options) {
  const arch::ChipDescription chip = arch::load_chip(options.chip);
  ModelView view(chip, nullptr);
  hw::Observers observers;
  observers.network = &view;
  hw::Board board("board", chip, hw::Timing::kCycle, 1, observers);
  const std::unique_ptr<RtlBoard> rtl = make_rtl_board("rtl", chip.clock_hz);
  Lockstep* lockstep = nullptr;
  std::uint64_t seed = options.first;
  hw::HostDriver driver("driver", [&](hw::HostDriver& self) {
    lockstep->pulse_reset(2);
    for (; seed <= options.last; ++seed) Scenario(chip, *lockstep, self, seed).run();
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
      compared.tick_cycles, compared.departures, compared.outputs, compared.late,
      compared.accesses, compared.refused);
  if (!both.mismatch()) return EXIT_SUCCESS;
  std::cout << fmt::format("seed {}: {}\n", seed, both.mismatch()->text());
  return EXIT_FAILURE;
}

Options g_options;

}  // namespace
}  // namespace spikeloom::rtl

int sc_main(int /*argc*/, char** /*argv*/) {
  spikeloom::hw::silence_fault_reports();
  return spikeloom::rtl::simulate(spikeloom::rtl::g_options);
}

int main(int argc, char** argv) {
  try {
    spikeloom::rtl::g_options = spikeloom::rtl::read_options({argv + 1, argv + argc});
  } catch (const spikeloom::base::UserError& error) {
    std::cerr << error.what();
    return spikeloom::base::kUserErrorStatus;
  }
  setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
  return sc_core::sc_elab_and_sim(argc, argv);
}
