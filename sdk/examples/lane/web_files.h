// The page's files, built into the program.
#ifndef XSELL_SDK_EXAMPLES_LANE_WEB_FILES_H_
#define XSELL_SDK_EXAMPLES_LANE_WEB_FILES_H_

#include <string_view>

namespace lane {

struct WebFile {
  std::string_view path;  // "/lane.css"
  std::string_view content_type;
  std::string_view content;
};

// Null when there is none of that path.
const WebFile* find_web_file(std::string_view path);

}  // namespace lane

#endif  // XSELL_SDK_EXAMPLES_LANE_WEB_FILES_H_
