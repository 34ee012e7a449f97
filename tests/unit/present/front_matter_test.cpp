// The front matter of a model card: one key changes, and nothing else.
#include "present/front_matter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace gramme::present {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kKey = "co2_eq_emissions";
constexpr std::string_view kBlock = "co2_eq_emissions:\n  emissions: 12.5\n  source: \"x\"\n";

std::string put(std::string_view card) {
    const auto out = with_front_matter(card, kKey, kBlock);
    EXPECT_TRUE(out) << out.error().what;
    return out ? *out : "";
}

Error refused(std::string_view card) {
    const auto out = with_front_matter(card, kKey, kBlock);
    EXPECT_FALSE(out) << *out;
    return out ? Error{} : out.error();
}

std::string with_crlf(std::string_view text) {
    std::string out;
    for (const char c : text) {
        out += c == '\n' ? "\r\n" : std::string{c};
    }
    return out;
}

const std::string kNew{kBlock};

TEST(FrontMatterMerge, PutsTheKeyAtTheEndWhereThereIsNone) {
    EXPECT_EQ(put("---\nlicense: mit\n---\n# T\n"), "---\nlicense: mit\n" + kNew + "---\n# T\n");
    EXPECT_EQ(put("---\n---\n"), "---\n" + kNew + "---\n");
}

TEST(FrontMatterMerge, PutsAFrontMatterBeforeACardWithoutOne) {
    EXPECT_EQ(put("# T\n\n---\nrule\n"), "---\n" + kNew + "---\n\n# T\n\n---\nrule\n");
    EXPECT_EQ(put(""), "---\n" + kNew + "---\n");
    EXPECT_EQ(put("# T\r\n"), with_crlf("---\n" + kNew + "---\n\n# T\n"));
    EXPECT_EQ(put("\xEF\xBB\xBF# T\n"), "\xEF\xBB\xBF---\n" + kNew + "---\n\n# T\n");
}

TEST(FrontMatterMerge, ReplacesANumberAMappingAndAFlow) {
    EXPECT_EQ(put("---\na: 1\nco2_eq_emissions: 3 # old\nb: 2\n---\nx"),
              "---\na: 1\n" + kNew + "b: 2\n---\nx");
    EXPECT_EQ(put("---\nco2_eq_emissions:\n  emissions: 1\n\n  # why\n  source: \"a\n    b\"\n\n# about "
                  "b\nb: 2\n---\n"),
              "---\n" + kNew + "\n# about b\nb: 2\n---\n");
    EXPECT_EQ(put("---\nco2_eq_emissions: {emissions: 1,\nsource: 'it''s'}\nb: 2\n---\n"),
              "---\n" + kNew + "b: 2\n---\n");
    EXPECT_EQ(put("---\n'co2_eq_emissions' : 1\n---\n"), "---\n" + kNew + "---\n");
    EXPECT_EQ(put("---\nco2_eq_emissions:\n- 1\n- 2\nb: 2\n---\n"), "---\n" + kNew + "b: 2\n---\n");
    EXPECT_EQ(put("---\nco2_eq_emissions: |\n  a: b\n\n  c\nb: 2\n---\n"), "---\n" + kNew + "b: 2\n---\n");
}

TEST(FrontMatterMerge, IsNotMisledByTheKeyInsideOfAnother) {
    for (const char* card : {
             "---\nmodel-index:\n  co2_eq_emissions: 1\n---\n",             // nested
             "---\ntext: |\n  co2_eq_emissions: 1\n---\n",                  // block scalar
             "---\ntext: \"a\nco2_eq_emissions: 1\"\n---\n",                // quoted over two lines
             "---\nlist: [a,\nco2_eq_emissions: 1]\n---\n",                 // brackets over two lines
             "---\n# co2_eq_emissions: 1\nlicense: mit\n---\n",             // comment
             "---\nxco2_eq_emissions: 1\n---\nco2_eq_emissions: 2\n---\n",  // another key; the body
         }) {
        const std::string text{card};
        const std::size_t end = text.find("---\n", 4);
        EXPECT_EQ(put(text), text.substr(0, end) + kNew + text.substr(end)) << text;
    }
}

TEST(FrontMatterMerge, KeepsWindowsLineEndsAndTheByteOrderMark) {
    EXPECT_EQ(put(with_crlf("---\na: 1\nco2_eq_emissions: 3\n---\nx\n")),
              with_crlf("---\na: 1\n" + kNew + "---\nx\n"));
    EXPECT_EQ(put("\xEF\xBB\xBF---\na: 1\n---\n"), "\xEF\xBB\xBF---\na: 1\n" + kNew + "---\n");
}

TEST(FrontMatterMerge, TheBodyMayHoldAnything) {
    const std::string body = "text\n---\nco2_eq_emissions: 9\n...\n\r\r\n\xff\xfe no end";
    EXPECT_EQ(put("---\na: 1\n---\n" + body), "---\na: 1\n" + kNew + "---\n" + body);
}

TEST(FrontMatterMerge, RefusesWhatIsNotAFrontMatterAndNamesTheLine) {
    EXPECT_THAT(refused("---\nlicense: mit\n# no end\n").what, HasSubstr("not closed"));
    EXPECT_THAT(refused("---\nlicense: mit\nwhat is this\n---\n").what, HasSubstr("line 3"));
    EXPECT_THAT(refused("---\na: \"open\n---\n").what, HasSubstr("quote"));
    EXPECT_THAT(refused("---\na: [1, 2\n---\n").what, HasSubstr("bracket"));
    EXPECT_THAT(refused("---\na: [1, 2}\n---\n").what, HasSubstr("bracket"));
    EXPECT_THAT(refused("---\nco2_eq_emissions: 1\nco2_eq_emissions: 2\n---\n").what, HasSubstr("twice"));
    EXPECT_THAT(refused("---\na: b: c\n---\n").what, HasSubstr("quotes"));
    EXPECT_THAT(refused("---\na: b\n  c: d\n---\n").what, HasSubstr("line 3"));
    EXPECT_THAT(refused("---\n{a: 1}\n---\n").what, HasSubstr("line 2"));
    EXPECT_THAT(refused("---\n- a\n---\n").what, HasSubstr("line 2"));
    EXPECT_THAT(refused("---\n\ta: 1\n---\n").what, HasSubstr("tab"));
    EXPECT_THAT(refused("---\n  a: 1\n---\n").what, HasSubstr("line 2"));
    EXPECT_THAT(refused("---\na: 1\rco2_eq_emissions: 2\n---\n").what, HasSubstr("control"));
    EXPECT_THAT(refused("---\n\"co2\\x5feq_emissions\": 1\n---\n").what, HasSubstr("escape"));
    EXPECT_THAT(refused("---\n? co2_eq_emissions\n: 1\n---\n").what, HasSubstr("line 2"));
    EXPECT_THAT(refused("---\nco2_eq_emissions: &x 1\nb: *x\n---\n").what, HasSubstr("anchor"));
    EXPECT_EQ(refused("---\na: \"open\n---\n").code, Code::kMalformed);
}

TEST(FrontMatterMerge, PutsNoSecondFrontMatterBeforeOneThatItDoesNotRead) {
    EXPECT_THAT(refused("--- # c\nlicense: mit\n---\n").what, HasSubstr("line 1"));
    EXPECT_THAT(refused("--- {a: 1}\n---\n").what, HasSubstr("line 1"));
    EXPECT_THAT(refused("---\rlicense: mit\r---\r").what, HasSubstr("line 1"));
    EXPECT_THAT(refused("\r---\rlicense: mit\r---\r# T\n").what, HasSubstr("line 1"));
    EXPECT_THAT(refused("---\na: \xff\n---\n").what, HasSubstr("line 2: it is not UTF-8"));
    EXPECT_EQ(put("----\ntext\n"), "---\n" + kNew + "---\n\n----\ntext\n");  // a rule, no front matter
}

TEST(FrontMatterMerge, TwiceIsAsOnce) {
    const std::string once = put("---\na: 1\n---\nb\n");
    EXPECT_EQ(put(once), once);
}

/// Pieces of front matter that are whole in themselves.
rc::Gen<std::string> pieces() {
    return rc::gen::elementOf(std::vector<std::string>{"license: mit\n",
                                                       "tags:\n- a\n- b: \"c: d\"\n",
                                                       "tags:\n  - x\n",
                                                       "# a comment\n",
                                                       "\n",
                                                       "  \n",
                                                       "text: |\n  co2_eq_emissions: 1\n\n  ---x\n",
                                                       "text: >-\n  a\n",
                                                       "quoted: \"a\n\n  # b\"\n",
                                                       "s: 'it''s\n  x'\n",
                                                       "flow: {a: [1, 2], b: \"]\"}\n",
                                                       "flow: [a,\n b, # c\nd]\n",
                                                       "nested:\n  co2_eq_emissions:\n    emissions: 2\n",
                                                       "plain: several\n  words\n",
                                                       "empty:\n",
                                                       "anchor: &x 1\n",
                                                       "alias: *x\n",
                                                       "tag: !!str 1\n",
                                                       "url: http://a/b#c\n",
                                                       "\"quoted key\": 1\n",
                                                       "é: ü\n"});
}

TEST(FrontMatterMerge, EveryByteOutsideOfTheBlockStays) {
    EXPECT_TRUE(rc::check("prefix + block + suffix", [] {
        std::string before;
        std::string after;
        for (const std::string& piece : *rc::gen::container<std::vector<std::string>>(pieces())) {
            before += piece;
        }
        for (const std::string& piece : *rc::gen::container<std::vector<std::string>>(pieces())) {
            after += piece;
        }
        after =
            "last: 1\n" + after;  // a blank line or an indented comment behind the old block is not its own
        const std::string old = *rc::gen::elementOf(std::vector<std::string>{
            "", "co2_eq_emissions: 1\n", "co2_eq_emissions:\n  emissions: 1\n  source: |\n    a\n",
            "co2_eq_emissions: {\nemissions: 1}\n"});
        const auto body = *rc::gen::arbitrary<std::string>();
        const bool windows = *rc::gen::arbitrary<bool>();
        const auto end = [&](const std::string& text) { return windows ? with_crlf(text) : text; };
        const std::string card = end("---\n" + before + old + after + "---\n") + body;
        const std::string put_at_end = end("---\n" + before + after + kNew + "---\n") + body;
        const std::string put_there = end("---\n" + before + kNew + after + "---\n") + body;
        const auto out = with_front_matter(card, kKey, kBlock);
        RC_ASSERT(static_cast<bool>(out));
        RC_ASSERT(*out == (old.empty() ? put_at_end : put_there));
    }));
}

TEST(FrontMatterMerge, AnyCardWithoutFrontMatterIsKeptWhole) {
    EXPECT_TRUE(rc::check("own + card", [] {
        const auto card = "x" + *rc::gen::arbitrary<std::string>();
        const auto out = with_front_matter(card, kKey, kBlock);
        RC_ASSERT(static_cast<bool>(out));
        RC_ASSERT(out->ends_with(card));
    }));
}

}  // namespace
}  // namespace gramme::present
