// gramme_estimate_stream(): an Arrow stream in, the same with figures out.
#include <cerrno>
#include <exception>
#include <memory>
#include <new>
#include <string>

#include "batch/given.hpp"
#include "calculate/answer.hpp"
#include "capi/arrow_result.hpp"
#include "capi/boundary.hpp"
#include "config/override_tables.hpp"
#include "host/real_host.hpp"

namespace gramme::capi {
namespace {

struct StreamState {
    Owned<ArrowArrayStream> input;
    Owned<ArrowSchema> schema;
    ArrowPlan plan;
    refdata::Tables tables;
    std::unique_ptr<ArrowRows> rows;
    std::uint64_t batches = 0;
    std::string trouble;  ///< of the last call
};

StreamState& state_of(ArrowArrayStream* stream) {
    return *static_cast<StreamState*>(stream->private_data);
}

std::string last_error(ArrowArrayStream& stream, int code) {
    const char* const text = stream.get_last_error(&stream);
    return text != nullptr ? text : "error " + std::to_string(code) + " of the table's producer";
}

/// errno codes are what the interface speaks. `work` returns one.
template <class Work>
int safely(StreamState& state, Work work) {
    try {
        state.trouble.clear();
        return work();
    } catch (const std::bad_alloc&) {
        return ENOMEM;
    } catch (const std::exception& unexpected) {
        try {
            state.trouble = unexpected.what();
        } catch (const std::bad_alloc&) {
            state.trouble.clear();
        }
        return EIO;
    }
}

int get_schema(ArrowArrayStream* stream, ArrowSchema* out) {
    StreamState& state = state_of(stream);
    return safely(state, [&] {
        make_schema(*state.schema, state.plan, out);
        return 0;
    });
}

int get_next(ArrowArrayStream* stream, ArrowArray* out) {
    StreamState& state = state_of(stream);
    return safely(state, [&] {
        ArrowArray next{};
        const int code = state.input->get_next(state.input.get(), &next);
        if (code != 0) {
            state.trouble = last_error(*state.input, code);
            return code;
        }
        if (next.release == nullptr) {  // the end
            *out = {};
            return 0;
        }
        Owned<ArrowArray> batch{&next};
        ++state.batches;
        auto figures = state.rows->compute(*batch);
        if (!figures) {
            state.trouble = "batch " + std::to_string(state.batches) + ": " + figures.error().what;
            return EINVAL;
        }
        make_batch(std::move(batch), state.plan, *std::move(figures), out);
        return 0;
    });
}

const char* get_last_error(ArrowArrayStream* stream) {
    const StreamState& state = state_of(stream);
    return state.trouble.empty() ? nullptr : state.trouble.c_str();
}

void release_stream(ArrowArrayStream* stream) {
    const std::unique_ptr<StreamState> state{&state_of(stream)};
    stream->release = nullptr;
}

Result<void> open_stream(Owned<ArrowArrayStream> input, const char* text, StreamState& state) {
    GRAMME_TRY(const config::EstimateRequest request,
               config::read_estimate_request(text != nullptr ? text : "{}", config::RequestKind::kTable));
    GRAMME_TRY(const config::RunOptions options, calculate::options_of(request, *host::make_real_host()));
    GRAMME_TRY(state.tables, config::tables_with_overrides(options.data_dir));
    GRAMME_TRY(state.plan.base, batch::given_by_options(request.options, options.factors, state.tables));
    state.plan.base_hours = config::value_of(request.options, "hours").has_value();
    ArrowSchema schema{};
    if (const int code = input->get_schema(input.get(), &schema); code != 0) {
        return Error{Code::kIo, "the table's schema: " + last_error(*input, code), ""};
    }
    if (schema.release == nullptr) {
        return Error{Code::kMalformed, "the table's producer gave a schema that is released already", ""};
    }
    state.schema = Owned<ArrowSchema>{&schema};
    GRAMME_CHECK(bind_schema(*state.schema, request, state.plan));
    state.input = std::move(input);
    state.rows = std::make_unique<ArrowRows>(state.plan, state.tables);
    return {};
}

}  // namespace
}  // namespace gramme::capi

extern "C" int32_t gramme_estimate_stream(struct ArrowArrayStream* in, const char* request,
                                          struct ArrowArrayStream* out, gramme_error* error) {
    using namespace gramme;
    return capi::guarded(error, [&]() -> Result<void> {
        if (in == nullptr || in->release == nullptr) {
            return Error{Code::kUsage, "the stream is NULL or released already", ""};
        }
        capi::Owned<ArrowArrayStream> input{in};
        if (out == nullptr) {
            return capi::missing("out");
        }
        auto state = std::make_unique<capi::StreamState>();
        GRAMME_CHECK(capi::open_stream(std::move(input), request, *state));
        *out = {};
        out->get_schema = &capi::get_schema;
        out->get_next = &capi::get_next;
        out->get_last_error = &capi::get_last_error;
        out->release = &capi::release_stream;
        out->private_data = state.release();
        return {};
    });
}
