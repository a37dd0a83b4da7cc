#include "hq/nginx_mirror.h"

#include <fmt/format.h>

namespace xsell::hq {
namespace {

// Bundles and numbered metadata never change, so they are kept for good. The one document that
// does is asked for each second at most, and may be old while HQ cannot be reached: lanes judge
// that by its signature and its dates.
constexpr const char* kText =
    R"nginx(# A mirror of an xsell headquarters, for the lanes of one store.
proxy_cache_path {cache}/xsell-files levels=1:2 keys_zone=xsell_files:2m max_size=2g inactive=400d use_temp_path=off;
proxy_cache_path {cache}/xsell-lanes keys_zone=xsell_lanes:2m max_size=16m inactive=30d use_temp_path=off;

upstream xsell_hq {{
  server {hq};
  keepalive 4;
}}

server {{
  listen {port} ssl;
  ssl_certificate {certificate};
  ssl_certificate_key {key};
  ssl_protocols TLSv1.2 TLSv1.3;
  ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;
  ssl_session_tickets off;
  server_tokens off;

  proxy_http_version 1.1;
  proxy_set_header Connection "";
  proxy_set_header Host {name};
  proxy_ssl_name {name};
  proxy_ssl_server_name on;
  proxy_ssl_verify on;
  proxy_ssl_trusted_certificate {ca};
  proxy_ssl_protocols TLSv1.2 TLSv1.3;
  proxy_connect_timeout 5s;
  proxy_read_timeout 60s;
  proxy_ignore_headers Cache-Control Expires;
  proxy_cache_lock on;
  proxy_cache_lock_timeout 5m;
  proxy_cache_lock_age 5m;
  proxy_cache_use_stale error timeout http_500 http_502 http_503 http_504;

  # Does HQ know this lane? Its word holds for ten minutes, and for as long as HQ cannot be reached.
  location = /lane {{
    internal;
    proxy_pass https://xsell_hq/v1/tuf/timestamp.json;
    proxy_pass_request_body off;
    proxy_set_header Content-Length "";
    proxy_cache xsell_lanes;
    proxy_cache_key $http_authorization;
    proxy_cache_valid 200 10m;
    proxy_cache_valid 401 403 1m;
  }}

  location = /v1/tuf/timestamp.json {{
    auth_request /lane;
    proxy_pass https://xsell_hq;
    proxy_cache xsell_files;
    proxy_cache_key $uri;
    proxy_cache_valid 200 1s;
    proxy_cache_revalidate on;
  }}

  location ~ ^/v1/(tuf|targets)/ {{
    auth_request /lane;
    proxy_pass https://xsell_hq;
    proxy_cache xsell_files;
    proxy_cache_key $uri;
    proxy_cache_valid 200 400d;
    proxy_cache_valid 404 5s;
  }}

  location / {{
    return 404;
  }}
}}
)nginx";

}  // namespace

std::string nginx_configuration(const NginxMirror& mirror) {
  // An upstream's server has its port always.
  std::string hq = mirror.hq.authority();
  if (mirror.hq.port == 443) hq += ":443";
  return fmt::format(fmt::runtime(kText), fmt::arg("cache", mirror.cache_folder),
                     fmt::arg("hq", hq), fmt::arg("port", mirror.port),
                     fmt::arg("certificate", mirror.certificate_file),
                     fmt::arg("key", mirror.key_file), fmt::arg("ca", mirror.ca_file),
                     fmt::arg("name", mirror.hq_name));
}

}  // namespace xsell::hq
