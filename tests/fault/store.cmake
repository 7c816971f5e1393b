# The store under kill -9: a quick run here, `store_kill --long` for 500 kills.
add_executable(store_kill ${CMAKE_CURRENT_SOURCE_DIR}/fault/store_kill.c)
target_link_libraries(store_kill PRIVATE zw_store ${CMOCKA})
target_include_directories(store_kill PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
zw_scenario(fault_store_kill fault $<TARGET_FILE:store_kill> --kills 20)
