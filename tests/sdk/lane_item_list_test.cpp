#include <gtest/gtest.h>

#include <zlib.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "sdk/examples/lane/item_list.h"
#include "sdk/examples/lane/text_file.h"

namespace {

std::string write_file(const std::string& name, const std::string& text) {
  const std::string path = testing::TempDir() + name;
  std::ofstream(path) << text;
  return path;
}

std::string codes(const std::vector<const lane::Item*>& items) {
  std::string text;
  for (const lane::Item* item : items) text += item->code + " ";
  return text;
}

TEST(ItemList, ReadsColumnsByName) {
  const std::string path = write_file("columns.csv",
                                      "price,name,item,category,minimum_age\n"
                                      "2.55,\"LANTERN, WHITE\",0412,0400,\n"
                                      "9.5,GIN,04006381333931,0500,18\n");
  std::string error;
  const auto list = lane::ItemList::load(path, "EUR", error);
  ASSERT_TRUE(list) << error;
  EXPECT_EQ(list->find("0412")->name, "LANTERN, WHITE");
  EXPECT_EQ(list->find("0412")->price_minor, 255);
  EXPECT_EQ(list->find("412"), nullptr);
  EXPECT_EQ(list->find("4006381333931")->minimum_age, 18u);
}

TEST(ItemList, FindsByWordsShortestFirst) {
  const std::string path =
      write_file("search.csv", "item,name\nA,RED TEA CUP\nB,TEA POT RED\nC,RED TEA\nD,BLUE CUP\n");
  std::string error;
  const auto list = lane::ItemList::load(path, "EUR", error);
  ASSERT_TRUE(list) << error;
  EXPECT_EQ(codes(list->search("red tea", 10)), "C A B ");
  EXPECT_EQ(codes(list->search("red tea", 1)), "C ");
  EXPECT_EQ(codes(list->search("ed", 10)), "C A B ");
  EXPECT_EQ(codes(list->search("p", 10)), "B D A ");
  EXPECT_EQ(codes(list->search("", 10)), "");
}

TEST(ItemList, ReadsItemsAsRulesAreAuthoredWith) {
  const std::string path = write_file(
      "list.items.json",
      R"({"schema":"xsell.items/1","items":[{"item":"A","category":"c","price":{"amount":199,)"
      R"("currency":"EUR"},"name":{"de":"Tee","en":"Tea"}}]})");
  std::string error;
  const auto list = lane::ItemList::load(path, "EUR", error);
  ASSERT_TRUE(list) << error;
  EXPECT_EQ(list->find("A")->name, "Tea");
  EXPECT_EQ(list->find("A")->price_minor, 199);
  EXPECT_FALSE(lane::ItemList::load(write_file("cut.json", "{"), "EUR", error));
  EXPECT_NE(error.find("cut.json: "), std::string::npos) << error;
}

TEST(ItemList, SaysWhatIsMissing) {
  std::string error;
  EXPECT_FALSE(lane::ItemList::load("/nowhere/items.csv", "EUR", error));
  EXPECT_NE(error.find("/nowhere/items.csv"), std::string::npos);
  EXPECT_FALSE(lane::ItemList::load(write_file("bad.csv", "a,b\n1,2\n"), "EUR", error));
  EXPECT_NE(error.find("bad.csv:1: needs the columns"), std::string::npos) << error;
}

TEST(TextFile, ReadsCompressedFiles) {
  const std::string path = testing::TempDir() + "list.csv.gz";
  gzFile file = gzopen(path.c_str(), "wb");
  gzputs(file, "item,name\nA,Tea\n");
  gzclose(file);
  std::string error;
  EXPECT_EQ(lane::read_text_file(path, error), "item,name\nA,Tea\n") << error;
}

TEST(TextFile, RefusesATruncatedCompressedFile) {
  const std::string whole = testing::TempDir() + "whole.gz";
  gzFile file = gzopen(whole.c_str(), "wb");
  for (int i = 0; i < 1000; ++i) gzprintf(file, "%d,item %d\n", i * 7919, i);
  gzclose(file);
  std::ifstream in(whole, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const std::string path = write_file("cut.gz", bytes.substr(0, bytes.size() / 2));
  std::string error;
  EXPECT_FALSE(lane::read_text_file(path, error));
  EXPECT_NE(error.find("cut.gz"), std::string::npos);
}

}  // namespace
