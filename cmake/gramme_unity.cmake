# The builds with sanitizers compile the sources of a target several at a time (CMAKE_UNITY_BUILD in CMakePresets.json): headers
# are read and templates made once for all of them, which takes a compiler half as long. A file that gives a name of its own (in an
# unnamed namespace) to something else than a neighbour does stands alone: it is one of these. The dev build compiles each of src/
# by itself and so sees to it that each includes what it uses; only where CI is set it does not. Tests are compiled so in every build that keeps nothing for the
# next (no ccache): whoever builds from nothing waits for all of them.
set(GRAMME_ALONE
  src/capi/arrow_plan.cpp
  src/cli/calibrate_idle.cpp
  src/cli/import_command.cpp
  src/cli/intensity_command.cpp
  src/cli/live_intensity.cpp
  src/cli/plan_when_command.cpp
  src/cli/ranks.cpp
  src/cli/run_session.cpp
  src/cli/run_watch.cpp
  src/cli/runs_list_command.cpp
  src/estimate/equivalences.cpp
  src/estimate/hourly.cpp
  src/estimate/job.cpp
  src/estimate/job_ledger.cpp
  src/estimate/own_energy.cpp
  src/estimate/profile_green_algorithms.cpp
  src/estimate/profile_mlco2.cpp
  src/estimate/profile_tools.cpp
  src/estimate/remainder.cpp
  src/live/providers.cpp
  src/live/query.cpp
  src/plan/train.cpp
  src/present/compare_text.cpp
  src/present/doctor.cpp
  src/present/estimate_text.cpp
  src/present/explain_text.cpp
  src/present/forecast_text.cpp
  src/present/plan_pilot_text.cpp
  src/present/plan_reuse_json.cpp
  src/present/plan_reuse_text.cpp
  src/present/plan_search_json.cpp
  src/present/plan_search_text.cpp
  src/present/plan_train_text.cpp
  src/present/plan_when_json.cpp
  src/present/plan_when_text.cpp
  src/present/plan_where_json.cpp
  src/present/plan_where_text.cpp
  src/present/profile_text.cpp
  src/present/summary.cpp
  src/present/sweep_svg.cpp
  src/present/sweep_text.cpp
  src/probe/nvml_check.cpp
  src/probe/nvml_model.cpp
  src/probe/nvml_thread.cpp
  src/sample/bridges.cpp
  src/sample/output_keeper.cpp
  src/sample/process_tree.cpp
  src/sample/rank_table.cpp
  src/sample/sibling_table.cpp
  src/serve/run_filter.cpp
  src/sweep/spending.cpp
  src/sweep/sweep_log.cpp
  src/track/process_tracker_end.cpp
  tests/integration/calibrate_test.cpp
  tests/unit/cli/report_command_test.cpp
  tests/unit/cli/run_line_test.cpp
  tests/unit/config/config_test.cpp
  tests/unit/docs/forecast_page_test.cpp
  tests/unit/docs/method_pages_test.cpp
  tests/unit/docs/plan_when_pages_test.cpp
  tests/unit/docs/profiles_page_test.cpp
  tests/unit/docs/search_page_test.cpp
  tests/unit/estimate/monte_carlo_test.cpp
  tests/unit/estimate/profile_test.cpp
  tests/unit/foreign/emissions_file_test.cpp
  tests/unit/live/fetch_test.cpp
  tests/unit/live/providers_test.cpp
  tests/unit/live/query_test.cpp
  tests/unit/meter/device_meter_test.cpp
  tests/unit/meter/property_test.cpp
  tests/unit/meter/ticks_test.cpp
  tests/unit/meter/use_meter_test.cpp
  tests/unit/meter/wall_match_test.cpp
  tests/unit/probe/rapl_zones_test.cpp
  tests/unit/sample/memory_journal_test.cpp
  tests/unit/serve/service_test.cpp
  tests/unit/serve/windows_test.cpp
  tests/unit/store/emissions_csv_test.cpp
  tests/unit/store/sqlite_list_test.cpp
  tests/unit/sweep/spending_test.cpp)

# gramme_unity_tests(TARGET)
function(gramme_unity_tests target)
  if(NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON)
  endif()
endfunction()

# gramme_unity(SOURCE...): called where a target is made, for a source's properties are those of a folder.
function(gramme_unity)
  foreach(source ${ARGN})
    get_filename_component(whole ${source} ABSOLUTE)
    file(RELATIVE_PATH name ${PROJECT_SOURCE_DIR} ${whole})
    if(name IN_LIST GRAMME_ALONE)
      set_source_files_properties(${source} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    endif()
  endforeach()
endfunction()
