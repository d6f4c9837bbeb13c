// SPDX-License-Identifier: Apache-2.0
#pragma once

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

/// A value of a table: null, a whole number, a number, a text.
using Value = std::variant<std::monostate, std::int64_t, double, std::string>;

/// As a table or a CSV file shows it: with `digits` significant ones, or as many as it takes to
/// read the same number back (0); null is empty.
std::string to_text(const Value& value, int digits = 0);

nlohmann::ordered_json to_json(const Value& value);

/// Nothing of null and of a text.
std::optional<double> to_number(const Value& value);

/// An SQLite database. All members throw base::UserError with the file's name and SQLite's
/// message, for a full disk as for a wrong query.
class Database {
 public:
  enum class Mode { kReadOnly, kReadWrite, kCreate };

  /// `path`: a file, or ":memory:".
  Database(const std::string& path, Mode mode);

  const std::string& path() const { return path_; }
  /// One or more statements without result.
  void execute(const std::string& sql);
  /// Whether there is such a table.
  bool has_table(const std::string& name);
  /// From here on statements may read and compute, and nothing else.
  void restrict_to_reading();

 private:
  friend class Statement;
  [[noreturn]] void fail(const std::string& what) const;

  struct Close {
    void operator()(sqlite3* handle) const;
  };
  std::string path_;
  std::unique_ptr<sqlite3, Close> handle_;
};

/// One statement; throws as Database does.
class Statement {
 public:
  /// `sql` must be one statement alone.
  Statement(Database& database, const std::string& sql);

  /// The parameters in order, from 1 on.
  template <typename... Values>
  Statement& bind(const Values&... values) {
    int position = 0;
    (bind_value(++position, Value(values)), ...);
    return *this;
  }
  void bind_value(int position, const Value& value);
  /// To the next row; false where there is none.
  bool step();
  /// Runs it to its end, and makes it ready to be bound and run again.
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

/// All that happens while it lives is kept by commit(), or not at all.
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

/// "name", for a column of any name.
std::string sql_name(std::string_view name);
/// 'text', a value.
std::string sql_text(std::string_view text);

}  // namespace spikeloom::explore
