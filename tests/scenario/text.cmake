zw_scenario(text_repair eval ${ZW_PYTHON} tests/scenario/text_repair.py)
