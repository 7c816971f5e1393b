# dedup's driver for streams.
add_executable(dedup_cli bench/dedup_cli.c)
target_link_libraries(dedup_cli PRIVATE zw_dedup PkgConfig::jansson)
