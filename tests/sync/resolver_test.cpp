#include "sync/resolver.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <string>
#include <vector>

namespace xsell::sync {
namespace {

std::vector<std::string> addresses_of(const std::string& host) {
  boost::asio::io_context io;
  Resolver resolver(io, "127.0.0.1:1");  // nobody answers there
  std::vector<std::string> addresses;
  resolver.resolve(host, [&](const auto& found, const std::string&) {
    for (const auto& address : found) addresses.push_back(address.to_string());
  });
  io.run();
  return addresses;
}

TEST(Resolver, knows_this_machine_without_a_server_or_a_hosts_file) {
  const std::vector<std::string> loopback{"127.0.0.1", "::1"};
  EXPECT_EQ(addresses_of("localhost"), loopback);
  EXPECT_EQ(addresses_of("LocalHost"), loopback);
  EXPECT_EQ(addresses_of("till.localhost"), loopback);
}

TEST(Resolver, takes_an_address_as_it_is) {
  EXPECT_EQ(addresses_of("192.0.2.7"), std::vector<std::string>{"192.0.2.7"});
  EXPECT_EQ(addresses_of("2001:db8::1"), std::vector<std::string>{"2001:db8::1"});
}

TEST(Resolver, gives_no_address_when_no_server_answers) {
  EXPECT_TRUE(addresses_of("notlocalhost").empty());
}

}  // namespace
}  // namespace xsell::sync
