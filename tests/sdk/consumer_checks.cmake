# Programs built on the installed SDK, the way an integrator builds them.
foreach(way cmake pkg-config)
  foreach(language c c++)
    set(expected MUG)
    if(language STREQUAL c)
      set(expected "A mug with the tea?")
    endif()
    add_test(NAME "sdk_consumer.${way}.${language}"
      COMMAND bash "${CMAKE_CURRENT_SOURCE_DIR}/check_consumer.sh" ${way} ${language} "${PROJECT_BINARY_DIR}"
        "${PROJECT_SOURCE_DIR}" "$<TARGET_FILE:fake_plugin_module>" "${expected}" TEA)
    set_tests_properties("sdk_consumer.${way}.${language}" PROPERTIES LABELS consumer TIMEOUT 120)
  endforeach()
endforeach()
