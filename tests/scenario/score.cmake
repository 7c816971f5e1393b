# The floors are below what was measured last; they catch a rule that breaks, not the noise of a better one.
zw_scenario(score_a eval ${ZW_PYTHON} tests/scenario/score.py a 0.93)
zw_scenario(score_b eval ${ZW_PYTHON} tests/scenario/score.py b 0.74)
zw_scenario(score_news eval ${ZW_PYTHON} tests/scenario/score.py tests/golden/news.jsonl 0.85)
zw_scenario(score_wordings eval ${ZW_PYTHON} tests/scenario/score.py tests/golden/wordings.jsonl 0.90)
zw_scenario(score_samplings eval ${ZW_PYTHON} tests/scenario/score.py tests/golden/samplings.jsonl 0.85)
zw_scenario(score_fresh eval ${ZW_PYTHON} tests/scenario/score.py tests/golden/fresh.jsonl 0.80)
zw_scenario(rules_calibrate scenario ${ZW_PYTHON} tests/scenario/calibrate.py)
zw_scenario(seed eval ${ZW_PYTHON} tests/scenario/seed.py)
