// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iostream>
#include <string>
#include <vector>

#include "spikeloom/base/error.h"

namespace spikeloom {

/// The main function of a testbench: calls `run` with the command-line arguments. Errors are
/// reported on standard error, with the same exit statuses as in the program.
inline int testbench_main(int argc, char** argv, int (*run)(const std::vector<std::string>&)) {
  try {
    return run({argv + 1, argv + argc});
  } catch (const base::UserError& error) {
    std::cerr << error.what() << "\n";
    return base::kUserErrorStatus;
  } catch (const std::exception& error) {
    std::cerr << argv[0] << ": internal error: " << error.what() << "\n";
    return 1;
  }
}

}  // namespace spikeloom
