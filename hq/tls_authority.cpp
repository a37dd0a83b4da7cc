#include "hq/tls_authority.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "hq/errors.h"
#include "hq/server/certificate.h"

namespace xsell::hq {
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kDay_s = 86'400;
constexpr std::int64_t kAuthorityLife_s = 20 * 365 * kDay_s;
constexpr std::int64_t kServerLife_s = 365 * kDay_s;
constexpr std::int64_t kEarly_s = kDay_s;  // for lanes whose clocks are a little behind

constexpr const char* kCaCertificate = "ca.pem";
constexpr const char* kCaKey = "ca.key.pem";
constexpr const char* kServerCertificate = "server.pem";
constexpr const char* kServerKey = "server.key.pem";
constexpr const char* kAddresses = "addresses";

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream content;
  content << in.rdbuf();
  if (!in || content.str().empty()) {
    throw Refused(
        fmt::format("cannot read {}; restore the folder tls from the backup", path.string()));
  }
  return content.str();
}

// Whole or not at all, and never readable by others even for a moment.
void write_file(const fs::path& path, const std::string& content) {
  const fs::path part = path.string() + ".new";
  const int descriptor =
      ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  bool is_written =
      descriptor >= 0 &&
      ::write(descriptor, content.data(), content.size()) == static_cast<ssize_t>(content.size()) &&
      ::fsync(descriptor) == 0;
  const int why = errno;
  if (descriptor >= 0) ::close(descriptor);
  is_written = is_written && ::rename(part.c_str(), path.c_str()) == 0;
  if (!is_written) {
    throw Refused(fmt::format(
        "cannot write {}: {}; see that there is space and that this user may write there",
        path.string(), std::strerror(why)));
  }
}

}  // namespace

std::vector<std::string> TlsAuthority::default_addresses() {
  std::vector<std::string> addresses = {"localhost", "127.0.0.1", "::1"};
  char name[256] = {};
  if (::gethostname(name, sizeof name - 1) == 0 && name[0] != '\0' &&
      std::string_view(name) != "localhost") {
    addresses.emplace_back(name);
  }
  return addresses;
}

bool TlsAuthority::exists() const {
  std::error_code error;
  return fs::exists(folder_ / kCaCertificate, error);
}

void TlsAuthority::create(const std::vector<std::string>& addresses, std::int64_t now_s) {
  const Certificate authority =
      make_authority("xsell HQ authority", {now_s - kEarly_s, now_s + kAuthorityLife_s});
  write_file(folder_ / kCaKey, authority.key_pem);
  write_file(folder_ / kCaCertificate, authority.certificate_pem);
  issue(addresses, now_s);
}

void TlsAuthority::issue(const std::vector<std::string>& addresses, std::int64_t now_s) {
  const Certificate server = certificate_for(addresses, now_s, now_s + kServerLife_s);
  std::string list;
  for (const std::string& address : addresses) list += address + "\n";
  write_file(folder_ / kAddresses, list);
  // One file for both, so that a reader never pairs the certificate with another's key.
  write_file(folder_ / kServerKey, server.key_pem + server.certificate_pem);
  write_file(folder_ / kServerCertificate, server.certificate_pem);
}

Certificate TlsAuthority::certificate_for(const std::vector<std::string>& addresses,
                                          std::int64_t now_s, std::int64_t until_s) const {
  const Certificate authority{ca_pem(), read_file(folder_ / kCaKey)};
  return make_server_certificate(authority, addresses, {now_s - kEarly_s, until_s});
}

bool TlsAuthority::renew_if_due(std::int64_t now_s) {
  const std::int64_t left_s =
      certificate_expires_at_s(read_file(folder_ / kServerCertificate)) - now_s;
  if (left_s > kServerLife_s / 3) return false;
  issue(addresses(), now_s);
  return true;
}

std::vector<std::string> TlsAuthority::addresses() const {
  std::istringstream lines(read_file(folder_ / kAddresses));
  std::vector<std::string> addresses;
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty()) addresses.push_back(line);
  }
  return addresses;
}

std::string TlsAuthority::ca_pem() const { return read_file(folder_ / kCaCertificate); }

std::string TlsAuthority::ca_sha256() const { return certificate_sha256(ca_pem()); }

std::string TlsAuthority::chain_pem() const {
  const std::string both = read_file(folder_ / kServerKey);
  const std::size_t certificate = both.find("-----BEGIN CERTIFICATE-----");
  return both.substr(certificate == std::string::npos ? both.size() : certificate) + ca_pem();
}

std::string TlsAuthority::key_pem() const { return read_file(folder_ / kServerKey); }

}  // namespace xsell::hq
