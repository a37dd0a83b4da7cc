#ifndef XSELL_PLUGIN_FILES_H_
#define XSELL_PLUGIN_FILES_H_

#include <cstddef>

// Files of the data folder that the lane and the tool `xsell` share.
namespace xsell::plugin {

inline constexpr const char* kIdentityFile = "identity.json";  // written by enrolment
inline constexpr const char* kStatusFile = "status.json";  // written by the lane every few seconds
inline constexpr const char* kOffFile = "off.json";        // there: no prompts until it is removed
inline constexpr const char* kUnpinFile = "unpin";  // asks the lane to lift its pins; it removes it
inline constexpr const char* kImportFolder =
    "import";  // a release brought by hand, for a running lane
inline constexpr const char* kImportResultFile = "import-result.json";

inline constexpr size_t kMaxIdentityBytes = 256 * 1024;

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_FILES_H_
