// The nginx configuration of a mirror in a store: what is published, kept beside the lanes, for
// those that HQ knows.
#ifndef XSELL_HQ_NGINX_MIRROR_H_
#define XSELL_HQ_NGINX_MIRROR_H_

#include <cstdint>
#include <string>

#include "sync/hq_endpoint.h"

namespace xsell::hq {

struct NginxMirror {
  sync::HqUrl hq;
  std::string hq_name;  // in HQ's certificate; nginx checks names, not addresses
  std::uint16_t port = 8444;
  std::string certificate_file, key_file, ca_file;
  std::string cache_folder;  // there must be one; nginx makes two folders in it
};

// To be included in the http block of nginx 1.22 or newer.
std::string nginx_configuration(const NginxMirror& mirror);

}  // namespace xsell::hq

#endif  // XSELL_HQ_NGINX_MIRROR_H_
