# Tests that are scripts: tidy, the await lint, units, live. Included by test/CMakeLists.txt.
find_package(Python3 REQUIRED COMPONENTS Interpreter)

if(NOT CMAKE_CXX_FLAGS MATCHES "sanitize" AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # They read sources, not the build: once, in the release build, is enough.
  add_test(NAME tidy COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/tidy/tidy.py ${CMAKE_SOURCE_DIR})
  add_test(NAME tidy_selftest COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/tidy/tidy_selftest.py)
  add_test(NAME await_lint
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/tidy/await_lint.py ${CMAKE_BINARY_DIR} -j 2)
  set_tests_properties(tidy PROPERTIES TIMEOUT 60 LABELS "nosan")
  set_tests_properties(tidy_selftest PROPERTIES TIMEOUT 180 LABELS "nosan")
  set_tests_properties(await_lint PROPERTIES TIMEOUT 900 PROCESSORS 2 SKIP_RETURN_CODE 77 LABELS "nosan")
  if(TARGET sysplexd)
    add_test(NAME units COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/packaging/units.py $<TARGET_FILE:sysplexd>)
    set_tests_properties(units PROPERTIES TIMEOUT 60 SKIP_RETURN_CODE 77 LABELS "nosan")
  endif()
endif()

# Live tests: each script of live/ but its helpers, against the binary of this build. The kill ring runs without sanitizers:
# its value is the number of kills that hit a step, and a sanitizer makes starts, not steps, slow.
if(TARGET sysplexd)
  file(GLOB live_tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/live/*.py)
  list(FILTER live_tests EXCLUDE REGEX "/sysplex\\.py$")
  foreach(script ${live_tests})
    get_filename_component(name ${script} NAME_WE)
    set(labels live)
    if(name MATCHES "ring")
      list(APPEND labels nosan)
    endif()
    add_test(NAME live_${name} COMMAND ${Python3_EXECUTABLE} ${script})
    set_tests_properties(live_${name} PROPERTIES TIMEOUT 900 PROCESSORS 2 SKIP_RETURN_CODE 77 LABELS "${labels}"
      ENVIRONMENT "SYSPLEXD=$<TARGET_FILE:sysplexd>;PYTHONDONTWRITEBYTECODE=1")
  endforeach()
endif()
