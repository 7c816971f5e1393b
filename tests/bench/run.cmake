# What tests/bench/run.sh runs besides the other benches.
add_executable(stage_bench bench/stage_bench.c)
target_link_libraries(stage_bench PRIVATE zw_core PkgConfig::jansson PkgConfig::sodium)
add_executable(store_fill bench/store_fill.c)
target_link_libraries(store_fill PRIVATE zw_core)
