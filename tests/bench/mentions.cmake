# What the mention scanner finds, inline; for writers of rules and word lists.
add_executable(mentions_cli bench/mentions_cli.c)
target_link_libraries(mentions_cli PRIVATE zw_extract PkgConfig::jansson)
