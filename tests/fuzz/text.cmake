# The fuzz target of the room text. With Clang's libFuzzer (package libclang-rt-14-dev): configure with
#   CC=clang cmake -G Ninja -B build/fuzz -DZW_SANITIZE=ON -DZW_WERROR=OFF -DCMAKE_C_FLAGS=-fsanitize=fuzzer-no-link
# (without the last nothing guides it), build fuzz_text, then bin/fuzz_text CORPUS tests/data/text.
# Everywhere else, and in ctest, the same target with changed copies of its seeds.
if(CMAKE_C_COMPILER_ID STREQUAL "Clang")
  add_executable(fuzz_text EXCLUDE_FROM_ALL fuzz/text/fuzz_text.c)
  target_compile_options(fuzz_text PRIVATE -fsanitize=fuzzer)
  target_link_options(fuzz_text PRIVATE -fsanitize=fuzzer)
  target_link_libraries(fuzz_text PRIVATE zw_text)
endif()
add_executable(fuzz_text_replay fuzz/text/fuzz_text.c fuzz/replay.c)
target_compile_definitions(fuzz_text_replay PRIVATE FUZZ_FORMS=8)
target_link_libraries(fuzz_text_replay PRIVATE zw_text)
file(GLOB text_seeds CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/data/text/*)
zw_scenario(fuzz_text fuzz ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/fuzz_text_replay 200 ${text_seeds})
