# The measuring program of the room text, for text_table.py.
add_executable(text_cli bench/text_cli.c)
target_link_libraries(text_cli PRIVATE zw_text PkgConfig::jansson PkgConfig::sodium)
