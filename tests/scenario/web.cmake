# zhiwen-web over HTTP, with a real daemon behind it.
foreach(scenario facts_and_filters live_events corrections through_restarts another_log hostile_articles who_may_ask evidence_is_marked trying_stores_nothing
        saved_searches places_and_times state_of_things started_by_a_request nobody_there)
  zw_scenario(web_${scenario} scenario ${ZW_PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/scenario/web.py ${scenario})
endforeach()
