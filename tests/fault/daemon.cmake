# What the daemon survives.
foreach(fault killed_once killed_often)
  zw_scenario(daemon_${fault} fault ${ZW_PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/fault/daemon_kill.py ${fault})
endforeach()
foreach(fault map_full disk_full state_directory_not_writable)
  zw_scenario(daemon_${fault} fault ${ZW_PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/fault/daemon_full.py ${fault})
endforeach()
