# cmake -DFOLDER=web/dist -DOPENAPI=docs/api/openapi.json -DOUT=DIR -P embed.cmake
# Writes OUT/assets.S and OUT/asset_table.cpp: each file of FOLDER as it is and, where that is smaller, as gzip; found by
# its path, with its type and the hash of its content. The gzip holds no time and no name: the same files give the same
# bytes.
cmake_policy(VERSION 3.25)
file(GLOB_RECURSE files RELATIVE ${FOLDER} ${FOLDER}/*)
list(SORT files)
if(NOT "index.html" IN_LIST files)
  message(FATAL_ERROR "${FOLDER}/index.html is missing: the page is part of the sources (web/dist)")
endif()
file(MAKE_DIRECTORY ${OUT}/gz ${OUT}/plain)
set(assembly "    .section .rodata\n")
set(symbols "extern \"C\" {\n")
set(table "")

function(type_of path out)
  set(types html "text/html\\; charset=utf-8" js "text/javascript; charset=utf-8" css "text/css; charset=utf-8"
      json "application/json; charset=utf-8" svg "image/svg+xml" png "image/png" ico "image/x-icon" txt "text/plain; charset=utf-8"
      webmanifest "application/manifest+json")
  string(REGEX REPLACE ".*\\." "" ending "${path}")
  list(FIND types "${ending}" at)
  if(at LESS 0)
    message(FATAL_ERROR "${path}: a file of a type that embed.cmake does not know")
  endif()
  math(EXPR at "${at} + 1")
  list(GET types ${at} type)
  set(${out} "${type}" PARENT_SCOPE)
endfunction()

function(add_bytes symbol file)
  string(APPEND assembly "    .global ${symbol}\n    .global ${symbol}_end\n${symbol}:\n    .incbin \"${file}\"\n${symbol}_end:\n    .byte 0\n")
  string(APPEND symbols "extern const char ${symbol};\nextern const char ${symbol}_end;\n")
  set(assembly "${assembly}" PARENT_SCOPE)
  set(symbols "${symbols}" PARENT_SCOPE)
endfunction()

set(number 0)
foreach(file ${files})
  type_of("${file}" type)
  file(SHA256 ${FOLDER}/${file} hash)
  string(SUBSTRING ${hash} 0 16 hash)
  set(symbol gramme_asset_${number})
  # A copy: the assembler reads it after this script, and the folder may have been built anew by then.
  file(COPY_FILE ${FOLDER}/${file} ${OUT}/plain/${number})
  add_bytes(${symbol} ${OUT}/plain/${number})
  set(gzip "{}")
  if(NOT file MATCHES "\\.(png|ico)$")
    execute_process(COMMAND gzip -9 -n -c ${FOLDER}/${file} OUTPUT_FILE ${OUT}/gz/${number}.gz COMMAND_ERROR_IS_FATAL ANY)
    file(SIZE ${FOLDER}/${file} plain_size)
    file(SIZE ${OUT}/gz/${number}.gz gzip_size)
    if(gzip_size LESS plain_size)
      add_bytes(${symbol}_gz ${OUT}/gz/${number}.gz)
      set(gzip "bytes(&${symbol}_gz, &${symbol}_gz_end)")
    endif()
  endif()
  string(APPEND table "        Asset{\"/${file}\", \"${type}\", \"${hash}\", bytes(&${symbol}, &${symbol}_end), ${gzip}},\n")
  math(EXPR number "${number} + 1")
endforeach()
add_bytes(gramme_openapi ${OPENAPI})
string(APPEND assembly "    .section .note.GNU-stack,\"\",%progbits\n")
string(APPEND symbols "}\n")

file(WRITE ${OUT}/assets.S "${assembly}")
file(WRITE ${OUT}/asset_table.cpp "// Made by cmake/embed.cmake.
#include \"serve/asset_table.hpp\"

#include <vector>

${symbols}
namespace gramme::serve {
namespace {

std::string_view bytes(const char* begin, const char* end) {
    return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace

std::span<const Asset> asset_table() {
    static const std::vector<Asset> kAssets{
${table}    };
    return kAssets;
}

std::string_view openapi_text() {
    return bytes(&gramme_openapi, &gramme_openapi_end);
}

}  // namespace gramme::serve
")
