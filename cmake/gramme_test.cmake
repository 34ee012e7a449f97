# gramme_test(meter_test DEPENDS meter SOURCES unit/meter/counter_test.cpp): one GoogleTest program, each test a ctest test.
find_package(GTest REQUIRED)
include(GoogleTest)

# UndefinedBehaviorSanitizer is there for the code that is tested; in the tests' own it takes the compiler a quarter longer.
# AddressSanitizer stays: both share one memory.
set(GRAMME_TEST_OPTIONS -Wall -Wextra -Wshadow)
if(NOT GRAMME_TEST_UNDEFINED)
  list(APPEND GRAMME_TEST_OPTIONS -fno-sanitize=undefined)
endif()

# A locale with a decimal comma of the build's own, so that no test of numbers depends on what the machine has.
find_program(LOCALEDEF localedef)
if(LOCALEDEF AND EXISTS /usr/share/i18n/locales/de_DE)
  set(comma_locale ${PROJECT_BINARY_DIR}/locale/de_DE.UTF-8)
  add_custom_command(OUTPUT ${comma_locale}/LC_NUMERIC
    COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/locale
    COMMAND ${LOCALEDEF} -i de_DE -f UTF-8 ${comma_locale} VERBATIM)
  add_custom_target(comma_locale ALL DEPENDS ${comma_locale}/LC_NUMERIC)
endif()

# What every test includes, read once: a good part of the time that a build of the tests takes. Not where ccache stands in
# between, which keeps no object that was made with such a header.
if(NOT CMAKE_CXX_COMPILER_LAUNCHER)
  find_package(nlohmann_json REQUIRED)
  add_executable(gramme_test_headers ${PROJECT_SOURCE_DIR}/cmake/test_headers.cpp)
  set(GRAMME_TEST_HEADERS <gmock/gmock.h> <gtest/gtest.h> <nlohmann/json.hpp> <algorithm> <chrono> <fstream> <functional> <map>
    <memory> <optional> <sstream> <string> <thread> <variant> <vector>)
  target_precompile_headers(gramme_test_headers PRIVATE ${GRAMME_TEST_HEADERS})
  target_link_libraries(gramme_test_headers PRIVATE GTest::gmock nlohmann_json::nlohmann_json)
  target_compile_options(gramme_test_headers PRIVATE ${GRAMME_TEST_OPTIONS})
endif()

function(gramme_test_headers target)
  if(TARGET gramme_test_headers)
    target_precompile_headers(${target} REUSE_FROM gramme_test_headers)
  endif()
endfunction()

function(gramme_test target)
  cmake_parse_arguments(arg "" "" "DEPENDS;SOURCES" ${ARGN})
  list(TRANSFORM arg_DEPENDS PREPEND gramme::)
  add_executable(${target} ${arg_SOURCES})
  gramme_unity(${arg_SOURCES})
  gramme_unity_tests(${target})
  target_link_libraries(${target} PRIVATE ${arg_DEPENDS} GTest::gmock GTest::gtest_main)
  target_compile_options(${target} PRIVATE ${GRAMME_TEST_OPTIONS})
  target_compile_definitions(${target} PRIVATE GRAMME_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  gramme_test_headers(${target})
  gtest_discover_tests(${target} DISCOVERY_TIMEOUT 60 
    PROPERTIES LABELS unit ENVIRONMENT LOCPATH=${PROJECT_BINARY_DIR}/locale)
endfunction()

# gramme_compile_fail(joules_plus_watts): tests/compile_fail/joules_plus_watts.cpp compiles, and with
# GRAMME_SHOULD_FAIL defined it does not. Only the compiler's front end runs.
function(gramme_compile_fail name)
  set(command ${CMAKE_CXX_COMPILER} -std=c++20 -fsyntax-only -Werror=unused-result -I${PROJECT_SOURCE_DIR}/src
      ${PROJECT_SOURCE_DIR}/tests/compile_fail/${name}.cpp)
  add_test(NAME compile_fail.${name}.should_compile COMMAND ${command})
  add_test(NAME compile_fail.${name}.should_fail COMMAND ${command} -DGRAMME_SHOULD_FAIL)
  set_tests_properties(compile_fail.${name}.should_compile compile_fail.${name}.should_fail PROPERTIES LABELS compile)
  set_tests_properties(compile_fail.${name}.should_fail PROPERTIES WILL_FAIL TRUE)
endfunction()

# gramme_fuzzer(parse_u64 DEPENDS base): replays fuzz/corpus/parse_u64 in every build; a libFuzzer program where asked.
function(gramme_fuzzer name)
  cmake_parse_arguments(arg "" "" "DEPENDS" ${ARGN})
  list(TRANSFORM arg_DEPENDS PREPEND gramme::)
  add_executable(replay_${name} fuzz_${name}.cpp replay_main.cpp)
  target_link_libraries(replay_${name} PRIVATE ${arg_DEPENDS})
  add_test(NAME replay.${name} COMMAND replay_${name} ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${name})
  set_tests_properties(replay.${name} PROPERTIES LABELS unit)
  if(GRAMME_BUILD_FUZZERS)
    add_executable(fuzz_${name} fuzz_${name}.cpp)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    target_link_libraries(fuzz_${name} PRIVATE ${arg_DEPENDS})
    if(NOT TARGET fuzzers)
      add_custom_target(fuzzers)
    endif()
    add_dependencies(fuzzers fuzz_${name})
  endif()
endfunction()
