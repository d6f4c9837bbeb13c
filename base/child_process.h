// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace spikeloom::base {

/// One end of a stream of messages between two processes.
class MessageSocket {
 public:
  /// Owns `descriptor`.
  explicit MessageSocket(int descriptor) : descriptor_(descriptor) {}
  ~MessageSocket();
  MessageSocket(const MessageSocket&) = delete;
  MessageSocket& operator=(const MessageSocket&) = delete;

  /// Readable when a message has come or the other end is closed.
  int descriptor() const { return descriptor_; }
  /// False where the other end is closed.
  bool send(std::string_view message);
  /// Waits for a message; nothing where the other end is closed before the message is whole.
  std::optional<std::string> receive();

 private:
  int descriptor_;
};

/// How a process ended.
struct ProcessEnd {
  int signal = 0;  ///< that ended it, or 0
  int status = 0;  ///< otherwise

  /// "was ended by signal 9", "ended with status 1"
  std::string text() const;
};

/// A forked process that does one thing. It does not outlive the object, nor this process, however
/// that ends. Ctrl-C and SIGTERM are this process's to answer: the child ignores them.
class ChildProcess {
 public:
  /// Runs `work` with the child's end of the socket. The child ends with status 0, or 1 where
  /// `work` throws. To be called by the main thread only: the child ends with the thread that
  /// forked it. Throws UserError where the system has no room for another process.
  explicit ChildProcess(const std::function<void(MessageSocket& parent)>& work);
  /// Kills it, if it has not ended.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t id() const { return id_; }
  MessageSocket& socket() { return *socket_; }
  /// Waits for its end.
  ProcessEnd wait();

 private:
  pid_t id_ = -1;
  std::optional<MessageSocket> socket_;
  std::optional<ProcessEnd> end_;
};

}  // namespace spikeloom::base
