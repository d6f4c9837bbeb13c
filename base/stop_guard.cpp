// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/base/stop_guard.h"

#include <cerrno>
#include <csignal>
#include <ctime>
#include <system_error>

#include "spikeloom/base/stopped.h"

namespace spikeloom::base {
namespace {

volatile std::sig_atomic_t stop_signal = 0;
int guards = 0;
bool left_to_parent = false;

void note_stop(int signal) { stop_signal = signal; }

}  // namespace

StopGuard::StopGuard() {
  if (left_to_parent) return;
  ++guards;
  struct sigaction action = {};
  action.sa_handler = note_stop;
  ::sigaction(SIGINT, &action, &old_interrupt_);
  ::sigaction(SIGTERM, &action, &old_terminate_);
}

StopGuard::~StopGuard() {
  if (left_to_parent) return;
  ::sigaction(SIGINT, &old_interrupt_, nullptr);
  ::sigaction(SIGTERM, &old_terminate_, nullptr);
  if (--guards == 0) stop_signal = 0;
}

int StopGuard::signal() { return stop_signal; }

void StopGuard::check() {
  if (signal() != 0) throw Stopped(signal());
}

int StopGuard::poll(std::vector<pollfd>& polled, std::optional<std::chrono::milliseconds> timeout) {
  // Signals are blocked from before the test of stop_signal until ppoll unblocks them, so that none
  // is lost in between.
  sigset_t stops;
  sigemptyset(&stops);
  sigaddset(&stops, SIGINT);
  sigaddset(&stops, SIGTERM);
  sigset_t before;
  ::pthread_sigmask(SIG_BLOCK, &stops, &before);
  sigset_t open = before;
  sigdelset(&open, SIGINT);
  sigdelset(&open, SIGTERM);
  int ready = 0;
  int error = 0;
  if (stop_signal == 0) {
    timespec limit{};
    if (timeout) {
      const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*timeout);
      limit.tv_sec = seconds.count();
      limit.tv_nsec = std::chrono::nanoseconds(*timeout - seconds).count();
    }
    ready = ::ppoll(polled.data(), polled.size(), timeout ? &limit : nullptr, &open);
    error = errno;
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (ready >= 0) return ready;
  if (error != EINTR) throw std::system_error(error, std::generic_category(), "ppoll");
  return 0;
}

void StopGuard::ignore_in_child() {
  left_to_parent = true;
  stop_signal = 0;
  struct sigaction action {};
  action.sa_handler = SIG_IGN;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

}  // namespace spikeloom::base
