// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "spikeloom/base/stop_guard.h"

namespace spikeloom::base {

/// Displays the progress of a long operation. Libraries report to it; their caller provides it.
class ProgressSink {
 public:
  virtual ~ProgressSink() = default;
  /// An operation on `total` items starts; `what` names the items in the plural: "images".
  virtual void begin(const std::string& what, std::size_t total) = 0;
  /// `count` more items are done, `failed` of them unsuccessfully.
  virtual void advance(std::size_t count, std::size_t failed) = 0;
  virtual void end() = 0;
};

/// An operation that a sink displays from construction to destruction of this object. With a null
/// sink nothing is displayed.
class Progress {
 public:
  Progress(ProgressSink* sink, const std::string& what, std::size_t total) : sink_(sink) {
    if (sink_ != nullptr) sink_->begin(what, total);
  }
  ~Progress() {
    if (sink_ != nullptr) sink_->end();
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void advance(std::size_t count, std::size_t failed = 0) {
    if (sink_ != nullptr) sink_->advance(count, failed);
  }

 private:
  ProgressSink* sink_;
};

/// For operations that report by a callback: displays the progress, and lets Ctrl-C and SIGTERM
/// stop the operation.
class StoppableProgress {
 public:
  /// `what` names the items in the plural, as for ProgressSink; `sink` may be null.
  StoppableProgress(ProgressSink* sink, std::string what) : sink_(sink), what_(std::move(what)) {}

  /// Returns the callback for the operation to call. It refers to this object, and throws Stopped
  /// after a signal.
  std::function<void(std::size_t done, std::size_t total)> callback() {
    return [this](std::size_t done, std::size_t total) {
      if (!progress_) {
        guard_.emplace();
        progress_.emplace(sink_, what_, total);
      }
      progress_->advance(done - shown_);
      shown_ = done;
      StopGuard::check();
    };
  }

 private:
  ProgressSink* sink_;
  std::string what_;
  std::optional<StopGuard> guard_;  ///< from the first call on
  std::optional<Progress> progress_;
  std::size_t shown_ = 0;
};

}  // namespace spikeloom::base
