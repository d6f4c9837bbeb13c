// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "spikeloom/base/stop_guard.h"

namespace spikeloom::base {

/// Shows how far long work is. A library tells it; who calls the library chooses what it does.
class ProgressSink {
 public:
  virtual ~ProgressSink() = default;
  /// Work on `total` things begins; `what` they are, in the plural: "images".
  virtual void begin(const std::string& what, std::size_t total) = 0;
  /// `count` more are done, `failed` of them without success.
  virtual void advance(std::size_t count, std::size_t failed) = 0;
  virtual void end() = 0;
};

/// A piece of work that a sink shows from the constructor to the destructor. Without a sink (null)
/// nothing is shown.
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

/// For work that reports by a callback: shows its progress, and lets Ctrl-C and SIGTERM end it.
class StoppableProgress {
 public:
  /// `what`: in the plural, as for ProgressSink; `sink` may be null.
  StoppableProgress(ProgressSink* sink, std::string what) : sink_(sink), what_(std::move(what)) {}

  /// The work calls it; it refers to this object. It throws Stopped after a signal.
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
