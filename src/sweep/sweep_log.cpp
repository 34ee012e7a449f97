#include "sweep/sweep_log.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <thread>

#include "host/errno_error.hpp"
#include "host/quiet_signals.hpp"
#include "present/json.hpp"
#include "store/file_lock.hpp"
#include "sweep/attempt.hpp"

namespace gramme::sweep {
namespace {

using present::Json;
using present::read_value;

constexpr std::string_view kSchema = "gramme/sweep-log/1";
constexpr double kNsPerSecond = 1e9;

std::string line_of(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json identity_json(const SweepIdentity& identity) {
    Json json = Json::object();
    json["schema"] = kSchema;
    json["id"] = identity.id;
    json["method"] = identity.method;
    json["seed"] = identity.seed;
    json["configs"] = identity.configs;
    json["eta"] = identity.eta;
    json["resource"] = identity.resource;
    json["objective"] = identity.objective;
    json["minimize"] = identity.minimize;
    json["command"] = identity.command;
    json["space"] = identity.space;
    return json;
}

/// Which setting is another one than when the sweep began; empty: none.
std::string difference(const Json& before, const SweepIdentity& wanted) {
    // As it would be read back, so that both are of the same kind.
    const Json now = Json::parse(line_of(identity_json(wanted)), nullptr, false);
    for (const auto& [key, value] : now.items()) {
        if (key != "id" && (!before.contains(key) || before.at(key) != value)) {
            return key;
        }
    }
    return "";
}

Json task_json(const plan::Task& task, std::size_t attempt) {
    Json json = Json::object();
    json["config"] = task.config;
    json["rung"] = task.rung;
    json["budget"] = task.budget;
    json["attempt"] = attempt;
    return json;
}

Result<void> read_task(const Json& json, plan::Task& task, std::size_t& attempt) {
    std::uint64_t number = 0;
    GRAMME_CHECK(read_value(json, "config", number));
    task.config = static_cast<std::size_t>(number);
    number = 0;
    GRAMME_CHECK(read_value(json, "rung", number));
    task.rung = static_cast<std::size_t>(number);
    number = 1;
    GRAMME_CHECK(read_value(json, "attempt", number));
    attempt = static_cast<std::size_t>(number);
    return read_value(json, "budget", task.budget);
}

Json trial_json(const plan::Trial& trial) {
    Json json = task_json(trial.task, trial.attempt);
    Json point = Json::array();  // an object would lose the order
    for (const auto& [name, value] : trial.point) {
        point.push_back(Json::array({name, value}));
    }
    json["point"] = point;
    json["outcome"] = name_of(trial.outcome);
    json["objective"] = present::number_or_null(trial.objective);
    json["exit_status"] = present::number_or_null(trial.exit_status);
    present::set_text(json, "note", trial.note);
    present::set_text(json, "run_id", trial.run_id);
    json["energy_kwh"] = present::number_or_null(trial.energy_kwh);
    if (const auto& carbon = trial.operational_kgco2e) {
        json["operational_kgco2e"] = Json::array({carbon->value, carbon->low, carbon->high});
    }
    json["duration_s"] = trial.duration_s;
    json["ended_wall_ns"] = trial.ended_wall_ns;
    return json;
}

Result<plan::Trial> read_trial(const Json& json) {
    plan::Trial out;
    GRAMME_CHECK(read_task(json, out.task, out.attempt));
    if (const Json* point = present::member(json, "point"); point != nullptr && point->is_array()) {
        for (const Json& setting : *point) {
            if (setting.is_array() && setting.size() == 2 && setting[0].is_string() &&
                setting[1].is_string()) {
                out.point.emplace_back(setting[0].get<std::string>(), setting[1].get<std::string>());
            }
        }
    }
    std::string outcome;
    GRAMME_CHECK(read_value(json, "outcome", outcome));
    const auto* const found = std::find_if(std::begin(plan::kOutcomes), std::end(plan::kOutcomes),
                                           [&](plan::Outcome one) { return name_of(one) == outcome; });
    if (found == std::end(plan::kOutcomes)) {
        return present::wrong_key("outcome", "an end of a trial");
    }
    out.outcome = *found;
    GRAMME_CHECK(read_value(json, "objective", out.objective));
    GRAMME_CHECK(read_value(json, "exit_status", out.exit_status));
    GRAMME_CHECK(read_value(json, "note", out.note));
    GRAMME_CHECK(read_value(json, "run_id", out.run_id));
    GRAMME_CHECK(read_value(json, "energy_kwh", out.energy_kwh));
    if (const Json* carbon = present::member(json, "operational_kgco2e");
        carbon != nullptr && carbon->is_array() && carbon->size() == 3 && (*carbon)[0].is_number() &&
        (*carbon)[1].is_number() && (*carbon)[2].is_number()) {
        out.operational_kgco2e =
            Estimate{(*carbon)[0].get<double>(), (*carbon)[1].get<double>(), (*carbon)[2].get<double>()};
    }
    GRAMME_CHECK(read_value(json, "duration_s", out.duration_s));
    GRAMME_CHECK(read_value(json, "ended_wall_ns", out.ended_wall_ns));
    return out;
}

Result<void> check_task(const plan::Task& task, const Scope& scope) {
    if (task.config >= scope.points.size()) {
        return Error{Code::kMalformed,
                     "there is no point " + std::to_string(task.config) + " in this search, which has " +
                         std::to_string(scope.points.size()),
                     ""};
    }
    if (task.rung >= scope.rungs || !(task.budget > 0.0 && task.budget <= 1.0)) {
        return Error{Code::kMalformed, "there is no such rung in this search", ""};
    }
    return {};
}

/// At most 1 GiB: a sweep of a million trials.
Result<std::string> read_all(int fd, const std::string& path) {
    std::string text;
    char block[65536];
    for (;;) {
        const ssize_t count = ::read(fd, block, sizeof block);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return host::errno_error("cannot read " + path, errno);
        }
        if (count == 0) {
            return text;
        }
        text.append(block, static_cast<std::size_t>(count));
    }
}

}  // namespace

Result<SweepLog> SweepLog::open(const std::string& folder, const SweepIdentity& wanted, const Scope& scope,
                                std::int64_t now_wall_ns) {
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    if (failed) {
        return host::errno_error("cannot make the folder " + folder, failed.value());
    }
    SweepLog log;
    log.path_ = folder + "/sweep.jsonl";
    log.opened_ns_ = now_wall_ns;
    log.fd_.reset(::open(log.path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (!log.fd_) {
        return host::errno_error("cannot open " + log.path_, errno);
    }
    // A sweep that was killed while it started a trial leaves the lock to that child until it is exec'd.
    constexpr int kLooks = 100;
    store::LockOutcome lock = store::try_lock(log.fd_.get());
    for (int i = 0; i < kLooks && lock == store::LockOutcome::kHeld; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
        lock = store::try_lock(log.fd_.get());
    }
    if (lock == store::LockOutcome::kHeld) {
        return Error{Code::kUnavailable, "the sweep in " + folder + " runs just now",
                     "wait for it, or give another folder with --dir"};
    }
    GRAMME_TRY(std::string text, read_all(log.fd_.get(), log.path_));
    const std::size_t whole = text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1;
    if (whole < text.size()) {  // cut while it was written: nothing relied on it yet
        if (::ftruncate(log.fd_.get(), static_cast<off_t>(whole)) != 0) {
            return host::errno_error("cannot cut " + log.path_, errno);
        }
        text.resize(whole);
    }
    if (text.empty()) {
        log.id_ = wanted.id;
        GRAMME_CHECK(log.append(line_of(identity_json(wanted)), true));
        if (const host::UniqueFd at{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)}) {
            (void)::fsync(at.get());  // the file's name as well
        }
    } else {
        GRAMME_CHECK(log.read_back(text, wanted, scope));
    }
    GRAMME_CHECK(log.append(line_of(Json{{"session", now_wall_ns}}), false));
    return log;
}

Result<void> SweepLog::read_back(const std::string& text, const SweepIdentity& wanted, const Scope& scope) {
    std::size_t number = 0;
    for (std::size_t from = 0; from < text.size();) {
        const std::size_t to = text.find('\n', from);
        const Json json = Json::parse(text.substr(from, to - from), nullptr, false);
        from = to + 1;
        ++number;
        const auto damaged = [&](const std::string& why) {
            return Error{Code::kMalformed, path_ + ":" + std::to_string(number) + ": " + why,
                         "it is left as it is; mend it, or give another folder with --dir"};
        };
        if (!json.is_object()) {
            return damaged("no line of a sweep");
        }
        if (number == 1) {
            if (!json.contains("schema") || json.at("schema") != kSchema || !json.contains("id") ||
                !json.at("id").is_string()) {
                return damaged("this is no sweep of this gramme");
            }
            if (const std::string other = difference(json, wanted); !other.empty()) {
                return Error{Code::kUsage,
                             "the sweep in " + std::filesystem::path{path_}.parent_path().string() +
                                 " has another " + other,
                             "go on with the same words and file, or give another folder with --dir"};
            }
            id_ = json.at("id").get<std::string>();
            continue;
        }
        if (auto read = read_line(json, scope); !read) {
            return damaged(read.error().what);
        }
    }
    for (const plan::Trial& trial : ended_) {
        ran(ended_at(trial.ended_wall_ns, -trial.duration_s), trial.ended_wall_ns);
    }
    return {};
}

Result<void> SweepLog::read_line(const Json& json, const Scope& scope) {
    const Error no_time{Code::kMalformed, "no time", ""};
    if (json.contains("session")) {
        Session session;
        if (!read_value(json, "session", session.begin_ns)) {
            return no_time;
        }
        session.last_ns = session.begin_ns;
        sessions_.push_back(session);
        return {};
    }
    std::int64_t at_ns = 0;
    if (!read_value(json, "at_ns", at_ns)) {
        return no_time;
    }
    if (!sessions_.empty()) {
        sessions_.back().last_ns = std::max(sessions_.back().last_ns, at_ns);
    }
    const Json* end = present::member(json, "end");
    if (end == nullptr || !end->is_object()) {
        return read_note(json, scope, at_ns);
    }
    GRAMME_TRY(plan::Trial trial, read_trial(*end));
    GRAMME_CHECK(check_task(trial.task, scope));
    if (trial.point != scope.points.at(trial.task.config)) {
        return Error{Code::kMalformed,
                     "point " + std::to_string(trial.task.config) + " of this search has other values", ""};
    }
    const bool twice = std::any_of(ended_.begin(), ended_.end(), [&](const plan::Trial& one) {
        return one.task.config == trial.task.config && one.task.rung == trial.task.rung;
    });
    if (twice) {  // it would count twice in all sums
        return Error{Code::kMalformed, "point " + std::to_string(trial.task.config) + " has ended before",
                     ""};
    }
    open_.erase({trial.task.config, trial.task.rung});
    ended_.push_back(std::move(trial));
    return {};
}

Result<void> SweepLog::read_note(const Json& json, const Scope& scope, std::int64_t at_ns) {
    for (const char* kind : {"start", "pid", "timeout", "drop"}) {
        const Json* what = present::member(json, kind);
        if (what == nullptr) {
            continue;
        }
        Started started;
        if (!what->is_object() || !read_task(*what, started.task, started.attempt)) {
            break;
        }
        GRAMME_CHECK(check_task(started.task, scope));
        const std::pair key{started.task.config, started.task.rung};
        const std::string_view name{kind};
        const auto found = open_.find(key);
        if (name == "start") {
            started.at_wall_ns = at_ns;
            open_[key] = started;
            attempts_[key] = std::max(attempts_[key], started.attempt);
        } else if (found != open_.end() && name == "drop") {
            found->second.dropped_ns = at_ns;
        } else if (found != open_.end() && name == "timeout") {
            found->second.timed_out = true;
        } else if (found != open_.end()) {
            GRAMME_CHECK(read_value(*what, "pid", found->second.pid));
        }
        return {};
    }
    return Error{Code::kMalformed, "neither a start nor an end", ""};
}

double SweepLog::earlier_s() const {
    double sum = 0.0;
    for (const Session& session : sessions_) {
        sum += static_cast<double>(session.last_ns - session.begin_ns) / kNsPerSecond;
    }
    return sum;
}

void SweepLog::ran(std::int64_t from_wall_ns, std::int64_t until_wall_ns) {
    std::int64_t next_ns = opened_ns_;
    for (auto session = sessions_.rbegin(); session != sessions_.rend(); ++session) {
        if (session->begin_ns <= from_wall_ns) {
            session->last_ns = std::max(session->last_ns, std::min(until_wall_ns, next_ns));
            return;
        }
        next_ns = session->begin_ns;
    }
}

std::size_t SweepLog::attempts(const plan::Task& task) const {
    const auto found = attempts_.find({task.config, task.rung});
    return found == attempts_.end() ? 0 : found->second;
}

Result<void> SweepLog::append(const std::string& line, bool sync) {
    const host::QuietSignals quiet;
    std::size_t done = 0;
    while (done < line.size()) {
        const ssize_t count = ::write(fd_.get(), line.data() + done, line.size() - done);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return host::errno_error("cannot write " + path_, errno);
        }
        done += static_cast<std::size_t>(count);
    }
    if (sync && ::fdatasync(fd_.get()) != 0) {
        return host::errno_error("cannot write " + path_, errno);
    }
    return {};
}

Result<void> SweepLog::note_start(const plan::Task& task, std::size_t attempt, std::int64_t now_wall_ns) {
    GRAMME_CHECK(append(line_of(Json{{"at_ns", now_wall_ns}, {"start", task_json(task, attempt)}}), true));
    const std::pair key{task.config, task.rung};
    open_[key] = {task, attempt, now_wall_ns, 0, false, {}};
    attempts_[key] = attempt;
    return {};
}

void SweepLog::note_pid(const plan::Task& task, int pid, std::int64_t now_wall_ns) {
    Json json = task_json(task, attempts(task));
    json["pid"] = pid;
    (void)append(line_of(Json{{"at_ns", now_wall_ns}, {"pid", json}}), false);
}

Result<void> SweepLog::note_timeout(const plan::Task& task, std::int64_t now_wall_ns) {
    return append(line_of(Json{{"at_ns", now_wall_ns}, {"timeout", task_json(task, attempts(task))}}), true);
}

Result<void> SweepLog::note_drop(const plan::Task& task, std::int64_t now_wall_ns) {
    if (const auto found = open_.find({task.config, task.rung}); found != open_.end()) {
        found->second.dropped_ns = now_wall_ns;
    }
    return append(line_of(Json{{"at_ns", now_wall_ns}, {"drop", task_json(task, attempts(task))}}), true);
}

Result<void> SweepLog::note_end(const plan::Trial& trial, std::int64_t now_wall_ns) {
    GRAMME_CHECK(append(line_of(Json{{"at_ns", now_wall_ns}, {"end", trial_json(trial)}}), true));
    open_.erase({trial.task.config, trial.task.rung});
    ended_.push_back(trial);
    return {};
}

}  // namespace gramme::sweep
