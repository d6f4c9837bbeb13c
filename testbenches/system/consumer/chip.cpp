// SPDX-License-Identifier: Apache-2.0
#include "chip.h"

#include <stdexcept>

#include <systemc>

#include <spikeloom/arch/chip_file.h>
#include <spikeloom/hw/board/board.h>
#include <spikeloom/hw/host/host_driver.h>

int run_tick(const std::string& chip_file) {
  using namespace spikeloom;
  hw::Board board("board", arch::load_chip(chip_file), hw::Timing::kCycle, 1);
  hw::HostDriver driver("host", [](hw::HostDriver& self) {
    self.commit(1);
    if (!self.wait_until_done(1)) throw std::runtime_error("the chip reports an error");
  });
  driver.connect(board);
  sc_core::sc_start();
  driver.rethrow_failure();
  return static_cast<int>(board.cores().size());
}
