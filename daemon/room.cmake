# zw_room(NAME LIBRARY...): all .c files of this folder as library zw_NAME, headers public under their room's name
# (#include "text/text.h").
function(zw_room name)
  file(GLOB sources CONFIGURE_DEPENDS *.c)
  add_library(zw_${name} STATIC ${sources})
  target_include_directories(zw_${name} PUBLIC ${PROJECT_SOURCE_DIR}/daemon)
  target_link_libraries(zw_${name} PUBLIC zw_protocol ${ARGN})
endfunction()
