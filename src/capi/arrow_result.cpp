#include "capi/arrow_result.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>

namespace gramme::capi {
namespace {

/// What a schema of ours points to.
struct SchemaMemory {
    std::string format, name, metadata;
    std::vector<ArrowSchema> children;
    std::vector<ArrowSchema*> pointers;
    ArrowSchema dictionary{};
};

void release_schema(ArrowSchema* schema) {
    const std::unique_ptr<SchemaMemory> memory{static_cast<SchemaMemory*>(schema->private_data)};
    for (ArrowSchema& child : memory->children) {
        if (child.release != nullptr) {
            child.release(&child);
        }
    }
    if (memory->dictionary.release != nullptr) {
        memory->dictionary.release(&memory->dictionary);
    }
    schema->release = nullptr;
}

/// Bytes of key-value metadata: a count of pairs, then length and bytes of each key and value (int32, of the
/// machine's order).
std::string metadata_of(const char* metadata) {
    if (metadata == nullptr) {
        return {};
    }
    std::size_t size = 0;
    const auto next = [&] {
        std::int32_t value = 0;
        std::memcpy(&value, metadata + size, sizeof value);
        size += sizeof value;
        return value;
    };
    const std::int32_t pairs = next();
    for (std::int64_t i = 0; i < 2 * static_cast<std::int64_t>(pairs); ++i) {
        const std::int32_t length = next();
        size += length > 0 ? static_cast<std::size_t>(length) : 0;
    }
    return {metadata, size};
}

/// `out` points into `memory`, which it owns from here on.
void hand_over(std::unique_ptr<SchemaMemory> memory, std::int64_t flags, ArrowSchema* out) {
    for (ArrowSchema& child : memory->children) {
        memory->pointers.push_back(&child);
    }
    *out = {};
    out->format = memory->format.c_str();
    out->name = memory->name.c_str();
    out->metadata = memory->metadata.empty() ? nullptr : memory->metadata.data();
    out->flags = flags;
    out->n_children = static_cast<std::int64_t>(memory->children.size());
    out->children = memory->pointers.data();
    out->dictionary = memory->dictionary.release != nullptr ? &memory->dictionary : nullptr;
    out->release = &release_schema;
    out->private_data = memory.release();
}

/// For a copy that fails half-way: what was made is released.
class Unfinished {
public:
    explicit Unfinished(SchemaMemory& memory) : memory_(memory) {}
    ~Unfinished() {
        if (!done_) {
            for (ArrowSchema& child : memory_.children) {
                if (child.release != nullptr) {
                    child.release(&child);
                }
            }
            if (memory_.dictionary.release != nullptr) {
                memory_.dictionary.release(&memory_.dictionary);
            }
        }
    }
    Unfinished(const Unfinished&) = delete;
    Unfinished& operator=(const Unfinished&) = delete;
    void done() { done_ = true; }

private:
    SchemaMemory& memory_;
    bool done_ = false;
};

void copy_schema(const ArrowSchema& from, ArrowSchema* out) {
    auto memory = std::make_unique<SchemaMemory>();
    Unfinished unfinished(*memory);
    memory->format = from.format != nullptr ? from.format : "";
    memory->name = from.name != nullptr ? from.name : "";
    memory->metadata = metadata_of(from.metadata);
    memory->children.resize(static_cast<std::size_t>(from.n_children));
    memory->pointers.reserve(memory->children.size());
    for (std::size_t i = 0; i < memory->children.size(); ++i) {
        copy_schema(*from.children[i], &memory->children[i]);
    }
    if (from.dictionary != nullptr) {
        copy_schema(*from.dictionary, &memory->dictionary);
    }
    unfinished.done();
    hand_over(std::move(memory), from.flags, out);
}

void column_schema(const std::string& name, const char* format, ArrowSchema* out) {
    auto memory = std::make_unique<SchemaMemory>();
    memory->format = format;
    memory->name = name;
    hand_over(std::move(memory), ARROW_FLAG_NULLABLE, out);
}

/// What an array of ours points to. The columns of a batch share their figures: each may outlive the others.
struct ColumnMemory {
    std::shared_ptr<const ArrowFigures> figures;
    std::array<const void*, 3> buffers{};
};

void release_column(ArrowArray* array) {
    const std::unique_ptr<ColumnMemory> memory{static_cast<ColumnMemory*>(array->private_data)};
    array->release = nullptr;
}

void number_column(const std::shared_ptr<const ArrowFigures>& figures, std::size_t figure, ArrowArray* out) {
    auto memory = std::make_unique<ColumnMemory>();
    memory->figures = figures;
    memory->buffers = {figures->without > 0 ? figures->valid.data() : nullptr,
                       figures->numbers.get() + figure * figures->rows, nullptr};
    *out = {};
    out->length = static_cast<std::int64_t>(figures->rows);
    out->null_count = static_cast<std::int64_t>(figures->without);
    out->n_buffers = 2;
    out->buffers = memory->buffers.data();
    out->release = &release_column;
    out->private_data = memory.release();
}

void note_column(const std::shared_ptr<const ArrowFigures>& figures, ArrowArray* out) {
    auto memory = std::make_unique<ColumnMemory>();
    memory->figures = figures;
    memory->buffers = {figures->notes_null > 0 ? figures->noted.data() : nullptr, figures->offsets.data(),
                       figures->notes.data()};
    *out = {};
    out->length = static_cast<std::int64_t>(figures->rows);
    out->null_count = static_cast<std::int64_t>(figures->notes_null);
    out->n_buffers = 3;
    out->buffers = memory->buffers.data();
    out->release = &release_column;
    out->private_data = memory.release();
}

struct BatchMemory {
    std::vector<ArrowArray> children;
    std::vector<ArrowArray*> pointers;
    std::array<const void*, 1> buffers{};

    BatchMemory() = default;
    BatchMemory(const BatchMemory&) = delete;
    BatchMemory& operator=(const BatchMemory&) = delete;
    /// A child that somebody moved away has no release any more.
    ~BatchMemory() {
        for (ArrowArray& child : children) {
            if (child.release != nullptr) {
                child.release(&child);
            }
        }
    }
};

void release_batch(ArrowArray* array) {
    const std::unique_ptr<BatchMemory> memory{static_cast<BatchMemory*>(array->private_data)};
    array->release = nullptr;
}

}  // namespace

void make_schema(const ArrowSchema& input, const ArrowPlan& plan, ArrowSchema* out) {
    auto memory = std::make_unique<SchemaMemory>();
    Unfinished unfinished(*memory);
    memory->format = "+s";
    memory->name = input.name != nullptr ? input.name : "";
    const std::size_t theirs = plan.passthrough ? plan.columns.size() : 0;
    memory->children.resize(theirs + plan.results.size());
    memory->pointers.reserve(memory->children.size());
    for (std::size_t i = 0; i < theirs; ++i) {
        copy_schema(*input.children[i], &memory->children[i]);
    }
    for (std::size_t i = 0; i < plan.results.size(); ++i) {
        column_schema(plan.results[i], i < batch::kFigures ? "g" : "U", &memory->children[theirs + i]);
    }
    memory->metadata = plan.passthrough ? metadata_of(input.metadata) : "";
    unfinished.done();
    hand_over(std::move(memory), 0, out);
}

void make_batch(Owned<ArrowArray> input, const ArrowPlan& plan, ArrowFigures figures, ArrowArray* out) {
    const auto shared = std::make_shared<const ArrowFigures>(std::move(figures));
    auto memory = std::make_unique<BatchMemory>();
    const std::size_t theirs = plan.passthrough ? plan.columns.size() : 0;
    memory->children.resize(theirs + plan.results.size());
    for (ArrowArray& child : memory->children) {
        memory->pointers.push_back(&child);
    }
    for (std::size_t i = 0; i < plan.results.size(); ++i) {
        ArrowArray* const column = &memory->children[theirs + i];
        i < batch::kFigures ? number_column(shared, i, column) : note_column(shared, column);
    }
    for (std::size_t i = 0; i < theirs; ++i) {
        ArrowArray& child = *input->children[i];
        memory->children[i] = child;
        child.release = nullptr;
        // Our batch begins at 0: what was cut off theirs is cut off each column.
        ArrowArray& ours = memory->children[i];
        const bool cut = input->offset != 0 || ours.length != input->length;
        ours.offset += input->offset;
        ours.length = input->length;
        ours.null_count = cut && ours.null_count != 0 ? -1 : ours.null_count;
    }
    *out = {};
    out->length = static_cast<std::int64_t>(shared->rows);
    out->n_buffers = 1;
    out->n_children = static_cast<std::int64_t>(memory->children.size());
    out->buffers = memory->buffers.data();
    out->children = memory->pointers.data();
    out->release = &release_batch;
    out->private_data = memory.release();
    input.reset();
}

}  // namespace gramme::capi
