# Streams in which the duplicates are known; needs the measuring tools ($ZHIWEN_EVAL).
zw_scenario(scenario_dedup scenario ${ZW_PYTHON} tests/scenario/dedup_streams.py $<TARGET_FILE:dedup_cli>)
zw_scenario(dedup_damaged_copies scenario ${ZW_PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/scenario/dedup_damage.py damaged_copies)
