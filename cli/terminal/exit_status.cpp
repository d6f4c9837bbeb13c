// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal/exit_status.h"

#include <exception>
#include <iostream>

#include "spikeloom/base/error.h"
#include "spikeloom/base/stopped.h"

namespace spikeloom::cli {

int exit_status(const std::function<int()>& work) {
  try {
    return work();
  } catch (const base::UserError& error) {
    std::cerr << error.what() << "\n";
    return base::kUserErrorStatus;
  } catch (const base::Stopped& stopped) {
    std::cerr << "spikeloom: " << stopped.what() << "\n";
    return stopped.exit_status();
  } catch (const std::exception& error) {
    std::cerr << "spikeloom: internal error: " << error.what() << "\n";
    return 1;
  }
}

}  // namespace spikeloom::cli
