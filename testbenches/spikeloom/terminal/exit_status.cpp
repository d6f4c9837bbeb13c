// SPDX-License-Identifier: Apache-2.0
#include "testbenches/spikeloom/terminal/exit_status.h"

#include <exception>
#include <iostream>

#include "common/error.h"
#include "testbenches/spikeloom/terminal/stopped.h"

namespace spikeloom::program {

int exit_status(const std::function<int()>& work) {
  try {
    return work();
  } catch (const common::UserError& error) {
    std::cerr << error.what() << "\n";
    return common::kUserErrorStatus;
  } catch (const Stopped& stopped) {
    std::cerr << "spikeloom: " << stopped.what() << "\n";
    return stopped.exit_status();
  } catch (const std::exception& error) {
    std::cerr << "spikeloom: internal error: " << error.what() << "\n";
    return 1;
  }
}

}  // namespace spikeloom::program
