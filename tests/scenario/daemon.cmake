# The daemon from the outside; each test brings up its own on a temporary folder.
foreach(scenario way_of_an_article revision feed one_request_at_a_time drains_on_sigterm second_daemon_is_refused
        bad_configuration_is_refused reload_under_load same_with_one_and_eight_workers)
  zw_scenario(daemon_${scenario} scenario ${ZW_PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/scenario/daemon_main.py ${scenario})
endforeach()
foreach(scenario refused_by_name noise large_and_odd_articles senders_wait_when_it_is_full a_sender_that_goes_away)
  zw_scenario(daemon_${scenario} scenario ${ZW_PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/scenario/daemon_bad_input.py ${scenario})
endforeach()
zw_scenario(daemon_notifies scenario ${ZW_PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/scenario/daemon_systemd.py notifies)
foreach(scenario similar_and_cluster too_old command_line)
  zw_scenario(daemon_related_${scenario} scenario ${ZW_PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/scenario/daemon_related.py ${scenario})
endforeach()
