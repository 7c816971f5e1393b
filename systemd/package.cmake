# Debian packages: cmake --preset deb && ninja -C build/deb package. zhiwen (daemon, command line, units, data), libzhiwen1,
# libzhiwen-dev. Dependencies on libraries are found by dpkg-shlibdeps.
set(debian ${CMAKE_CURRENT_LIST_DIR}/debian)
set(packages zhiwen libzhiwen1 libzhiwen-dev)

# What every package of Debian has to say of itself.
find_program(ZW_GZIP gzip REQUIRED)
add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/changelog.Debian.gz
  COMMAND ${ZW_GZIP} -9nc ${debian}/changelog > ${CMAKE_BINARY_DIR}/changelog.Debian.gz DEPENDS ${debian}/changelog VERBATIM)
add_custom_target(changelog ALL DEPENDS ${CMAKE_BINARY_DIR}/changelog.Debian.gz)
if(CMAKE_INSTALL_PREFIX STREQUAL "/usr")
  foreach(package ${packages})
    install(FILES ${CMAKE_BINARY_DIR}/changelog.Debian.gz ${debian}/copyright DESTINATION share/doc/${package} COMPONENT ${package})
  endforeach()
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME zhiwen)
set(CPACK_PACKAGE_CONTACT "The zhiwen authors <zhiwen@example.org>")
set(CPACK_COMPONENTS_ALL ${packages})
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${CMAKE_BINARY_DIR}/lib)

set(CPACK_DEBIAN_ZHIWEN_PACKAGE_NAME zhiwen)
set(CPACK_DEBIAN_ZHIWEN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_ZHIWEN_PACKAGE_DEPENDS "systemd | systemd-standalone-sysusers")
set(CPACK_DEBIAN_ZHIWEN_PACKAGE_CONTROL_EXTRA ${debian}/postinst ${debian}/prerm ${debian}/postrm)
set(CPACK_COMPONENT_ZHIWEN_DESCRIPTION "facts from Chinese news about quality policy
 A daemon that takes in articles over ZeroMQ, repairs damaged text, recognises
 what it has seen, extracts typed facts and publishes them, with replay; and
 the command line that sends articles and watches facts.")

set(CPACK_DEBIAN_LIBZHIWEN1_PACKAGE_NAME libzhiwen1)
set(CPACK_DEBIAN_LIBZHIWEN1_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_LIBZHIWEN1_PACKAGE_CONTROL_EXTRA ${debian}/triggers ${debian}/shlibs)
set(CPACK_COMPONENT_LIBZHIWEN1_DESCRIPTION "client library of zhiwen
 Sends articles with acknowledgements and subscribes to facts, each event
 once and in order, through restarts of either side.")

set(CPACK_DEBIAN_LIBZHIWEN-DEV_PACKAGE_NAME libzhiwen-dev)
set(CPACK_DEBIAN_LIBZHIWEN-DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_LIBZHIWEN-DEV_PACKAGE_DEPENDS "libzhiwen1 (= ${PROJECT_VERSION}-1), libzmq3-dev, libmsgpack-dev")
set(CPACK_COMPONENT_LIBZHIWEN-DEV_DESCRIPTION "client library of zhiwen, for building programs
 Header, static library, pkg-config and CMake files of libzhiwen.")
include(CPack)
