// toml++ as we use it. Only for the .cpp files that parse TOML: it takes seconds to compile. Header-only, so
// that the program needs no library for it at start-up; a failed parse is a value, not an exception.
#pragma once

#undef TOML_HEADER_ONLY
#define TOML_HEADER_ONLY 1  // NOLINT(cppcoreguidelines-macro-usage)
#undef TOML_EXCEPTIONS
#define TOML_EXCEPTIONS 0  // NOLINT(cppcoreguidelines-macro-usage)
// toml++ 3.3 takes for granted that a table's name begins like a key ("[=]" ends a debug build, and is
// undefined in a release), although its next lines look and say what is wrong. So nothing is taken for
// granted here.
#include <toml++/impl/preprocessor.h>
#undef TOML_ASSERT_ASSUME
#define TOML_ASSERT_ASSUME(expr) static_assert(true)  // NOLINT(cppcoreguidelines-macro-usage)
#include <toml++/toml.h>
