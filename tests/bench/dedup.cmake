# dedup's driver for streams.
add_executable(dedup_cli bench/dedup_cli.c)
target_link_libraries(dedup_cli PRIVATE zw_dedup PkgConfig::jansson)

# Time and memory; a small index in every run of the tests, a million articles by hand.
add_executable(dedup_bench bench/dedup_bench.c)
target_link_libraries(dedup_bench PRIVATE zw_dedup)
zw_scenario(bench_dedup bench dedup_bench 20000)
