# Beyond one machine. In CI the brokers are librdkafka's mock; tests/cluster/run.sh does the same and more with real ones.
if(ZW_CLUSTER)
  foreach(program mock_brokers mock_produce)
    add_executable(${program} ${CMAKE_CURRENT_SOURCE_DIR}/cluster/${program}.c)
    target_link_libraries(${program} PRIVATE PkgConfig::rdkafka)
  endforeach()
  foreach(scenario same_as_one_machine corrections other_producers refused_by_the_receiver comes_and_goes gets_a_copy terms_must_agree
          mistakes_are_named killed_often brokers_away)
    zw_scenario(cluster_${scenario} cluster ${ZW_PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/cluster/cluster_main.py ${scenario})
  endforeach()
endif()
