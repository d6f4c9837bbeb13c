// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

struct sqlite3;
struct sqlite3_stmt;

namespace spikeloom::explore {

/// A table value: null, integer, floating-point number or text.
using Value = std::variant<std::monostate, std::int64_t, double, std::string>;

/// Formats a value with `digits` significant digits, or with as many as are needed to read back the
/// same number (0). Null is an empty string.
std::string to_text(const Value& value, int digits = 0);

nlohmann::ordered_json to_json(const Value& value);

/// Returns nullopt for null and for text.
std::optional<double> to_number(const Value& value);

/// An SQLite database. All members throw base::UserError with the file name and SQLite's message,
/// for a full disk as well as for an invalid query.
class Database {
 public:
  enum class Mode {
    kReadOnly,
    kReadWrite,
    kCreate,  ///< reads and writes; waits as long as other processes hold the database
  };

  /// `path` is a file or ":memory:".
  Database(const std::string& path, Mode mode);

  const std::string& path() const { return path_; }
  /// Executes one or more statements that return no rows.
  void execute(const std::string& sql);
  /// Whether a table exists.
  bool has_table(const std::string& name);
  /// From now on only statements that read are allowed, each for at most `time`, with texts of at
  /// most kMaxText: a view of somebody's own may never end.
  void restrict_to_reading(std::chrono::seconds time = kMaxQuery);
  static constexpr std::chrono::seconds kMaxQuery{60};
  static constexpr int kMaxText = 1 << 26;  ///< bytes

 private:
  friend class Statement;
  [[noreturn]] void fail(const std::string& what) const;
  /// Called by SQLite during a statement. Returns whether to interrupt it.
  static int is_over(void* database);

  struct Close {
    void operator()(sqlite3* handle) const;
  };
  std::string path_;
  std::unique_ptr<sqlite3, Close> handle_;
  std::chrono::seconds max_query_ = kMaxQuery;
  std::chrono::steady_clock::time_point started_;  ///< when the last statement was prepared
};

/// A prepared statement. Throws as Database does.
class Statement {
 public:
  /// `sql` must be exactly one statement.
  Statement(Database& database, const std::string& sql);

  /// Binds all parameters in order.
  template <typename... Values>
  Statement& bind(const Values&... values) {
    int position = 0;
    (bind_value(++position, Value(values)), ...);
    return *this;
  }
  /// Binds one parameter; the first position is 1.
  void bind_value(int position, const Value& value);
  /// Advances to the next row. Returns false after the last one.
  bool step();
  /// Executes the statement to its end and resets it, so that it can be bound and run again.
  void run();

  std::vector<std::string> columns() const;
  Value value(int column) const;
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string text(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  Database& database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// A transaction: changes made during its lifetime are kept by commit() and otherwise rolled back.
class Transaction {
 public:
  explicit Transaction(Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

/// Quotes an SQL identifier: "name".
std::string sql_name(std::string_view name);
/// Quotes an SQL string literal: 'text'.
std::string sql_text(std::string_view text);

}  // namespace spikeloom::explore
