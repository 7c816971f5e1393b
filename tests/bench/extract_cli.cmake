# Annotated articles → facts, for eval/score.py; and the examples of the shipped packs as a test.
add_executable(extract_cli bench/extract_cli.c)
target_link_libraries(extract_cli PRIVATE zw_extract zw_text PkgConfig::jansson)
add_test(NAME rules_check COMMAND extract_cli --check)
set_tests_properties(rules_check PROPERTIES LABELS unit ENVIRONMENT "ZHIWEN_DATA_DIR=${ZW_SHARE_DIR}" TIMEOUT 300)
