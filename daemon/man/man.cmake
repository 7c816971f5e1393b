# Manual pages, made at build time by lowdown from what is documented already (man.py); without lowdown there are none.
find_program(ZW_LOWDOWN lowdown)
set(ZW_MAN_DIR ${CMAKE_BINARY_DIR}/man)
file(MAKE_DIRECTORY ${ZW_MAN_DIR})

# zw_man(NAME SECTION COMPONENT PACKAGE DEPENDS FILE_OR_TARGET... MAKE man.py's arguments...)
function(zw_man name section)
  cmake_parse_arguments(man "" "COMPONENT" "DEPENDS;MAKE" ${ARGN})
  if(NOT ZW_LOWDOWN)
    return()
  endif()
  set(page ${ZW_MAN_DIR}/${name}.${section})
  add_custom_command(OUTPUT ${page}.gz
    COMMAND ${CMAKE_COMMAND} -E env ASAN_OPTIONS=detect_leaks=0 ZHIWEN_DATA_DIR=${ZW_SHARE_DIR}
            python3 ${PROJECT_SOURCE_DIR}/daemon/man/man.py ${man_MAKE} > ${page}.md
    COMMAND ${ZW_LOWDOWN} -s -tman -mtitle=${name} -msection=${section} -mdate= "-msource=zhiwen ${PROJECT_VERSION}"
            "-mvolume=zhiwen" --out-no-smarty -o ${page} ${page}.md
    COMMAND gzip -9nf ${page}
    DEPENDS ${PROJECT_SOURCE_DIR}/daemon/man/man.py ${man_DEPENDS} VERBATIM)
  set_property(GLOBAL APPEND PROPERTY ZW_MAN_PAGES ${page}.gz)
  install(FILES ${page}.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section} COMPONENT ${man_COMPONENT})
endfunction()

set(source ${PROJECT_SOURCE_DIR})
zw_man(zhiwend 8 COMPONENT zhiwen DEPENDS zhiwend ${source}/daemon/man/zhiwend.8.md
  MAKE program ${source}/daemon/man/zhiwend.8.md $<TARGET_FILE:zhiwend>)
zw_man(zhiwen-web 1 COMPONENT zhiwen DEPENDS zhiwen-web ${source}/daemon/man/zhiwen-web.1.md
  MAKE program ${source}/daemon/man/zhiwen-web.1.md $<TARGET_FILE:zhiwen-web>)
zw_man(zhiwen 1 COMPONENT zhiwen DEPENDS zhiwen MAKE commands $<TARGET_FILE:zhiwen>)
zw_man(zhiwend.yaml 5 COMPONENT zhiwen DEPENDS ${source}/systemd/zhiwend.yaml MAKE config ${source}/systemd/zhiwend.yaml)
zw_man(zhiwen-rules 5 COMPONENT zhiwen DEPENDS ${source}/daemon/rules/RULES.md MAKE rules ${source}/daemon/rules/RULES.md)
zw_man(libzhiwen 3 COMPONENT libzhiwen-dev DEPENDS ${source}/clients/lib/zhiwen.h MAKE library ${source}/clients/lib/zhiwen.h)
get_property(pages GLOBAL PROPERTY ZW_MAN_PAGES)
add_custom_target(man ALL DEPENDS ${pages})
