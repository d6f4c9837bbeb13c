// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/explore/sweep/database.h"

#include <thread>

#include <fmt/format.h>
#include <sqlite3.h>

#include "spikeloom/base/error.h"
#include "spikeloom/base/quotes.h"
#include "spikeloom/base/stop_guard.h"

namespace spikeloom::explore {
namespace {

/// Time to wait for a lock that another process holds.
constexpr int kBusyMilliseconds = 10'000;
constexpr std::chrono::milliseconds kRetry{20};
/// Steps of SQLite's machine between two looks at the time.
constexpr int kSteps = 100'000;

int allow_reading(void* /*context*/, int action, const char* /*first*/, const char* second,
                  const char* /*database*/, const char* /*view*/) {
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE:
      return SQLITE_OK;
    case SQLITE_FUNCTION:
      return std::string_view(second) == "load_extension" ? SQLITE_DENY : SQLITE_OK;
    default:
      return SQLITE_DENY;
  }
}

/// Called by SQLite while another process holds the database. Returns whether to try again.
int wait_for_others(void* /*context*/, int /*tries*/) {
  std::this_thread::sleep_for(kRetry);
  return base::StopGuard::signal() == 0 ? 1 : 0;
}

int open_flags(Database::Mode mode) {
  switch (mode) {
    case Database::Mode::kReadOnly:
      return SQLITE_OPEN_READONLY;
    case Database::Mode::kReadWrite:
      return SQLITE_OPEN_READWRITE;
    case Database::Mode::kCreate:
      return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  }
  return 0;
}

}  // namespace

std::string to_text(const Value& value, int digits) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (const auto* real = std::get_if<double>(&value)) {
    return digits == 0 ? fmt::format("{}", *real) : fmt::format("{:.{}g}", *real, digits);
  }
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return "";
}

nlohmann::ordered_json to_json(const Value& value) {
  return std::visit(
      [](const auto& held) -> nlohmann::ordered_json {
        if constexpr (std::is_same_v<std::decay_t<decltype(held)>, std::monostate>) {
          return nullptr;
        } else {
          return held;
        }
      },
      value);
}

std::optional<double> to_number(const Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return static_cast<double>(*integer);
  if (const auto* real = std::get_if<double>(&value)) return *real;
  return std::nullopt;
}

void Database::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

Database::Database(const std::string& path, Mode mode) : path_(path) {
  sqlite3* handle = nullptr;
  const int result = sqlite3_open_v2(path.c_str(), &handle, open_flags(mode), nullptr);
  handle_.reset(handle);
  if (result != SQLITE_OK) fail("cannot be opened");
  sqlite3_extended_result_codes(handle, 1);
  if (mode == Mode::kCreate) {
    sqlite3_busy_handler(handle, wait_for_others, nullptr);
  } else {
    sqlite3_busy_timeout(handle, kBusyMilliseconds);
  }
  // A name in double quotes that is no column is an error, not a text.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
}

void Database::fail(const std::string& what) const {
  std::string text = fmt::format("{}: {}: {}", path_, what, sqlite3_errmsg(handle_.get()));
  if (sqlite3_errcode(handle_.get()) == SQLITE_AUTH) text += " (queries may only read)";
  if (sqlite3_errcode(handle_.get()) == SQLITE_INTERRUPT) {
    text += fmt::format(" (a query may take {} s)", max_query_.count());
  }
  throw base::UserError(text);
}

void Database::execute(const std::string& sql) {
  if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    fail("cannot be written");
  }
}

bool Database::has_table(const std::string& name) {
  Statement find(*this, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?");
  return find.bind(name).step();
}

void Database::restrict_to_reading(std::chrono::seconds time) {
  max_query_ = time;
  sqlite3_limit(handle_.get(), SQLITE_LIMIT_LENGTH, kMaxText);
  sqlite3_set_authorizer(handle_.get(), allow_reading, nullptr);
  sqlite3_progress_handler(handle_.get(), kSteps, is_over, this);
}

int Database::is_over(void* database) {
  const auto& self = *static_cast<const Database*>(database);
  const bool late = std::chrono::steady_clock::now() - self.started_ > self.max_query_;
  return late || base::StopGuard::signal() != 0 ? 1 : 0;
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Statement::Statement(Database& database, const std::string& sql) : database_(database) {
  database.started_ = std::chrono::steady_clock::now();
  sqlite3_stmt* statement = nullptr;
  const char* rest = nullptr;
  const int result = sqlite3_prepare_v2(database.handle_.get(), sql.c_str(),
                                        static_cast<int>(sql.size()), &statement, &rest);
  statement_.reset(statement);
  if (result != SQLITE_OK) database.fail(sql);
  if (std::string_view(rest).find_first_not_of(" \t\r\n;") != std::string_view::npos) {
    throw base::UserError(fmt::format("{}: {}: got more than one statement", database.path_, sql));
  }
  if (statement == nullptr) {
    throw base::UserError(fmt::format("{}: {}: is not a statement", database.path_, sql));
  }
}

void Statement::bind_value(int position, const Value& value) {
  sqlite3_stmt* const statement = statement_.get();
  int result = SQLITE_OK;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    result = sqlite3_bind_int64(statement, position, *integer);
  } else if (const auto* real = std::get_if<double>(&value)) {
    result = sqlite3_bind_double(statement, position, *real);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    result = sqlite3_bind_text(statement, position, text->data(), static_cast<int>(text->size()),
                               SQLITE_TRANSIENT);
  } else {
    result = sqlite3_bind_null(statement, position);
  }
  if (result != SQLITE_OK) database_.fail("cannot bind a value");
}

bool Statement::step() {
  const int result = sqlite3_step(statement_.get());
  if (result == SQLITE_ROW) return true;
  if (result != SQLITE_DONE) database_.fail(sqlite3_sql(statement_.get()));
  return false;
}

void Statement::run() {
  while (step()) {
  }
  sqlite3_reset(statement_.get());
}

std::vector<std::string> Statement::columns() const {
  std::vector<std::string> names;
  for (int c = 0; c < sqlite3_column_count(statement_.get()); ++c) {
    names.emplace_back(sqlite3_column_name(statement_.get(), c));
  }
  return names;
}

Value Statement::value(int column) const {
  switch (sqlite3_column_type(statement_.get(), column)) {
    case SQLITE_INTEGER:
      return integer(column);
    case SQLITE_FLOAT:
      return real(column);
    case SQLITE_NULL:
      return std::monostate{};
    default:
      return text(column);
  }
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

double Statement::real(int column) const { return sqlite3_column_double(statement_.get(), column); }

std::string Statement::text(int column) const {
  const auto* const text =
      reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  return {text == nullptr ? "" : text,
          static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

Transaction::Transaction(Database& database) : database_(database) {
  database_.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    database_.execute("ROLLBACK");
  } catch (const base::UserError&) {
    // SQLite has already rolled back, or does so when the file is opened next.
  }
}

void Transaction::commit() {
  database_.execute("COMMIT");
  open_ = false;
}

std::string sql_name(std::string_view name) { return base::quoted(name, '"'); }

std::string sql_text(std::string_view text) { return base::quoted(text, '\''); }

}  // namespace spikeloom::explore
