// SPDX-License-Identifier: Apache-2.0
#include "testbenches/spikeloom/sweep/worker_process.h"

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <string>

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace spikeloom::program {
namespace {

bool send_bytes(int socket, const void* data, std::size_t count) {
  const char* bytes = static_cast<const char*>(data);
  while (count > 0) {
    // A process that has ended is no reason to end.
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
    const ssize_t got = ::recv(socket, bytes, count, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    bytes += got;
    count -= static_cast<std::size_t>(got);
  }
  return true;
}

/// A message is its length and its bytes. False where the other end is gone.
bool send(int socket, const std::string& message) {
  const std::uint64_t length = message.size();
  return send_bytes(socket, &length, sizeof length) &&
         send_bytes(socket, message.data(), message.size());
}

bool receive(int socket, std::string& message) {
  std::uint64_t length = 0;
  if (!receive_bytes(socket, &length, sizeof length)) return false;
  message.resize(length);
  return receive_bytes(socket, message.data(), length);
}

[[noreturn]] void work(int socket) {
  JobRunner runner;
  std::string message;
  while (receive(socket, message)) {
    if (!send(socket, runner.perform(Job::decode(message)).encode())) break;
  }
  ::_exit(0);
}

}  // namespace

WorkerProcess::WorkerProcess() { begin(); }

WorkerProcess::~WorkerProcess() { end(); }

void WorkerProcess::begin() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) throw std::runtime_error("no socket pair");
  std::fflush(nullptr);
  const pid_t parent = ::getpid();
  process_ = ::fork();
  if (process_ < 0) throw std::runtime_error("fork failed");
  if (process_ == 0) {
    // It does not outlive the program, and Ctrl-C at the terminal is the program's to answer.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);
    ::setpgid(0, 0);
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
    ::close(ends[0]);
    work(ends[1]);
  }
  ::close(ends[1]);
  socket_ = ends[0];
}

int WorkerProcess::end() {
  ::kill(process_, SIGKILL);
  int status = 0;
  while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
  ::close(socket_);
  return status;
}

void WorkerProcess::start(const Job& job) {
  busy_ = true;
  job_ = job.id;
  timeout_seconds_ = job.timeout_seconds;
  started_ = std::chrono::steady_clock::now();
  deadline_.reset();
  if (timeout_seconds_ > 0.0) {
    deadline_ = started_ + std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                               std::chrono::duration<double>(timeout_seconds_));
  }
  // A process that has ended is noticed when its outcome is waited for.
  send(socket_, job.encode());
}

Outcome WorkerProcess::finish() {
  std::string message;
  if (receive(socket_, message)) {
    busy_ = false;
    return Outcome::decode(message);
  }
  // It may have closed its socket a moment before it ends.
  int status = 0;
  while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
  ::close(socket_);
  begin();
  const int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  const bool stopped = signal == SIGINT || signal == SIGTERM || signal == SIGHUP;
  return lost(stopped ? Outcome::Status::kBroken : Outcome::Status::kFailed,
              signal != 0 ? fmt::format("its process was ended by signal {}", signal)
                          : fmt::format("its process ended with status {}", WEXITSTATUS(status)));
}

Outcome WorkerProcess::give_up() {
  end();
  begin();
  return lost(Outcome::Status::kFailed, fmt::format("took longer than {} s", timeout_seconds_));
}

Outcome WorkerProcess::lost(Outcome::Status status, const std::string& reason) {
  Outcome outcome;
  outcome.id = job_;
  outcome.status = status;
  outcome.reason = reason;
  outcome.wall_seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  busy_ = false;
  return outcome;
}

}  // namespace spikeloom::program
