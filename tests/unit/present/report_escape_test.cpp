#include "present/report_escape.hpp"

#include <gtest/gtest.h>

namespace gramme::present {
namespace {

TEST(Escape, LatexHasNoSpecialCharacterLeft) {
    EXPECT_EQ(latex_text("\\"), "\\textbackslash{}");
    EXPECT_EQ(latex_text("{}$&#%_"), "\\{\\}\\$\\&\\#\\%\\_");
    EXPECT_EQ(latex_text("^~"), "\\textasciicircum{}\\textasciitilde{}");
    EXPECT_EQ(latex_text("<>|"), "\\textless{}\\textgreater{}\\textbar{}");
    EXPECT_EQ(latex_text("\"`@"), "\\textquotedbl{}\\textasciigrave{}\\symbol{64}");
    EXPECT_EQ(latex_text("\\input{x}"), "\\textbackslash{}input\\{x\\}");
    EXPECT_EQ(latex_text("Montréal"), "Montréal");
    EXPECT_EQ(latex_text("Łódź – “x”"), "Łódź – “x”");
    EXPECT_EQ(latex_text("训练 Ω Москва \xF0\x9F\x98\x80"), "?? ? ?????? ?");  // pdfLaTeX stops at these
    EXPECT_EQ(latex_text("Ħ CO₂"), "? CO2");
    EXPECT_EQ(latex_text("a\n\nb"), "a  b");  // an empty line would end the paragraph
}

TEST(Escape, LatexUrlKeepsTheAddress) {
    EXPECT_EQ(latex_url("https://a.org/b_c?d=%20&e#f"), "https://a.org/b_c?d=%20&e#f");
    EXPECT_EQ(latex_url("a}b\\c d"), "a%7Db%5Cc%20d");
}

TEST(Escape, HtmlIsTextInElementsAndAttributes) {
    EXPECT_EQ(html_text("<a href=\"x\">'&"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
    EXPECT_EQ(html_text("</script>"), "&lt;/script&gt;");
}

TEST(Escape, YamlIsOneDoubleQuotedLine) {
    EXPECT_EQ(yaml_quoted("a: b # c"), "\"a: b # c\"");
    EXPECT_EQ(yaml_quoted("say \"x\\n\""), "\"say \\\"x\\\\n\\\"\"");
    EXPECT_EQ(yaml_quoted("a\n---\nb"), "\"a --- b\"");
    EXPECT_EQ(yaml_quoted("a\xE2\x80\xA8"
                          "b"),
              "\"a b\"");  // LINE SEPARATOR ends a line in YAML 1.1
}

TEST(Escape, MarkdownIsNoMarkup) {
    EXPECT_EQ(markdown_text("*a* `b` [c](d) <e> | $f$"), "\\*a\\* \\`b\\` \\[c\\](d) \\<e\\> \\| \\$f\\$");
    EXPECT_EQ(markdown_text("a\n# b"), "a \\# b");
}

TEST(Escape, WhatIsNoTextIsAQuestionMark) {
    EXPECT_EQ(one_line("a\x1b[31m\xff"), "a?[31m?");
}

}  // namespace
}  // namespace gramme::present
