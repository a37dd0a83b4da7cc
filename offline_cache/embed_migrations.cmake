# xsell_embed_migrations(TARGET <target> NAMESPACE <ns> NAME <kName> FOLDER <folder of NNN_name.sql files>)
# Compiles the numbered SQL files into the target as
#   extern const std::span<const xsell::offline_cache::Migration> <ns>::<kName>;
# which a header of the caller declares.

function(xsell_embed_migrations)
  cmake_parse_arguments(ARG "" "TARGET;NAMESPACE;NAME;FOLDER" "" ${ARGN})
  get_filename_component(folder "${ARG_FOLDER}" ABSOLUTE)
  file(GLOB files CONFIGURE_DEPENDS "${folder}/*.sql")
  set(output "${CMAKE_CURRENT_BINARY_DIR}/${ARG_NAME}.cpp")
  add_custom_command(OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" "-DFOLDER=${folder}" "-DNAMESPACE=${ARG_NAMESPACE}" "-DNAME=${ARG_NAME}"
            "-DOUTPUT=${output}" -P "${CMAKE_CURRENT_FUNCTION_LIST_FILE}"
    DEPENDS ${files} "${CMAKE_CURRENT_FUNCTION_LIST_FILE}" VERBATIM)
  target_sources(${ARG_TARGET} PRIVATE "${output}")
endfunction()

if(CMAKE_SCRIPT_MODE_FILE AND OUTPUT)
  file(GLOB files "${FOLDER}/*.sql")
  list(SORT files)
  set(steps "")
  set(expected 0)
  foreach(file IN LISTS files)
    get_filename_component(stem "${file}" NAME_WE)
    if(NOT stem MATCHES "^([0-9][0-9][0-9])_([a-z0-9_]+)$")
      message(FATAL_ERROR "${file}: name it NNN_name.sql")
    endif()
    set(name "${CMAKE_MATCH_2}")
    math(EXPR expected "${expected} + 1")
    string(REGEX REPLACE "^0+" "" number "${CMAKE_MATCH_1}")
    if(NOT number EQUAL expected)
      message(FATAL_ERROR "${file}: the next migration has number ${expected}")
    endif()
    file(READ "${file}" sql)
    string(APPEND steps "    {${number}, \"${name}\", R\"sql(${sql})sql\"},\n")
  endforeach()
  file(WRITE "${OUTPUT}" "#include \"offline_cache/migrations.h\"\n\n"
    "namespace ${NAMESPACE} {\nnamespace {\n"
    "constexpr xsell::offline_cache::Migration kSteps[] = {\n${steps}};\n}  // namespace\n"
    "extern const std::span<const xsell::offline_cache::Migration> ${NAME};\n"
    "constinit const std::span<const xsell::offline_cache::Migration> ${NAME}(kSteps);\n"
    "}  // namespace ${NAMESPACE}\n")
endif()
