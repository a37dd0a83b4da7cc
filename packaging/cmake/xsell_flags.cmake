# Compiler and linker settings live on one interface target, so that no folder sets its own.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Release, RelWithDebInfo or Debug" FORCE)
endif()

option(XSELL_WERROR "Treat warnings as errors" OFF)
set(XSELL_SANITIZE "" CACHE STRING "Sanitizers to build with, as for -fsanitize= (address,undefined or thread)")

add_library(xsell_flags INTERFACE)
target_include_directories(xsell_flags INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(xsell_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow
  # A unique symbol would keep the library mapped after dlclose; clang makes none.
  $<$<NOT:$<C_COMPILER_ID:Clang>>:-fno-gnu-unique>)
target_compile_options(xsell_flags INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Woverloaded-virtual>)
if(XSELL_WERROR)
  target_compile_options(xsell_flags INTERFACE -Werror)
endif()
if(XSELL_SANITIZE)
  target_compile_options(xsell_flags INTERFACE -fsanitize=${XSELL_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(xsell_flags INTERFACE -fsanitize=${XSELL_SANITIZE})
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(xsell_flags INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wthread-safety>)
endif()
