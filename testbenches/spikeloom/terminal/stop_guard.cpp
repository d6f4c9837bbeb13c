// SPDX-License-Identifier: Apache-2.0
#include "testbenches/spikeloom/terminal/stop_guard.h"

#include <csignal>

#include "testbenches/spikeloom/terminal/stopped.h"

namespace spikeloom::program {
namespace {

volatile std::sig_atomic_t stop_signal = 0;
int guards = 0;

void note_stop(int signal) { stop_signal = signal; }

}  // namespace

StopGuard::StopGuard() {
  ++guards;
  struct sigaction action = {};
  action.sa_handler = note_stop;
  ::sigaction(SIGINT, &action, &old_interrupt_);
  ::sigaction(SIGTERM, &action, &old_terminate_);
}

StopGuard::~StopGuard() {
  restore();
  if (--guards == 0) stop_signal = 0;
}

int StopGuard::signal() { return stop_signal; }

void StopGuard::check() {
  if (signal() != 0) throw Stopped(signal());
}

void StopGuard::restore() const {
  ::sigaction(SIGINT, &old_interrupt_, nullptr);
  ::sigaction(SIGTERM, &old_terminate_, nullptr);
}

}  // namespace spikeloom::program
