// What is read of an Arrow table, found out once from its schema.
#pragma once

#include <string>
#include <vector>

#include <gramme.h>
#include "base/result.hpp"
#include "batch/columns.hpp"
#include "capi/arrow_column.hpp"
#include "config/estimate_request.hpp"
#include "model/job.hpp"

namespace gramme::capi {

struct ArrowBinding {
    batch::Column ours = batch::Column::kDevice;
    std::string theirs;
    std::size_t at = 0;  ///< child of the batch
    ArrowType type;
    double scale = 1.0;  ///< from their unit to ours
};

struct ArrowPlan {
    JobRequest base;          ///< what the request says
    bool base_hours = false;  ///< it says the hours
    bool passthrough = true;
    std::vector<ArrowBinding> bindings;  ///< in the order that `gramme batch` reads them
    std::vector<std::string> results;    ///< names of the columns that are added
    std::vector<std::string> columns;    ///< names of the input's
};

/// `plan` with base and base_hours set. kUsage names the column that is missing, there twice, or of a type
/// that cannot be read; kMalformed: no table.
[[nodiscard]] Result<void> bind_schema(const ArrowSchema& schema, const config::EstimateRequest& request,
                                       ArrowPlan& plan);

}  // namespace gramme::capi
