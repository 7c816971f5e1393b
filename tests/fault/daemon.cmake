# What the daemon survives.
foreach(fault killed_once killed_often)
  zw_scenario(daemon_${fault} fault ${ZW_PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/fault/daemon_kill.py ${fault})
endforeach()
