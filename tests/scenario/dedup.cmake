# Streams in which the duplicates are known; needs the measuring tools ($ZHIWEN_EVAL).
zw_scenario(scenario_dedup scenario ${ZW_PYTHON} tests/scenario/dedup_streams.py $<TARGET_FILE:dedup_cli>)
