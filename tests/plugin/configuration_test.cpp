#include "plugin/configuration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/offline_cache/temporary_folder.h"

namespace xsell::plugin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Configuration, ReadsEveryField) {
  const ReadConfiguration read = parse_configuration(R"({
    "schema": "xsell.config/1", "data_folder": "/srv/lane", "hq": "https://hq.example",
    "store": "0217", "lane": "3", "store_groups": ["de-south", "large"],
    "workstation_type": "self_checkout", "time_zone": "Europe/Berlin", "language": "de",
    "currency": "EUR", "local_rules": {"rules": "rules.json", "items": ["/a/items.json", "b.json"]} })",
                                                     "/etc/xsell/xsell.json");
  EXPECT_THAT(read.errors, IsEmpty());
  const Configuration& configuration = read.configuration;
  EXPECT_EQ(configuration.data_folder, "/srv/lane");
  EXPECT_EQ(configuration.hq, "https://hq.example");
  EXPECT_EQ(configuration.store, "0217");
  EXPECT_EQ(configuration.lane, "3");
  EXPECT_THAT(configuration.store_groups, ElementsAre("de-south", "large"));
  EXPECT_EQ(configuration.workstation_type, rules::WorkstationType::self_checkout);
  EXPECT_EQ(configuration.time_zone, "Europe/Berlin");
  EXPECT_EQ(configuration.language, "de");
  EXPECT_EQ(configuration.currency.view(), "EUR");
  EXPECT_THAT(configuration.local_rules, ElementsAre("/etc/xsell/rules.json"));
  EXPECT_THAT(configuration.local_items, ElementsAre("/a/items.json", "/etc/xsell/b.json"));
}

TEST(Configuration, EmptyStoreAndLaneMeanAsEnrolled) {
  const ReadConfiguration read = parse_configuration(R"({"store": "", "lane": ""})", "f");
  EXPECT_THAT(read.errors, IsEmpty());
  EXPECT_EQ(read.configuration.data_folder, kDefaultDataFolder);
  EXPECT_FALSE(read.configuration.is_local());
}

TEST(Configuration, NamesFilePlaceAndMendOfEveryError) {
  const ReadConfiguration read = parse_configuration(
      "{\n  \"currency\": \"euro\",\n  \"hq\": \"http://hq\",\n  \"stroe\": \"1\",\n"
      "  \"workstation_type\": \"desk\",\n  \"data_folder\": 7,\n  \"local_rules\": {\"item\": "
      "\"x\"}\n}",
      "x.json");
  EXPECT_THAT(read.errors, ElementsAre(HasSubstr("x.json:2:15: currency"),
                                       HasSubstr("x.json:3:9: hq must be an https"),
                                       HasSubstr("x.json:4:3: there is no field stroe"),
                                       HasSubstr("x.json:5:23: workstation_type"),
                                       HasSubstr("x.json:6:18: data_folder must be a text"),
                                       HasSubstr("x.json:7:19: local_rules has no field item"),
                                       HasSubstr("x.json:7:18: local_rules names no rules file")));
  for (const std::string& error : read.errors) EXPECT_THAT(error, HasSubstr("; "));
}

TEST(Configuration, ReadsScanLayoutsAndTheLanesOfTheStore) {
  const ReadConfiguration read =
      parse_configuration(R"({"lanes_in_store": 7, "scan_layouts": ["29IIIIIWWWWWC"]})", "x.json");
  EXPECT_THAT(read.errors, IsEmpty());
  EXPECT_EQ(read.configuration.lanes_in_store, 7);
  EXPECT_EQ(rules::read_scan("2912345006785", read.configuration.scan_layouts).quantity_milli, 678);
  EXPECT_THAT(parse_configuration("{\"lanes_in_store\": 0,\n \"scan_layouts\": [\"29IIIIIWWWWW\"]}",
                                  "x.json")
                  .errors,
              ElementsAre(HasSubstr("x.json:1:20: lanes_in_store"),
                          HasSubstr("x.json:2:18: scan_layouts: \"29IIIIIWWWWW\"")));
}

TEST(Configuration, BrokenJsonIsNamedWithItsPlace) {
  EXPECT_THAT(parse_configuration("{\n \"store\": 1,,\n}", "x.json").errors,
              ElementsAre(HasSubstr("x.json:2:")));
  EXPECT_THAT(parse_configuration("[]", "x.json").errors,
              ElementsAre(HasSubstr("must hold an object")));
  EXPECT_THAT(parse_configuration("{\"store\":\"1\",\"store\":\"2\"}", "x.json").errors,
              ElementsAre(HasSubstr("x.json:1:")));
}

TEST(Configuration, WhatTheTillSaysWins) {
  const tests::TemporaryFolder folder;
  tests::write_text(folder.file("xsell.json"), R"({"store": "1", "lane": "2", "currency": "EUR"})");
  HostSettings host;
  host.config_file = folder.file("xsell.json");
  host.workstation = "9";
  host.currency = "CHF";
  host.workstation_type = XSELL_WORKSTATION_KIOSK;
  const ReadConfiguration read = read_configuration(host);
  EXPECT_THAT(read.errors, IsEmpty());
  EXPECT_EQ(read.configuration.store, "1");
  EXPECT_EQ(read.configuration.lane, "9");
  EXPECT_EQ(read.configuration.currency.view(), "CHF");
  EXPECT_EQ(read.configuration.workstation_type, rules::WorkstationType::kiosk);
}

TEST(Configuration, AFileThatTheTillNamesMustBeThere) {
  HostSettings host;
  host.config_file = "/nowhere/xsell.json";
  EXPECT_THAT(read_configuration(host).errors, ElementsAre(HasSubstr("/nowhere/xsell.json")));
}

}  // namespace
}  // namespace xsell::plugin
