# Measures, does not test: web_fill FACTS DIR fills a store of zhiwen-web; web_bench.py asks it. See web_bench.py.
add_executable(web_fill EXCLUDE_FROM_ALL ${CMAKE_CURRENT_SOURCE_DIR}/bench/web_fill.c)
target_link_libraries(web_fill PRIVATE zw_web)
