// What runs come from, as the store keeps it.
#include <gtest/gtest.h>

#include "scratch.hpp"
#include "store/store.hpp"

namespace gramme::store {
namespace {

using testing::made_up_run;
using testing::ScratchFolder;

std::string id_of(int i) {
    return "01936b2e-0000-7000-8000-00000000000" + std::to_string(i);
}

RunRecord run_of(int i, std::optional<int> parent) {
    RunRecord run = made_up_run(id_of(i));
    run.started_wall_ns = i;
    if (parent) {
        run.lineage = Lineage{LineageKind::kFineTuneOf, id_of(*parent)};
    }
    return run;
}

TEST(Lineage, TheStoreFindsRelativesAndLeavesOthersOut) {
    const ScratchFolder folder;
    const auto store = Store::open(folder.file("runs.db"));
    ASSERT_TRUE(store);
    ASSERT_TRUE((*store)->add(run_of(1, {}), {}, {}, "", 0));
    ASSERT_TRUE((*store)->add(run_of(2, {}), {}, {}, "", 0));  // related to none
    ASSERT_TRUE((*store)->add(run_of(3, 1), {}, {}, "", 0));
    RunRecord span = run_of(4, {});
    span.part_of = id_of(3);
    ASSERT_TRUE((*store)->add(span, {}, {}, "", 0));
    const auto related = (*store)->related();
    ASSERT_TRUE(related) << related.error().what;
    ASSERT_EQ(related->size(), 3U);
    EXPECT_EQ((*related)[0].run.id, id_of(1));
    EXPECT_EQ((*related)[1].run.lineage->id, id_of(1));
    EXPECT_EQ((*related)[1].run.lineage->kind, LineageKind::kFineTuneOf);
    EXPECT_EQ((*related)[2].run.id, id_of(4));
    EXPECT_EQ(*(*store)->descendants(id_of(1)), 1U);
    ASSERT_TRUE((*store)->remove(id_of(1)));
    EXPECT_EQ(*(*store)->descendants(id_of(1)), 1U) << "the child stays and still says where it comes from";
}

TEST(Lineage, ACircleIsLeftOutWithAWarning) {
    const ScratchFolder folder;
    const auto store = Store::open(folder.file("runs.db"));
    ASSERT_TRUE(store);
    ASSERT_TRUE((*store)->add(run_of(2, 1), {}, {}, "", 0));
    ASSERT_TRUE((*store)->add(run_of(3, 2), {}, {}, "", 0));
    ASSERT_TRUE((*store)->add(run_of(1, 3), {}, {}, "", 0));  // 1 -> 3 -> 2 -> 1
    const auto shown = (*store)->show(id_of(1));
    ASSERT_TRUE(shown);
    EXPECT_FALSE(shown->run.lineage);
    ASSERT_FALSE(shown->run.warnings.empty());
    EXPECT_NE(shown->run.warnings.back().find("circle"), std::string::npos);
    EXPECT_TRUE((*store)->show(id_of(2))->run.lineage);
}

}  // namespace
}  // namespace gramme::store
