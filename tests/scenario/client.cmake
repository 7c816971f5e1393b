# The contract in bytes, the command line and the examples, against a real daemon.
foreach(scenario read_and_written page_shows_their_bytes put_to_a_daemon)
  zw_scenario(client_${scenario} scenario ${ZW_PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/scenario/client_vectors.py ${scenario})
endforeach()
foreach(scenario send_and_watch bad_lines_are_told_and_passed thousands_under_way extract_is_what_the_daemon_finds
        rules_are_checked wrong_usage nobody_there)
  zw_scenario(client_${scenario} scenario ${ZW_PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/scenario/client_cli.py ${scenario})
endforeach()
foreach(scenario nothing_is_lost_or_doubled examples_work)
  zw_scenario(client_${scenario} scenario ${ZW_PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/scenario/client_restarts.py ${scenario})
endforeach()
foreach(scenario metrics_are_openmetrics served_over_http health)
  zw_scenario(client_${scenario} scenario ${ZW_PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/scenario/client_monitor.py ${scenario})
endforeach()
