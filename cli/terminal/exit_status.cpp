// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal/exit_status.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <iostream>
#include <new>

#include "spikeloom/base/error.h"
#include "spikeloom/base/stopped.h"

namespace spikeloom::cli {

namespace {

/// Returns `status`, or that of an error if what was printed has not reached standard output.
int printed(int status) {
  std::cout.flush();
  if (!std::cout.bad()) return status;
  // A reader that has left, such as head, knows.
  if (errno != EPIPE) {
    std::cerr << "spikeloom: standard output: cannot be written: " << std::strerror(errno) << "\n";
  }
  return base::kUserErrorStatus;
}

}  // namespace

int exit_status(const std::function<int()>& work) {
  // Output into a closed pipe fails like any other, in place of killing the program.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return printed(work());
  } catch (const base::UserError& error) {
    std::cerr << error.what() << "\n";
    return base::kUserErrorStatus;
  } catch (const base::Stopped& stopped) {
    std::cerr << "spikeloom: " << stopped.what() << "\n";
    return stopped.exit_status();
  } catch (const std::bad_alloc&) {
    std::cerr << "spikeloom: " << base::kOutOfMemory << "\n";
    return base::kUserErrorStatus;
  } catch (const std::exception& error) {
    std::cerr << "spikeloom: internal error: " << error.what() << "\n";
    return 1;
  }
}

}  // namespace spikeloom::cli
