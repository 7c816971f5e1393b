# Speed as a count of instructions. Only a release build has the counts that are recorded; others have no such test.
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  zw_scenario(guard_instructions bench ${ZW_PYTHON} tests/bench/guard.py $<TARGET_FILE:extract_cli>)
  set_tests_properties(guard_instructions PROPERTIES TIMEOUT 3600)
endif()
