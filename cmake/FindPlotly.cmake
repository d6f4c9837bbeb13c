# SPDX-License-Identifier: Apache-2.0
# Finds plotly.js, which draws the charts of reports, in Debian's python3-plotly, and esbuild, which
# reduces it to less than half its size. Defines Plotly_SCRIPT and Plotly_ESBUILD.
find_file(Plotly_SCRIPT NAMES plotly.min.js plotly.js
          PATHS /usr/share/python3-plotly /usr/lib/python3/dist-packages/plotly/package_data
          NO_DEFAULT_PATH)
find_program(Plotly_ESBUILD NAMES esbuild)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Plotly REQUIRED_VARS Plotly_SCRIPT Plotly_ESBUILD
                                  REASON_FAILURE_MESSAGE "Debian: python3-plotly, esbuild")
