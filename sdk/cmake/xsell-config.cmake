# find_package(xsell) gives the target xsell::sdk (headers, and what loading the plugin needs) and the variable
# xsell_PLUGIN: where the plugin of this installation is, when it is installed too.
include("${CMAKE_CURRENT_LIST_DIR}/xsell-targets.cmake")
get_filename_component(xsell_PLUGIN "${CMAKE_CURRENT_LIST_DIR}/../../../lib/xsell/xsell.so" ABSOLUTE)
