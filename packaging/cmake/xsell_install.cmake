# Which file goes where, by package. Paths are those of a Debian system; the library's is part of the contract with tills.
set(CMAKE_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
    WORLD_READ WORLD_EXECUTE)

# xsell_install_man(COMPONENT <name> PAGES <file>...) - compressed as Debian asks for.
function(xsell_install_man)
  cmake_parse_arguments(ARG "" "COMPONENT" "PAGES" ${ARGN})
  foreach(page IN LISTS ARG_PAGES)
    get_filename_component(name "${page}" NAME)
    string(REGEX MATCH "[0-9]$" section "${page}")
    set(compressed "${CMAKE_CURRENT_BINARY_DIR}/man/${name}.gz")
    xsell_gzip("${PROJECT_SOURCE_DIR}/${page}" "${compressed}")
    install(FILES "${compressed}" DESTINATION share/man/man${section} COMPONENT ${ARG_COMPONENT})
  endforeach()
endfunction()

# xsell_gzip(FROM TO) - at configure time, without a time stamp, so that packages come out the same again.
function(xsell_gzip from to)
  get_filename_component(folder "${to}" DIRECTORY)
  file(MAKE_DIRECTORY "${folder}")
  execute_process(COMMAND gzip -9nc "${from}" OUTPUT_FILE "${to}" COMMAND_ERROR_IS_FATAL ANY)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${from}")
endfunction()

xsell_gzip("${PROJECT_SOURCE_DIR}/CHANGELOG.md" "${CMAKE_CURRENT_BINARY_DIR}/changelog.gz")
foreach(component plugin hq tools)
  install(FILES debian/copyright "${CMAKE_CURRENT_BINARY_DIR}/changelog.gz"
    DESTINATION share/doc/xsell-${component} COMPONENT ${component})
endforeach()

install(TARGETS xsell_module LIBRARY DESTINATION lib/xsell COMPONENT plugin)
install(TARGETS xsell_cli RUNTIME DESTINATION bin COMPONENT plugin)
install(FILES config/xsell.json DESTINATION /etc/xsell COMPONENT plugin)
xsell_install_man(COMPONENT plugin PAGES packaging/man/xsell.1 packaging/man/xsell.json.5)

install(TARGETS xsell-hq RUNTIME DESTINATION bin COMPONENT hq)
install(FILES "${PROJECT_SOURCE_DIR}/rules/rules.schema.json" DESTINATION share/xsell COMPONENT hq)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/hq/counts/" DESTINATION share/doc/xsell-hq/examples/counts COMPONENT hq
  FILES_MATCHING PATTERN "*.sql")
install(FILES systemd/xsell-hq.service DESTINATION lib/systemd/system COMPONENT hq)
xsell_install_man(COMPONENT hq PAGES hq/xsell-hq.1)

install(TARGETS xsell-lane RUNTIME DESTINATION bin COMPONENT tools)
xsell_install_man(COMPONENT tools PAGES packaging/man/xsell-lane.1)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/rules/examples/" DESTINATION share/doc/xsell-tools/examples/rules COMPONENT tools
  FILES_MATCHING PATTERN "*.json")
