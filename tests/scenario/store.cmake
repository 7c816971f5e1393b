# What becomes of the store over time, and how it is cared for.
foreach(scenario by_age by_size what_is_not_confirmed_stays unless_its_own_limit_is_passed restarted_or_not)
  zw_scenario(retention_${scenario} scenario ${ZW_PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/scenario/daemon_retention.py ${scenario})
endforeach()
foreach(scenario first_version backup_restore_compact quarantine quarantine_is_bounded damage)
  zw_scenario(store_${scenario} scenario ${ZW_PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/scenario/store_care.py ${scenario})
endforeach()
