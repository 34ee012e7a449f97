// gramme serve: the page and the HTTP interface.
#include <fmt/format.h>
#include <spawn.h>
#include <sys/random.h>
#include <sys/wait.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <thread>

#include "cli/command_context.hpp"
#include "cli/run_store.hpp"
#include "config/override_tables.hpp"
#include "serve/server.hpp"
#include "track/outputs.hpp"

extern char** environ;  // NOLINT(readability-redundant-declaration)

namespace gramme::cli {
namespace {

constexpr const char* kTokenVariable = "GRAMME_SERVE_TOKEN";
constexpr std::size_t kShortestToken = 16;

/// 128 random bits, in hexadecimal.
Result<std::string> new_token() {
    std::array<unsigned char, 16> bytes{};
    if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
        return Error{Code::kUnavailable, "no random numbers for a token",
                     std::string{"give your own in "} + kTokenVariable};
    }
    std::string token;
    for (const unsigned char byte : bytes) {
        token += fmt::format("{:02x}", byte);
    }
    return token;
}

/// The token that others need; empty on loopback unless somebody asked for one.
Result<std::string> token_of(const CommandContext& context, bool loopback) {
    const auto own = context.host.env(kTokenVariable);
    if (!own || own->empty()) {
        return loopback ? Result<std::string>{std::string{}} : new_token();
    }
    const bool plain =
        own->find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~") ==
        std::string::npos;
    if (own->size() < kShortestToken || !plain) {
        return Error{Code::kUsage,
                     std::string{kTokenVariable} +
                         " is shorter than 16 characters or holds others than letters, digits and -_.~",
                     "leave it out: a good one is made and printed"};
    }
    return *own;
}

/// The desktop's own opener, whose failure is nobody's concern: the address is printed anyway.
void open_browser(const std::string& address) {
    std::string program = "xdg-open";
    std::string argument = address;
    std::array<char*, 3> words{program.data(), argument.data(), nullptr};
    pid_t pid = 0;
    if (::posix_spawnp(&pid, program.c_str(), nullptr, nullptr, words.data(), environ) == 0) {
        std::thread{[pid] { ::waitpid(pid, nullptr, 0); }}.detach();
    }
}

std::string address_of(const serve::ListenAddress& listen, std::uint16_t port, const std::string& token) {
    // What listens everywhere is reached from here by localhost.
    const bool everywhere = listen.host == "0.0.0.0" || listen.host == "::";
    const std::string host = everywhere                                   ? "localhost"
                             : listen.host.find(':') != std::string::npos ? "[" + listen.host + "]"
                                                                          : listen.host;
    return fmt::format("http://{}:{}/{}", host, port, token.empty() ? "" : "?token=" + token);
}

}  // namespace

Result<int> serve_command(const CommandContext& context) {
    GRAMME_TRY(const serve::ListenAddress listen,
               serve::parse_listen(context.arguments.value("listen").value_or("127.0.0.1:7777")));
    GRAMME_TRY(refdata::Tables tables, tables_with_overrides(context.options.data_dir));
    serve::ServiceOptions options;
    {
        // Opened once before anybody asks: what is wrong with it is said here, and killed runs are moved in.
        GRAMME_TRY(const OpenedStore opened, open_run_store(context));
        options.store_url = opened.store->url();
        options.journal_dir = opened.journal_dir;
    }
    options.default_region = context.options.factors.region;
    options.access.loopback = listen.loopback;
    options.access.listen_host = listen.host;
    options.access.allow_write = context.arguments.has("allow-write");
    GRAMME_TRY(options.access.token, token_of(context, listen.loopback));
    const std::string token = options.access.token;
    const std::string store_url = options.store_url;
    serve::Service service{context.host, std::move(tables), std::move(options)};
    constexpr int kThreads = 2;
    GRAMME_TRY(const auto server, serve::Server::open(service, listen, kThreads));
    std::signal(SIGPIPE, SIG_IGN);  // a client that goes away is no reason to end
    server->stop_on_signals();      // who has read the address may end it
    const std::string address = address_of(listen, server->port(), token);
    print(context.terminal.out, address + "\n");
    std::fflush(context.terminal.out);
    print(context.terminal.err, fmt::format("gramme: reading {}{}; Ctrl-C stops it\n", store_url,
                                            context.arguments.has("allow-write") ? ", writing allowed" : ""));
    if (!listen.loopback) {
        print_warning(context.terminal,
                      "others can reach this; whoever has the token sees the runs, over plain HTTP: put a "
                      "proxy with TLS in front of it outside of a trusted network");
    }
    if (context.arguments.has("open")) {
        open_browser(address);
    }
    server->run();
    return static_cast<int>(kExitOk);
}

}  // namespace gramme::cli
