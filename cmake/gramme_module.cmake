# gramme_module(meter DEPENDS units base SOURCES counter.cpp)
# One folder of src/ = one target = one namespace. A module sees only what it DEPENDS on.
set(GRAMME_WARNINGS -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  list(APPEND GRAMME_WARNINGS -Wno-restrict)  # false alarms on std::string + in optimised builds (GCC bug 105651)
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # std::stable_sort of libstdc++ 12 calls its own deprecated get_temporary_buffer, and clang says so in our name; g++,
  # which knows its library, still reports what we ourselves call that is deprecated.
  list(APPEND GRAMME_WARNINGS -Wno-deprecated-declarations)
endif()

# What nearly every source includes, read once: a quarter of what a build takes. Not where ccache stands in between, which
# keeps no object that was made with such a header. It holds nothing of ours, and the build with ccache and that of clang
# see to it that each source includes what it uses.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  add_library(gramme_headers STATIC ${PROJECT_SOURCE_DIR}/cmake/module_headers.cpp)
  target_precompile_headers(gramme_headers PRIVATE <algorithm> <array> <chrono> <cmath> <cstddef> <cstdint> <functional> <map>
    <memory> <optional> <span> <string> <string_view> <utility> <vector>)
  target_compile_options(gramme_headers PRIVATE ${GRAMME_WARNINGS})
endif()

function(gramme_headers target)
  if(TARGET gramme_headers)
    target_precompile_headers(${target} REUSE_FROM gramme_headers)
  endif()
endfunction()

function(gramme_module name)
  cmake_parse_arguments(arg "" "" "DEPENDS;SOURCES" ${ARGN})
  list(TRANSFORM arg_SOURCES PREPEND ${PROJECT_SOURCE_DIR}/src/${name}/)
  list(TRANSFORM arg_DEPENDS PREPEND gramme::)
  if(arg_SOURCES)
    add_library(gramme_${name} STATIC ${arg_SOURCES})
    gramme_unity(${arg_SOURCES})
    set(scope PUBLIC)
    target_compile_options(gramme_${name} PRIVATE ${GRAMME_WARNINGS})
    gramme_headers(gramme_${name})
  else()
    add_library(gramme_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(gramme::${name} ALIAS gramme_${name})
  target_include_directories(gramme_${name} ${scope} ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(gramme_${name} ${scope} ${arg_DEPENDS})
endfunction()
