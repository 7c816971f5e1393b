# The floors are below what was measured last; they catch a rule that breaks, not the noise of a better one.
zw_scenario(score_a eval ${ZW_PYTHON} tests/scenario/score.py a 0.01)
zw_scenario(score_b eval ${ZW_PYTHON} tests/scenario/score.py b 0.01)
