# One Debian package for each place: the till (plugin), headquarters (hq), and whoever integrates or tries it (tools).
set(CPACK_GENERATOR DEB)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL plugin hq tools)
set(CPACK_PACKAGE_NAME xsell)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGE_CONTACT "The xsell authors")
set(CPACK_PACKAGE_VERSION "${PROJECT_VERSION}")
set(CPACK_PACKAGE_DIRECTORY "${PROJECT_BINARY_DIR}/packages")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
    WORLD_READ WORLD_EXECUTE)
set(CPACK_STRIP_FILES ON)
# Packaging takes what is built; it builds nothing itself.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SECTION misc)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(debian "${CMAKE_CURRENT_SOURCE_DIR}/debian")

set(CPACK_DEBIAN_PLUGIN_PACKAGE_NAME xsell-plugin)
set(CPACK_DEBIAN_PLUGIN_PACKAGE_DEPENDS "adduser, tzdata")
set(CPACK_DEBIAN_PLUGIN_PACKAGE_CONTROL_EXTRA "${debian}/plugin/postinst;${debian}/plugin/postrm;${debian}/plugin/conffiles")
set(CPACK_COMPONENT_PLUGIN_DESCRIPTION 
"The till's part: the shared library that a point-of-sale terminal loads. It
answers each scan with up to three items to offer, from signed rules on the
terminal's own disk, and works without the network. With it comes xsell, the
tool for store staff.")

set(CPACK_DEBIAN_HQ_PACKAGE_NAME xsell-hq)
set(CPACK_DEBIAN_HQ_PACKAGE_DEPENDS adduser)
set(CPACK_DEBIAN_HQ_PACKAGE_CONTROL_EXTRA "${debian}/hq/postinst;${debian}/hq/prerm;${debian}/hq/postrm")
set(CPACK_COMPONENT_HQ_DESCRIPTION 
"Headquarters' part: imports baskets, finds rules in them, signs and publishes
releases, serves them to the lanes, takes in what happened there and reports it.")

set(CPACK_DEBIAN_TOOLS_PACKAGE_NAME xsell-tools)
set(CPACK_DEBIAN_TOOLS_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_TOOLS_PACKAGE_RECOMMENDS xsell-plugin)
set(CPACK_COMPONENT_TOOLS_DESCRIPTION 
"For those who build xsell into a point of sale: the C header and the C++
wrapper, with CMake and pkg-config files, and xsell-lane, a sample terminal.")

include(CPack)
