# dedup's driver for streams.
add_executable(dedup_cli bench/dedup_cli.c)
target_link_libraries(dedup_cli PRIVATE zw_dedup PkgConfig::jansson)

# Time and memory; a small index in every run of the tests, a million articles by hand.
add_executable(dedup_bench bench/dedup_bench.c)
target_link_libraries(dedup_bench PRIVATE zw_dedup)
zw_scenario(bench_dedup bench dedup_bench 20000)

# Beside plain SimHash and plain MinHash-LSH: dups.py gen 20000 SEED | dedup_peers. A small stream in every run of the tests.
add_executable(dedup_peers bench/dedup_peers.c)
target_link_libraries(dedup_peers PRIVATE zw_dedup PkgConfig::xxhash PkgConfig::jansson)
zw_scenario(bench_dedup_peers bench ${ZW_PYTHON} tests/bench/dedup_peers.py $<TARGET_FILE:dedup_peers>)
