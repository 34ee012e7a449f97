#include "serve/gzip.hpp"

#include <boost/beast/zlib/deflate_stream.hpp>
#include <boost/crc.hpp>
#include <cstdint>

namespace gramme::serve {
namespace {

void put_little_endian(std::string& out, std::uint32_t value) {
    for (int shift = 0; shift < 32; shift += 8) {
        out += static_cast<char>((value >> static_cast<unsigned>(shift)) & 0xFFU);
    }
}

}  // namespace

std::string gzipped(std::string_view text) {
    namespace zlib = boost::beast::zlib;
    constexpr std::string_view kHead{"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", 10};
    constexpr int kLevel = 4;
    constexpr int kWindowBits = 15;
    constexpr int kMemory = 8;
    zlib::deflate_stream stream;
    stream.reset(kLevel, kWindowBits, kMemory, zlib::Strategy::normal);
    std::string out{kHead};
    const std::size_t most = stream.upper_bound(text.size());
    out.resize(kHead.size() + most);
    zlib::z_params params{};
    params.next_in = text.data();
    params.avail_in = text.size();
    params.next_out = out.data() + kHead.size();
    params.avail_out = most;
    boost::system::error_code error;
    stream.write(params, zlib::Flush::finish, error);
    out.resize(kHead.size() + params.total_out);
    boost::crc_32_type crc;
    crc.process_bytes(text.data(), text.size());
    put_little_endian(out, crc.checksum());
    put_little_endian(out, static_cast<std::uint32_t>(text.size()));
    return out;
}

}  // namespace gramme::serve
