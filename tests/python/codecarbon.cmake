# gramme.codecarbon, included by CMakeLists.txt: with every Python what needs nothing from the package index; with the
# first one also the newest CodeCarbon beside it, cached under build/.
foreach(module codecarbon codecarbon_install codecarbon_children codecarbon_trouble)
  foreach(version executable IN ZIP_LISTS versions_seen GRAMME_PYTHONS)
    if(executable STREQUAL python)
      set(name ${module})
    else()
      set(name ${version}.${module})
    endif()
    gramme_python_test(${name} COMMAND ${executable} test_${module}.py)
  endforeach()
endforeach()
gramme_python_test(codecarbon_parameters COMMAND ${python} test_codecarbon_parameters.py)
gramme_python_test(codecarbon_examples COMMAND ${python} test_codecarbon_examples.py)
