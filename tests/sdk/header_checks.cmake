# The public headers as every C and C++ standard a till may use, with both compilers.
find_program(XSELL_GCC NAMES gcc)
find_program(XSELL_CLANG NAMES clang-16 clang)
mark_as_advanced(XSELL_GCC XSELL_CLANG)
set(include_dir "${PROJECT_SOURCE_DIR}/sdk/include")
set(golden "${CMAKE_CURRENT_SOURCE_DIR}/golden_layout.c")

foreach(compiler IN ITEMS "${XSELL_GCC}" "${XSELL_CLANG}")
  if(NOT compiler)
    continue()
  endif()
  get_filename_component(compiler_name "${compiler}" NAME)
  foreach(standard c99 c11 c17 c++11 c++14 c++17 c++20)
    set(language c)
    if(standard MATCHES "\\+\\+")
      set(language c++)
    endif()
    add_test(NAME "sdk_headers.${compiler_name}.${standard}"
      COMMAND bash "${CMAKE_CURRENT_SOURCE_DIR}/check_headers.sh" "${compiler}" ${language} ${standard} "${include_dir}" "${golden}")
    set_tests_properties("sdk_headers.${compiler_name}.${standard}" PROPERTIES LABELS sdk TIMEOUT 60)
  endforeach()
  foreach(standard c++17 c++20)
    add_test(NAME "sdk_wrapper.${compiler_name}.${standard}"
      COMMAND "${compiler}" -x c++ -std=${standard} -I "${include_dir}" -fsyntax-only -Wall -Wextra -Wpedantic -Wshadow
        -Wnon-virtual-dtor -Wold-style-cast -Wconversion -Werror "${CMAKE_CURRENT_SOURCE_DIR}/consumer/till.cpp")
    set_tests_properties("sdk_wrapper.${compiler_name}.${standard}" PROPERTIES LABELS sdk TIMEOUT 60)
  endforeach()
endforeach()

add_test(NAME sdk_headers.refusals
  COMMAND bash "${CMAKE_CURRENT_SOURCE_DIR}/check_headers_selftest.sh" "${CMAKE_CURRENT_SOURCE_DIR}/check_headers.sh"
    "${XSELL_GCC}" "${golden}" "${include_dir}")
set_tests_properties(sdk_headers.refusals PROPERTIES LABELS "sdk;static" TIMEOUT 120)

add_test(NAME sdk_thread_tags COMMAND "${PROJECT_SOURCE_DIR}/sdk/check_thread_tags" "${include_dir}/xsell")
add_test(NAME sdk_thread_tags.refusals
  COMMAND bash "${CMAKE_CURRENT_SOURCE_DIR}/check_thread_tags_test.sh" "${PROJECT_SOURCE_DIR}/sdk/check_thread_tags"
    "${include_dir}/xsell")
set_tests_properties(sdk_thread_tags sdk_thread_tags.refusals PROPERTIES LABELS static TIMEOUT 60)

add_test(NAME sdk_policy COMMAND bash "${CMAKE_CURRENT_SOURCE_DIR}/check_policy.sh" "${PROJECT_SOURCE_DIR}/docs/abi-policy.md"
  "${PROJECT_SOURCE_DIR}/tests")
set_tests_properties(sdk_policy PROPERTIES LABELS static TIMEOUT 30)
