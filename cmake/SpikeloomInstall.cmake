# SPDX-License-Identifier: Apache-2.0
# Installs the program with its manual page and shell completions, the libraries with their headers as a
# CMake package (find_package(spikeloom) defines spikeloom::hw, spikeloom::converter, ...), and the
# configurations.
include(CMakePackageConfigHelpers)

set(SPIKELOOM_PACKAGE_DIR "${CMAKE_INSTALL_LIBDIR}/cmake/spikeloom")
if(SPIKELOOM_PROGRAM)
  install(TARGETS spikeloom RUNTIME)
  install(FILES "${PROJECT_BINARY_DIR}/generated/spikeloom.1"
          DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")
  install(FILES "${PROJECT_BINARY_DIR}/generated/spikeloom.bash" RENAME spikeloom
          DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions")
  install(FILES "${PROJECT_BINARY_DIR}/generated/_spikeloom"
          DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/site-functions")
endif()
if(SPIKELOOM_MPI)
  install(TARGETS spikeloom_mpi RUNTIME)
endif()
set(folders base arch converter mapper hw cosim)
set(libraries base arch converter mapper hw_model hw cosim)
if(SPIKELOOM_PROGRAM)
  list(APPEND folders sim explore)
  list(APPEND libraries sim explore)
endif()
list(TRANSFORM libraries PREPEND spikeloom_)
install(TARGETS ${libraries} EXPORT spikeloomTargets ARCHIVE)
foreach(folder IN LISTS folders)
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/${folder}"
          DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/spikeloom" FILES_MATCHING PATTERN "*.h")
endforeach()
install(FILES "${PROJECT_BINARY_DIR}/generated/include/spikeloom/base/version.h"
        DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/spikeloom/base")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/configs" DESTINATION "${CMAKE_INSTALL_DATADIR}/spikeloom")

install(EXPORT spikeloomTargets NAMESPACE spikeloom:: DESTINATION "${SPIKELOOM_PACKAGE_DIR}")
configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/spikeloomConfig.cmake.in"
                              "${PROJECT_BINARY_DIR}/spikeloomConfig.cmake"
                              INSTALL_DESTINATION "${SPIKELOOM_PACKAGE_DIR}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/spikeloomConfigVersion.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/spikeloomConfig.cmake"
              "${PROJECT_BINARY_DIR}/spikeloomConfigVersion.cmake"
              "${CMAKE_CURRENT_LIST_DIR}/SpikeloomDependencies.cmake"
              "${CMAKE_CURRENT_LIST_DIR}/FindOnnxProto.cmake"
              "${CMAKE_CURRENT_LIST_DIR}/FindSystemC.cmake"
              "${CMAKE_CURRENT_LIST_DIR}/FindYamlCpp.cmake"
        DESTINATION "${SPIKELOOM_PACKAGE_DIR}")
