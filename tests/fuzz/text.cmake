# The fuzz target of the room text, where the compiler is Clang (libFuzzer). Run: bin/fuzz_text tests/data/text
if(CMAKE_C_COMPILER_ID STREQUAL "Clang")
  add_executable(fuzz_text fuzz/text/fuzz_text.c)
  target_compile_options(fuzz_text PRIVATE -fsanitize=fuzzer)
  target_link_options(fuzz_text PRIVATE -fsanitize=fuzzer)
  target_link_libraries(fuzz_text PRIVATE zw_text)
endif()
