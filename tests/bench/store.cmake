# Measures, does not test: store_bench [DIR] prints a table.
add_executable(store_bench ${CMAKE_CURRENT_SOURCE_DIR}/bench/store_bench.c)
target_link_libraries(store_bench PRIVATE zw_store)
