// A service over a store of its own, asked without sockets.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "estimate/estimate.hpp"
#include "host/real_host.hpp"
#include "present/present.hpp"
#include "scratch.hpp"
#include "serve/service.hpp"
#include "store/journal.hpp"
#include "store/store.hpp"

namespace gramme::serve::testing {

using Json = nlohmann::json;

class ServiceFixture : public ::testing::Test {
protected:
    ServiceFixture() : host_(host::make_real_host()) {
        EXPECT_TRUE(store::Store::open("sqlite:" + folder_.file("runs.db")));
        remake({});
    }

    void remake(const Access& access) {
        ServiceOptions options;
        options.access = access;
        options.store_url = "sqlite:" + folder_.file("runs.db");
        options.journal_dir = folder_.file("live");
        service_ = std::make_unique<Service>(*host_, refdata::Tables{}, options);
    }

    /// A run in the store, with a footprint worked out of its ledger.
    void add(RunRecord run, bool with_gap = false) {
        Ledger ledger;
        ledger.devices = {gramme::testing::made_up_device("cpu0")};
        ledger.windows = {gramme::testing::made_up_window(0, 0, 10, 3.6e6)};
        if (with_gap) {
            ledger.gaps = {{0, 10 * gramme::testing::kSecond, 20 * gramme::testing::kSecond, "it was gone"}};
        }
        run.state = RunState::kFinished;
        run.duration_s = 20.0;
        const refdata::Tables tables;
        const auto factors = estimate::resolve_factors(tables, run.asked, run.host);
        ASSERT_TRUE(factors) << factors.error().what;
        const Footprint footprint = estimate::footprint_of(run, ledger, *factors, tables);
        const auto store = store::Store::open("sqlite:" + folder_.file("runs.db"));
        ASSERT_TRUE(store) << store.error().what;
        const auto added = (*store)->add(run, ledger, footprint,
                                         present::footprint_json(run, footprint, true), run.started_wall_ns);
        ASSERT_TRUE(added) << added.error().what;
    }

    /// Where journals of runs lie that are measured now.
    std::string live_folder() {
        std::filesystem::create_directories(folder_.file("live"));
        return folder_.file("live");
    }

    Response ask(const std::string& method, const std::string& target, const std::string& body = "") {
        Request request;
        request.method = method;
        request.host = "localhost:7777";
        const auto parsed = parse_target(target);
        EXPECT_TRUE(parsed) << target;
        request.path = parsed->path;
        request.query = parsed->query;
        request.body = body;
        return service_->answer(request);
    }
    Json get(const std::string& target, int status = 200) {
        const Response response = ask("GET", target);
        EXPECT_EQ(response.status, status) << target << "\n" << response.body;
        return Json::parse(response.bytes(), nullptr, false);
    }

    gramme::testing::ScratchFolder folder_;
    std::unique_ptr<Host> host_;
    std::unique_ptr<Service> service_;
};

}  // namespace gramme::serve::testing
