// Arrow streams made by hand, which count what of them is alive: a leak or a second release shows.
#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gramme.h>

namespace gramme::testing {

/// Structures that were made and not released yet.
inline int& alive() {
    static int count = 0;
    return count;
}

/// A column as its buffers; `dictionary` where there is one.
struct MadeColumn {
    std::string name;
    std::string format;
    std::int64_t length = 0;
    std::vector<std::string> buffers;
    std::int64_t offset = 0;
    std::int64_t null_count = 0;
    bool has_validity = false;
    std::shared_ptr<MadeColumn> dictionary;
};

template <class T>
std::string bytes_of(const std::vector<T>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

inline std::string bits_of(const std::vector<bool>& bits) {
    std::string out(bits.size() / 8 + 1, '\0');
    for (std::size_t i = 0; i < bits.size(); ++i) {
        if (bits[i]) {
            out[i / 8] = static_cast<char>(static_cast<unsigned char>(out[i / 8]) | 1U << (i % 8));
        }
    }
    return out;
}

template <class T>
MadeColumn numbers(std::string name, std::string format, const std::vector<std::optional<T>>& values) {
    std::vector<T> plain;
    std::vector<bool> valid;
    MadeColumn out{
        std::move(name), std::move(format), static_cast<std::int64_t>(values.size()), {}, 0, 0, false,
        nullptr};
    for (const auto& value : values) {
        plain.push_back(value.value_or(T{77}));
        valid.push_back(value.has_value());
        out.null_count += value ? 0 : 1;
    }
    out.has_validity = out.null_count > 0;
    out.buffers = {bits_of(valid), bytes_of(plain)};
    return out;
}

using Texts = std::vector<std::optional<std::string>>;

/// `format`: "u", "U" or "vu".
inline MadeColumn texts(std::string name, const std::string& format, const Texts& values) {
    MadeColumn out{std::move(name), format, static_cast<std::int64_t>(values.size()), {}, 0, 0,
                   false,           nullptr};
    std::vector<std::int32_t> offsets{0};
    std::vector<std::int64_t> large{0};
    std::string bytes;
    std::string views;
    std::vector<bool> valid;
    for (const auto& value : values) {
        const std::string text = value.value_or("");
        std::int32_t view[4] = {static_cast<std::int32_t>(text.size()), 0, 0, 0};
        if (text.size() <= 12) {
            std::memcpy(view + 1, text.data(), text.size());
        } else {
            std::memcpy(view + 1, text.data(), 4);
            view[3] = static_cast<std::int32_t>(bytes.size());
        }
        views.append(reinterpret_cast<const char*>(view), sizeof view);
        bytes += text;
        offsets.push_back(static_cast<std::int32_t>(bytes.size()));
        large.push_back(static_cast<std::int64_t>(bytes.size()));
        valid.push_back(value.has_value());
        out.null_count += value ? 0 : 1;
    }
    out.has_validity = out.null_count > 0;
    if (format == "vu") {
        out.buffers = {bits_of(valid), views, bytes,
                       bytes_of(std::vector<std::int64_t>{static_cast<std::int64_t>(bytes.size())})};
    } else {
        out.buffers = {bits_of(valid), format == "u" ? bytes_of(offsets) : bytes_of(large), bytes};
    }
    return out;
}

template <class Index>
MadeColumn dictionary(std::string name, std::string index_format, const std::vector<std::optional<Index>>& at,
                      MadeColumn values) {
    MadeColumn out = numbers<Index>(std::move(name), std::move(index_format), at);
    out.dictionary = std::make_shared<MadeColumn>(std::move(values));
    return out;
}

using MadeBatch = std::vector<MadeColumn>;

namespace detail {

struct SchemaHolder {
    MadeColumn column;
    std::vector<std::unique_ptr<ArrowSchema>> owned;
    std::vector<ArrowSchema*> children;
};
struct ArrayHolder {
    MadeColumn column;
    std::vector<const void*> buffers;
    std::vector<std::unique_ptr<ArrowArray>> owned;
    std::vector<ArrowArray*> children;
};

template <class Struct, class Holder>
void release(Struct* self) {
    const std::unique_ptr<Holder> holder{static_cast<Holder*>(self->private_data)};
    for (Struct* child : holder->children) {
        if (child->release != nullptr) {
            child->release(child);
        }
    }
    if (self->dictionary != nullptr && self->dictionary->release != nullptr) {
        self->dictionary->release(self->dictionary);
    }
    delete self->dictionary;
    self->release = nullptr;
    --alive();
}

inline void fill(const MadeColumn& column, ArrowSchema* out) {
    auto holder = std::make_unique<SchemaHolder>();
    holder->column = column;
    *out = {};
    out->format = holder->column.format.c_str();
    out->name = holder->column.name.c_str();
    out->flags = ARROW_FLAG_NULLABLE;
    if (column.dictionary != nullptr) {
        out->dictionary = new ArrowSchema;
        fill(*column.dictionary, out->dictionary);
    }
    out->release = &release<ArrowSchema, SchemaHolder>;
    out->private_data = holder.release();
    ++alive();
}

inline void fill(const MadeColumn& column, ArrowArray* out) {
    auto holder = std::make_unique<ArrayHolder>();
    holder->column = column;
    for (std::size_t i = 0; i < holder->column.buffers.size(); ++i) {
        holder->buffers.push_back(i == 0 && !column.has_validity ? nullptr
                                                                 : holder->column.buffers[i].data());
    }
    *out = {};
    out->length = column.length;
    out->null_count = column.null_count;
    out->offset = column.offset;
    out->n_buffers = static_cast<std::int64_t>(holder->buffers.size());
    out->buffers = holder->buffers.data();
    if (column.dictionary != nullptr) {
        out->dictionary = new ArrowArray;
        fill(*column.dictionary, out->dictionary);
    }
    out->release = &release<ArrowArray, ArrayHolder>;
    out->private_data = holder.release();
    ++alive();
}

template <class Struct, class Holder>
void fill_table(const MadeBatch& columns, std::int64_t offset, std::int64_t length, Struct* out) {
    auto holder = std::make_unique<Holder>();
    *out = {};
    for (const MadeColumn& column : columns) {
        holder->owned.push_back(std::make_unique<Struct>());
        fill(column, holder->owned.back().get());
        holder->children.push_back(holder->owned.back().get());
    }
    out->n_children = static_cast<std::int64_t>(columns.size());
    out->children = holder->children.data();
    if constexpr (std::is_same_v<Struct, ArrowSchema>) {
        out->format = "+s";
        out->name = "";
    } else {
        holder->buffers = {nullptr};
        out->buffers = holder->buffers.data();
        out->n_buffers = 1;
        out->offset = offset;
        out->length = length;
    }
    out->release = &release<Struct, Holder>;
    out->private_data = holder.release();
    ++alive();
}

}  // namespace detail

/// A stream of these batches; at batch `fails_at` its producer fails.
struct MadeStream {
    std::vector<MadeBatch> batches;
    std::size_t next = 0;
    std::size_t fails_at = SIZE_MAX;
    std::int64_t batch_offset = 0;  ///< rows cut off the front of each batch, by its own offset
    std::function<void(ArrowSchema&)> bend_schema = nullptr;  ///< what a producer may get wrong
    std::function<void(ArrowArray&)> bend = nullptr;
};

inline ArrowArrayStream stream_of(MadeStream made) {
    ArrowArrayStream out{};
    out.get_schema = [](ArrowArrayStream* stream, ArrowSchema* schema) {
        const auto* const self = static_cast<MadeStream*>(stream->private_data);
        detail::fill_table<ArrowSchema, detail::SchemaHolder>(self->batches.front(), 0, 0, schema);
        if (self->bend_schema) {
            self->bend_schema(*schema);
        }
        return 0;
    };
    out.get_next = [](ArrowArrayStream* stream, ArrowArray* array) {
        auto* const self = static_cast<MadeStream*>(stream->private_data);
        if (self->next == self->fails_at) {
            return 5;
        }
        if (self->next == self->batches.size()) {
            *array = {};
            return 0;
        }
        const MadeBatch& batch = self->batches[self->next++];
        const std::int64_t length = batch.empty() ? 0 : batch.front().length - self->batch_offset;
        detail::fill_table<ArrowArray, detail::ArrayHolder>(batch, self->batch_offset, length, array);
        if (self->bend) {
            self->bend(*array);
        }
        return 0;
    };
    out.get_last_error = [](ArrowArrayStream*) { return "the disk is gone"; };
    out.release = [](ArrowArrayStream* stream) {
        delete static_cast<MadeStream*>(stream->private_data);
        stream->release = nullptr;
        --alive();
    };
    out.private_data = new MadeStream(std::move(made));
    ++alive();
    return out;
}

}  // namespace gramme::testing
