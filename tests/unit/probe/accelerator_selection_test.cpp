#include "probe/accelerator_selection.hpp"

#include <gtest/gtest.h>

namespace gramme::probe {
namespace {

const std::vector<std::string> kFour{"GPU-aa01", "GPU-aa02", "", "GPU-bb03"};

std::string members(const GpuSelection& selection) {
    std::string text;
    for (const GpuChoice& choice : selection.choices) {
        text += choice.membership == Membership::kIn    ? 'i'
                : choice.membership == Membership::kOut ? 'o'
                                                        : '?';
    }
    return text;
}

TEST(SelectByLists, WithoutAListNothingIsDecided) {
    const DeviceList lists[]{{"ROCR_VISIBLE_DEVICES", {}}};
    const GpuSelection selection = select_by_lists(lists, kFour);
    EXPECT_FALSE(selection.decided);
    EXPECT_EQ(members(selection), "????");
}

/// ROCr leaves 3, 1 and 0 in this order; HIP's 0 and 2 of these are 3 and 0.
TEST(SelectByLists, ALaterListCountsWhatTheEarlierLeft) {
    const DeviceList lists[]{{"ROCR_VISIBLE_DEVICES", "3,1,0"}, {"HIP_VISIBLE_DEVICES", "0,2"}};
    const GpuSelection selection = select_by_lists(lists, kFour);
    EXPECT_TRUE(selection.decided);
    EXPECT_EQ(members(selection), "iooi");
    EXPECT_EQ(selection.choices[3].reason, "ROCR_VISIBLE_DEVICES and HIP_VISIBLE_DEVICES");
}

TEST(SelectByLists, AnIdIsKnownByItsBeginning) {
    const DeviceList lists[]{{"ROCR_VISIBLE_DEVICES", "GPU-bb,2"}};
    EXPECT_EQ(members(select_by_lists(lists, kFour)), "ooii");
    const DeviceList two[]{{"ROCR_VISIBLE_DEVICES", "0,GPU-aa,1"}};  // two begin so: the list ends there
    EXPECT_EQ(members(select_by_lists(two, kFour)), "iooo");
}

TEST(SelectByLists, AnEmptyListIsNone) {
    const DeviceList lists[]{{"HIP_VISIBLE_DEVICES", ""}};
    const GpuSelection selection = select_by_lists(lists, kFour);
    EXPECT_EQ(members(selection), "oooo");
    EXPECT_EQ(selection.choices[0].reason, "HIP_VISIBLE_DEVICES is empty");
}

TEST(SelectByLists, NumbersThatAreNoneEndTheList) {
    for (const char* text : {"0,4", "0,-1,1", "0,x,1", "0, ,1"}) {
        const DeviceList lists[]{{"HIP_VISIBLE_DEVICES", text}};
        EXPECT_EQ(members(select_by_lists(lists, kFour)), "iooo") << text;
    }
}

TEST(ListsOfAllRanks, OneRanksOwnListIsLeftOut) {
    EXPECT_FALSE(lists_of_all_ranks({{"ROCR_VISIBLE_DEVICES", "1"}}, 4)[0].value);
    EXPECT_TRUE(lists_of_all_ranks({{"ROCR_VISIBLE_DEVICES", "0,1,2,3"}}, 4)[0].value);
    EXPECT_TRUE(lists_of_all_ranks({{"ROCR_VISIBLE_DEVICES", "1"}}, 1)[0].value);
}

TEST(WidenedByScope, TheMachineHasAllAndAnAllocationWhatNothingLimits) {
    const DeviceList limited[]{{"HIP_VISIBLE_DEVICES", "1"}};
    const GpuSelection decided = select_by_lists(limited, kFour);
    const GpuSelection undecided = select_by_lists({}, kFour);
    EXPECT_EQ(members(widened_by_scope(decided, Scope::kMachine)), "iiii");
    EXPECT_EQ(members(widened_by_scope(decided, Scope::kAllocation)), "oioo");
    EXPECT_EQ(members(widened_by_scope(undecided, Scope::kAllocation)), "iiii");
    EXPECT_EQ(members(widened_by_scope(undecided, Scope::kJob)), "????");
}

}  // namespace
}  // namespace gramme::probe
