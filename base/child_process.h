// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace spikeloom::base {

/// One end of a socket that carries whole messages between two processes.
class MessageSocket {
 public:
  /// Takes ownership of `descriptor`.
  explicit MessageSocket(int descriptor) : descriptor_(descriptor) {}
  ~MessageSocket();
  MessageSocket(const MessageSocket&) = delete;
  MessageSocket& operator=(const MessageSocket&) = delete;

  /// File descriptor for polling: readable once a message has arrived or the other end is closed.
  int descriptor() const { return descriptor_; }
  /// Whether receive() would return at once.
  bool readable() const;
  /// Sends a message. Returns false if the other end is closed.
  bool send(std::string_view message);
  /// Waits for a message. Returns nullopt if the other end is closed before the message is
  /// complete.
  std::optional<std::string> receive();

 private:
  int descriptor_;
};

/// How a process ended.
struct ExitStatus {
  int signal = 0;  ///< signal that terminated it, or 0
  int status = 0;  ///< exit status, if no signal terminated it

  /// For messages: "was ended by signal 9" or "ended with status 1".
  std::string text() const;
};

/// A forked process that runs one function. It outlives neither this object nor this process,
/// however that ends. This process handles Ctrl-C and SIGTERM; the child ignores them.
class ChildProcess {
 public:
  /// Runs `work` in the child with the child's end of the socket. The child exits with status 0, or
  /// 1 if `work` throws. Must be called from the main thread: the child is killed when the thread
  /// that forked it ends. Throws UserError if the system cannot create another process.
  explicit ChildProcess(const std::function<void(MessageSocket& parent)>& work);
  /// Kills the child if it is still running.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t id() const { return id_; }
  MessageSocket& socket() { return *socket_; }
  /// Waits until the child has ended.
  ExitStatus wait();

  /// Environment variable: seconds for which a child may be stopped (SIGSTOP) before it counts as
  /// lost.
  static constexpr const char* kMaxStopVariable = "SPIKELOOM_MAX_STOP";
  static std::chrono::seconds max_stop();
  /// Whether the child has been stopped for max_stop(). Notices a stop when it is called.
  bool stopped_too_long();
  /// For messages: "was stopped by a signal and did not go on for 60 s".
  static std::string stop_text();

 private:
  pid_t id_ = -1;
  std::optional<MessageSocket> socket_;
  std::optional<ExitStatus> end_;
  std::optional<std::chrono::steady_clock::time_point> stopped_since_;
};

}  // namespace spikeloom::base
