# The page of zhiwen-web in a real browser, against a real daemon; skipped where npm or Chromium is missing.
zw_scenario(web_page scenario sh ${CMAKE_CURRENT_SOURCE_DIR}/web/run.sh ${CMAKE_BINARY_DIR})
set_tests_properties(web_page PROPERTIES TIMEOUT 1800)
