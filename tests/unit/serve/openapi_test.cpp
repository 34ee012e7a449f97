// docs/api/openapi.json and the routes, each checked against the other.
#include <gmock/gmock.h>

#include <set>

#include "serve/asset_table.hpp"
#include "service_fixture.hpp"

namespace gramme::serve {
namespace {

using Json = testing::Json;

Json description() {
    return Json::parse(openapi_text());
}

std::string upper(std::string text) {
    for (char& c : text) {
        c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    return text;
}

std::set<std::string> described() {
    std::set<std::string> all;
    const Json document = description();
    for (const auto& [path, operations] : document.at("paths").items()) {
        for (const auto& [method, operation] : operations.items()) {
            all.insert(upper(method) + " " + path);
        }
    }
    return all;
}

TEST(OpenApi, DescribesEveryRouteAndNoOther) {
    std::set<std::string> there;
    for (const Route& route : routes()) {
        there.insert(std::string{route.method} + " " + std::string{route.pattern});
    }
    EXPECT_EQ(described(), there);
}

TEST(OpenApi, WhatNamesARunSaysThatTheIdMayBeWrong) {
    const Json document = description();
    for (const auto& [path, operations] : document.at("paths").items()) {
        for (const auto& [method, operation] : operations.items()) {
            EXPECT_TRUE(path.find("/runs/{id}") == std::string::npos ||
                        operation.at("responses").contains("400"))
                << method << " " << path;
        }
    }
}

TEST(OpenApi, EveryReferenceLeadsSomewhere) {
    const Json document = description();
    const std::string text{openapi_text()};
    const std::string mark = "\"#/components/schemas/";
    std::size_t count = 0;
    for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
        const std::size_t from = at + mark.size();
        const std::string name = text.substr(from, text.find('"', from) - from);
        EXPECT_TRUE(document.at("components").at("schemas").contains(name)) << name;
        ++count;
    }
    EXPECT_GT(count, 20U);
}

/// Whether `value` is as the schema says: types, required keys, what is listed and what refers to others.
void check(const Json& document, const Json& schema, const Json& value, const std::string& where) {
    if (schema.contains("$ref")) {
        const std::string reference = schema.at("$ref");
        const std::string name = reference.substr(reference.rfind('/') + 1);
        return check(document, document.at("components").at("schemas").at(name), value, where);
    }
    if (schema.contains("oneOf")) {
        for (const Json& one : schema.at("oneOf")) {
            if ((one.value("type", Json{}) == "null") == value.is_null()) {
                return check(document, one, value, where);
            }
        }
        ADD_FAILURE() << where << ": fits nothing of oneOf: " << value;
        return;
    }
    if (schema.contains("allOf")) {
        for (const Json& one : schema.at("allOf")) {
            check(document, one, value, where);
        }
    }
    if (schema.contains("const")) {
        EXPECT_EQ(value, schema.at("const")) << where;
    }
    if (schema.contains("enum")) {
        EXPECT_THAT(schema.at("enum"), ::testing::Contains(value)) << where;
    }
    if (schema.contains("type")) {
        const Json types =
            schema.at("type").is_array() ? schema.at("type") : Json::array({schema.at("type")});
        const auto is = [&](const std::string& type) {
            return (type == "null" && value.is_null()) || (type == "string" && value.is_string()) ||
                   (type == "number" && value.is_number()) ||
                   (type == "integer" && value.is_number_integer()) ||
                   (type == "boolean" && value.is_boolean()) || (type == "object" && value.is_object()) ||
                   (type == "array" && value.is_array());
        };
        bool fits = false;
        for (const Json& type : types) {
            fits = fits || is(type);
        }
        ASSERT_TRUE(fits) << where << ": " << value << " is no " << types;
    }
    for (const Json& key : schema.value("required", Json::array())) {
        EXPECT_TRUE(value.contains(key.get<std::string>())) << where << ": " << key << " is missing";
    }
    const Json properties = schema.value("properties", Json::object());
    for (const auto& [key, of_key] : properties.items()) {
        if (value.is_object() && value.contains(key)) {
            check(document, of_key, value.at(key), where + "." + key);
        }
    }
    if (value.is_object() && schema.contains("properties") && !schema.contains("allOf") &&
        schema.value("x-complete", false)) {
        for (const auto& [key, of_key] : value.items()) {
            EXPECT_TRUE(properties.contains(key)) << where << "." << key << " is not described";
        }
    }
    if (value.is_array() && schema.contains("items")) {
        for (std::size_t i = 0; i < value.size(); ++i) {
            check(document, schema.at("items"), value.at(i), where + "[" + std::to_string(i) + "]");
        }
    }
}

class DescribedTest : public testing::ServiceFixture {
protected:
    static std::string target_of(std::string path, const std::string& operation) {
        const std::size_t at = path.find("{id}");
        if (at != std::string::npos) {
            path.replace(at, 4,
                         operation == "sourceFigures" ? "google_rci" : gramme::testing::made_up_run().id);
        }
        if (operation == "reportRun" || operation == "reportEstimate") {
            return path + "?as=json";
        }
        return operation == "equivalences" ? path + "?kgco2e=2" : path;
    }
    static std::string body_of(const std::string& operation) {
        return operation == "renameRun"   ? R"({"name":"x"})"
               : operation == "recostRun" ? R"({"region":"SWE"})"
               : operation == "compare"   ? R"({"power_w":1,"hours":1,"regions":"aws"})"
               : operation == "planWhen"  ? R"({"power_w":1,"hours":1,"start_not_before":"2026-01-01T00:00Z",
                         "forecast":{"rows":[{"from":"2026-01-01T00:00Z","gco2e_per_kwh":9},
                                             {"from":"2026-01-01T01:00Z","gco2e_per_kwh":5}]}})"
               : operation == "planTrain"
                   ? R"({"parameters":"7B","tokens":"2T","device":"a100-80gb","count":1024,"region":"FRA"})"
               : operation == "planReuse"
                   ? R"({"parameters":"7B","tokens":"2T","device":"a100-80gb","region":"FRA","uses":"1M"})"
               : operation == "planWhere"
                   ? R"({"device":"a100","hours":1,"regions":"FRA,SWE","counts":[1,2]})"
                   : R"({"power_w":1,"hours":1})";
    }
};

TEST_F(DescribedTest, EveryOperationIsAnsweredAsDescribed) {
    Access access;
    access.allow_write = true;
    remake(access);
    const Json document = description();
    for (const auto& [path, operations] : document.at("paths").items()) {
        for (const auto& [method, operation] : operations.items()) {
            RunRecord run = gramme::testing::made_up_run();
            run.asked.region = "FRA";
            add(run, true);  // again after the operation that deletes it
            const std::string name = operation.at("operationId");
            const Response response = ask(upper(method), target_of(path, name),
                                          operation.contains("requestBody") ? body_of(name) : "");
            const Json& answers = operation.at("responses");
            ASSERT_TRUE(answers.contains(std::to_string(response.status)))
                << name << ": " << response.status << " is not described\n"
                << response.body;
            ASSERT_LT(response.status, 300) << name << response.body;
            const Json& answer = answers.at(std::to_string(response.status));
            const Json content = answer.value("content", Json::object());
            const std::string type = response.type.substr(0, response.type.find(';'));
            if (response.status != 204) {
                ASSERT_TRUE(content.contains(type)) << name << ": " << type << " is not described";
            }
            if (type == "application/json" && response.status == 200) {
                check(document, content.at(type).at("schema"), Json::parse(response.bytes()), name);
            }
            for (const Json& parameter : operation.value("parameters", Json::array())) {
                if (parameter.at("in") == "query" && !parameter.value("required", false)) {
                    const std::string joint =
                        target_of(path, name).find('?') == std::string::npos ? "?" : "&";
                    const std::string target =
                        target_of(path, name) + joint + parameter.at("name").get<std::string>() + "=";
                    const Response odd = ask(upper(method), target + "zzz", body_of(name));
                    EXPECT_NE(odd.status, 500) << target;
                    if (odd.status >= 400) {
                        const Json& refused = answers.contains(std::to_string(odd.status))
                                                  ? answers.at(std::to_string(odd.status))
                                                  : answers.at("default");
                        check(document, refused.at("content").at("application/json").at("schema"),
                              Json::parse(odd.bytes()), name);
                    }
                }
            }
        }
    }
}

}  // namespace
}  // namespace gramme::serve
