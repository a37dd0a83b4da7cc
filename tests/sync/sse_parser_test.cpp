#include "sync/sse_parser.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace xsell::sync {
namespace {

struct Seen {
  std::string type;
  std::string data;
  std::string id;
  bool operator==(const Seen&) const = default;
};

void PrintTo(const Seen& seen, std::ostream* out) {
  *out << '{' << seen.type << '|' << seen.data << '|' << seen.id << '}';
}

std::vector<Seen> parse(std::string_view stream, std::size_t chunk = std::string_view::npos) {
  std::vector<Seen> events;
  SseParser parser([&](const SseEvent& event) {
    events.push_back({event.type, event.data, event.last_event_id});
  });
  while (!stream.empty()) {
    EXPECT_TRUE(parser.feed(stream.substr(0, chunk)));
    stream.remove_prefix(std::min(chunk, stream.size()));
  }
  return events;
}

struct Example {
  std::string_view name;
  std::string stream;
  std::vector<Seen> events;
};

// The first four are the examples of the standard's own text.
const std::vector<Example>& examples() {
  static const std::vector<Example> kExamples = {
      {"stock", "data: YHOO\ndata: +2\ndata: 10\n\n", {{"message", "YHOO\n+2\n10", ""}}},
      {"comment_and_ids",
       ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n",
       {{"message", "first event", "1"}, {"message", "second event", ""}}},
      {"empty_data", "data\n\ndata\ndata\n\ndata:", {{"message", "", ""}, {"message", "\n", ""}}},
      {"space_after_colon",
       "data:test\n\ndata: test\n\n",
       {{"message", "test", ""}, {"message", "test", ""}}},
      {"carriage_returns",
       "event: head\rdata: a\r\rdata: b\r\n\r\n",
       {{"head", "a", ""}, {"message", "b", ""}}},
      {"mixed_line_ends", "data: a\r\ndata: b\ndata: c\r\r\n", {{"message", "a\nb\nc", ""}}},
      {"byte_order_mark",
       "\xEF\xBB\xBF"
       "data: x\n\n",
       {{"message", "x", ""}}},
      {"second_byte_order_mark_is_text",
       "\xEF\xBB\xBF\xEF\xBB\xBF"
       "data: x\n\ndata: y\n\n",
       {{"message", "y", ""}}},
      {"half_a_byte_order_mark",
       "\xEF\xBB"
       "data: x\n\ndata: y\n\n",
       {{"message", "y", ""}}},
      {"type_alone_dispatches_nothing", "event: head\n\ndata: x\n\n", {{"message", "x", ""}}},
      {"id_with_null_is_ignored",
       std::string("id: 7\ndata: a\n\nid: 8") + '\0' + "9\ndata: b\n\n",
       {{"message", "a", "7"}, {"message", "b", "7"}}},
      {"id_without_data_counts_later", "id: 5\n\ndata: x\n\n", {{"message", "x", "5"}}},
      {"unknown_field", "foo: bar\ndata: x\nDATA: y\n\n", {{"message", "x", ""}}},
      {"leading_space_in_name", " data: x\n\ndata: y\n\n", {{"message", "y", ""}}},
      {"unfinished_event_is_dropped", "data: x\n", {}},
      {"bad_utf8_is_replaced",
       "data: a\xFF"
       "b\xE2\x82\n\n",
       {{"message",
         "a\xEF\xBF\xBD"
         "b\xEF\xBF\xBD",
         ""}}},
      {"surrogate_is_replaced",
       "data: \xED\xA0\x80\n\n",
       {{"message", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", ""}}},
      {"last_event_field_wins", "event: a\nevent: b\ndata: x\n\n", {{"b", "x", ""}}},
      {"empty_event_name_is_message", "event: a\nevent\ndata: x\n\n", {{"message", "x", ""}}},
  };
  return kExamples;
}

TEST(SseParser, reads_every_example_whole) {
  for (const Example& example : examples())
    EXPECT_EQ(parse(example.stream), example.events) << example.name;
}

TEST(SseParser, reads_every_example_cut_at_every_size) {
  for (const Example& example : examples()) {
    for (std::size_t chunk = 1; chunk <= example.stream.size(); ++chunk) {
      EXPECT_EQ(parse(example.stream, chunk), example.events)
          << example.name << " in chunks of " << chunk;
    }
  }
}

TEST(SseParser, takes_the_retry_time_only_from_digits) {
  SseParser parser({});
  parser.feed("retry: 10s\nretry:\nretry: -1\n");
  EXPECT_EQ(parser.retry_ms(), std::nullopt);
  parser.feed("retry: 3000\n");
  EXPECT_EQ(parser.retry_ms(), 3000U);
  parser.feed("retry: 99999999999999999999999\n");
  EXPECT_EQ(parser.retry_ms(), 1'000'000'000'000U);
}

TEST(SseParser, tells_comments_apart) {
  std::vector<std::string> comments;
  SseParser parser([](const SseEvent&) { FAIL(); });
  parser.set_comment_handler([&](std::string_view text) { comments.emplace_back(text); });
  parser.feed(":\n: beat\n:\xFF\n\n");
  EXPECT_EQ(comments, (std::vector<std::string>{"", " beat", "\xEF\xBF\xBD"}));
}

TEST(SseParser, keeps_the_last_id_over_a_new_connection_but_no_half_event) {
  std::vector<Seen> events;
  SseParser parser([&](const SseEvent& event) {
    events.push_back({event.type, event.data, event.last_event_id});
  });
  parser.feed("id: 4\ndata: a\n\nid: 9\nevent: x\ndata: lost");
  parser.reset();
  parser.feed("data: b\n\n");
  EXPECT_EQ(events, (std::vector<Seen>{{"message", "a", "4"}, {"message", "b", "4"}}));
}

TEST(SseParser, may_begin_with_an_id) {
  std::vector<Seen> events;
  SseParser parser([&](const SseEvent& event) {
    events.push_back({event.type, event.data, event.last_event_id});
  });
  parser.set_last_event_id("3");
  parser.reset();
  EXPECT_EQ(parser.last_event_id(), "3");
  parser.feed("data: a\n\nid\ndata: b\n\n");
  EXPECT_EQ(events, (std::vector<Seen>{{"message", "a", "3"}, {"message", "b", ""}}));
}

TEST(SseParser, gives_up_on_an_endless_line_in_bounded_memory) {
  SseParser parser([](const SseEvent&) { FAIL(); }, {.line_bytes = 1000, .data_bytes = 5000});
  const std::string block(100, 'x');
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(parser.feed(block));
  EXPECT_FALSE(parser.feed("x"));
  EXPECT_FALSE(parser.feed("\n\ndata: late\n\n"));
  EXPECT_TRUE(parser.is_over_limit());
}

TEST(SseParser, gives_up_on_an_endless_event) {
  SseParser parser([](const SseEvent&) { FAIL(); }, {.line_bytes = 1000, .data_bytes = 5000});
  bool is_fine = true;
  for (int i = 0; i < 1000 && is_fine; ++i) is_fine = parser.feed("data: 0123456789\n");
  EXPECT_FALSE(is_fine);
}

}  // namespace
}  // namespace xsell::sync
