# cmake -D OUTPUT=web_files.cpp -D FOLDER=web -P embed_web_files.cmake: the page's files as a C++ source.
set(type_html "text/html; charset=utf-8")
set(type_css "text/css; charset=utf-8")
set(type_mjs "text/javascript; charset=utf-8")
set(type_svg "image/svg+xml")

set(arrays "")
set(rows "")
set(number 0)
file(GLOB files RELATIVE "${FOLDER}" "${FOLDER}/*")
list(SORT files)
foreach(name IN LISTS files)
  string(REGEX REPLACE "^.*\\." "" extension "${name}")
  if(NOT DEFINED type_${extension})
    message(FATAL_ERROR "${FOLDER}/${name}: no content type for .${extension}")
  endif()
  file(READ "${FOLDER}/${name}" hex HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
  set(path "/${name}")
  if(name STREQUAL "index.html")
    set(path "/")
  endif()
  string(APPEND arrays "const unsigned char kFile${number}[] = {${bytes}};\n")
  string(APPEND rows
    "    {\"${path}\", \"${type_${extension}}\",\n     {reinterpret_cast<const char*>(kFile${number}), sizeof kFile${number}}},\n")
  math(EXPR number "${number} + 1")
endforeach()

file(WRITE "${OUTPUT}.new" "#include \"sdk/examples/lane/web_files.h\"

namespace lane {
namespace {

${arrays}
const WebFile kFiles[] = {
${rows}};

}  // namespace

const WebFile* find_web_file(std::string_view path) {
  for (const WebFile& file : kFiles) {
    if (file.path == path) return &file;
  }
  return nullptr;
}

}  // namespace lane
")
file(RENAME "${OUTPUT}.new" "${OUTPUT}")
