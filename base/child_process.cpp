// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/base/child_process.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <vector>

#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "spikeloom/base/error.h"
#include "spikeloom/base/parse_number.h"
#include "spikeloom/base/stop_guard.h"

namespace spikeloom::base {
namespace {

bool send_bytes(int socket, const void* data, std::size_t count) {
  const char* bytes = static_cast<const char*>(data);
  while (count > 0) {
    // MSG_NOSIGNAL: writing to a process that has ended must not kill this one with SIGPIPE.
    const ssize_t sent = ::send(socket, bytes, count, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes += sent;
    count -= static_cast<std::size_t>(sent);
  }
  return true;
}

bool receive_bytes(int socket, void* data, std::size_t count) {
  char* bytes = static_cast<char*>(data);
  while (count > 0) {
    const ssize_t got = ::recv(socket, bytes, count, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      // The sender may have been stopped in the middle of a message.
      std::vector<pollfd> polled{{socket, POLLIN, 0}};
      StopGuard::poll(polled);
      StopGuard::check();
      continue;
    }
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    bytes += got;
    count -= static_cast<std::size_t>(got);
  }
  return true;
}

void flush() {
  std::cout.flush();
  std::fflush(nullptr);
}

[[noreturn]] void fail_to_start(const char* call) {
  throw UserError(
      fmt::format("no worker process can be started: {}: {}", call, std::strerror(errno)));
}

constexpr std::int64_t kMostSeconds = 1'000'000;

ExitStatus exit_status(int status) {
  return WIFSIGNALED(status) ? ExitStatus{WTERMSIG(status), 0} : ExitStatus{0, WEXITSTATUS(status)};
}

/// Runs in the child process; never returns into the parent's stack frames.
[[noreturn]] void run_child(const std::function<void(MessageSocket&)>& work, int socket,
                            pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The parent may have ended before prctl took effect.
  if (::getppid() != parent) ::_exit(1);
  StopGuard::ignore_in_child();
  try {
    MessageSocket end(socket);
    work(end);
    flush();
  } catch (...) {
    ::_exit(1);
  }
  ::_exit(0);
}

}  // namespace

MessageSocket::~MessageSocket() { ::close(descriptor_); }

bool MessageSocket::readable() const {
  pollfd polled{descriptor_, POLLIN, 0};
  return ::poll(&polled, 1, 0) > 0;
}

bool MessageSocket::send(std::string_view message) {
  const std::uint64_t length = message.size();
  return send_bytes(descriptor_, &length, sizeof length) &&
         send_bytes(descriptor_, message.data(), message.size());
}

std::optional<std::string> MessageSocket::receive() {
  std::uint64_t length = 0;
  if (!receive_bytes(descriptor_, &length, sizeof length)) return std::nullopt;
  std::string message(length, '\0');
  if (!receive_bytes(descriptor_, message.data(), length)) return std::nullopt;
  return message;
}

std::string ExitStatus::text() const {
  return signal != 0 ? fmt::format("was ended by signal {}", signal)
                     : fmt::format("ended with status {}", status);
}

ChildProcess::ChildProcess(const std::function<void(MessageSocket&)>& work) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    fail_to_start("socketpair");
  }
  // Otherwise both processes would write what is still buffered.
  flush();
  const pid_t parent = ::getpid();
  id_ = ::fork();
  if (id_ < 0) {
    const int error = errno;
    for (const int end : ends) ::close(end);
    errno = error;
    fail_to_start("fork");
  }
  if (id_ == 0) {
    ::close(ends[0]);
    run_child(work, ends[1], parent);
  }
  ::close(ends[1]);
  socket_.emplace(ends[0]);
}

ChildProcess::~ChildProcess() {
  if (end_) return;
  ::kill(id_, SIGKILL);
  wait();
}

ExitStatus ChildProcess::wait() {
  if (end_) return *end_;
  int status = 0;
  while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) {
  }
  end_ = exit_status(status);
  return *end_;
}

std::chrono::seconds ChildProcess::max_stop() {
  constexpr std::chrono::seconds kDefault{60};
  const char* const text = std::getenv(kMaxStopVariable);
  if (text == nullptr || *text == '\0') return kDefault;
  const auto seconds = parse_number<std::int64_t>(text);
  if (!seconds || *seconds < 1 || *seconds > kMostSeconds) {
    throw UserError(
        fmt::format("{}: got {}, allowed 1..{}, in seconds", kMaxStopVariable, text, kMostSeconds));
  }
  return std::chrono::seconds(*seconds);
}

bool ChildProcess::stopped_too_long() {
  if (end_) return false;
  const auto now = std::chrono::steady_clock::now();
  int status = 0;
  if (::waitpid(id_, &status, WNOHANG | WUNTRACED | WCONTINUED) == id_) {
    if (WIFSTOPPED(status)) {
      stopped_since_ = now;
    } else if (WIFCONTINUED(status)) {
      stopped_since_.reset();
    } else {
      end_ = exit_status(status);
    }
  }
  return stopped_since_ && now - *stopped_since_ >= max_stop();
}

std::string ChildProcess::stop_text() {
  return fmt::format("was stopped by a signal and did not go on for {} s ({})", max_stop().count(),
                     kMaxStopVariable);
}

}  // namespace spikeloom::base
