#include "tests/sdk/fake_plugin.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <map>
#include <new>

namespace fake {
namespace {

struct Line {
  std::uint64_t line;
  std::string item;
};

struct Offer {
  const char* trigger;
  const char* item;
  const char* text;
};

constexpr Offer kOffers[] = {
    {"TEA", "MUG", "A mug with the tea?"},
    {"PASTA", "SAUCE", "Sauce with the pasta?"},
    {"PASTA", "CHEESE", "Cheese with the pasta?"},
};

struct Instance {
  xsell_plugin plugin{};
  std::vector<Line> lines;
  std::map<std::string, std::uint64_t> open;  // offered item -> prompt
  std::vector<std::string> refused;
  bool is_silent = false;
  std::uint64_t last_sequence = 0, next_prompt = 1, events = 0;
};

Instance& self(const xsell_plugin* plugin) { return *static_cast<Instance*>(plugin->plugin_data); }

bool has(const Instance& lane, const std::string& item) {
  return std::any_of(lane.lines.begin(), lane.lines.end(),
                     [&](const Line& line) { return line.item == item; });
}

void take(Instance& lane, const xsell_event_header& event) {
  const auto text = [](xsell_str view) { return std::string(view.data, view.size); };
  const auto remove = [&](std::uint64_t number) {
    std::erase_if(lane.lines, [&](const Line& line) { return line.line == number; });
  };
  switch (event.kind) {
    case XSELL_EVENT_LINE_ADDED: {
      const xsell_line& line = reinterpret_cast<const xsell_event_line&>(event).line;
      remove(line.line);
      lane.lines.push_back({line.line, text(line.item)});
      break;
    }
    case XSELL_EVENT_LINE_VOIDED:
      remove(reinterpret_cast<const xsell_event_line_voided&>(event).line);
      break;
    case XSELL_EVENT_PROMPT_DECLINED:
    case XSELL_EVENT_PROMPT_EXPIRED: {
      const std::uint64_t prompt = reinterpret_cast<const xsell_event_prompt&>(event).prompt;
      for (const auto& [item, id] : lane.open) {
        if (id == prompt) lane.refused.push_back(item);
      }
      break;
    }
    case XSELL_EVENT_TENDER_BEGIN:
    case XSELL_EVENT_SNOOZE:
      lane.is_silent = true;
      break;
    case XSELL_EVENT_TENDER_VOIDED:
      lane.is_silent = false;
      break;
    case XSELL_EVENT_TRANSACTION_BEGIN:
    case XSELL_EVENT_TRANSACTION_RECALLED:
    case XSELL_EVENT_TRANSACTION_FINALISED:
    case XSELL_EVENT_TRANSACTION_VOIDED:
    case XSELL_EVENT_TRANSACTION_SUSPENDED:
      lane.lines.clear();
      lane.open.clear();
      lane.refused.clear();
      lane.is_silent = false;
      break;
    default:
      break;
  }
}

void answer(Instance& lane, xsell_prompt_list& out) {
  out.count = 0;
  for (const Offer& offer : kOffers) {
    const bool is_refused =
        std::find(lane.refused.begin(), lane.refused.end(), offer.item) != lane.refused.end();
    if (lane.is_silent || is_refused || !has(lane, offer.trigger) || has(lane, offer.item)) {
      lane.open.erase(offer.item);
      continue;
    }
    if (out.count == out.capacity) break;
    if (!lane.open.contains(offer.item)) lane.open[offer.item] = lane.next_prompt++;
    xsell_prompt prompt{};
    prompt.struct_size = sizeof prompt;
    prompt.prompt = lane.open[offer.item];
    prompt.relation = XSELL_RELATION_COMPLEMENT;
    prompt.quantity_milli = 1000;
    prompt.flags = XSELL_PROMPT_PRICE_KNOWN;
    prompt.price_minor = 250;
    std::snprintf(prompt.item, sizeof prompt.item, "%s", offer.item);
    std::snprintf(prompt.description, sizeof prompt.description, "A nice %s", offer.item);
    std::snprintf(prompt.operator_text, sizeof prompt.operator_text, "%s", offer.text);
    std::snprintf(prompt.reason, sizeof prompt.reason, "Many who buy %s take it", offer.trigger);
    std::memcpy(static_cast<char*>(out.items) + out.count * out.item_size, &prompt,
                std::min<std::size_t>(out.item_size, sizeof prompt));
    ++out.count;
  }
}

xsell_status start(const xsell_plugin*) {
  log().calls.emplace_back("start");
  return XSELL_OK;
}
void stop(const xsell_plugin*) { log().calls.emplace_back("stop"); }
void destroy(const xsell_plugin* plugin) {
  log().calls.emplace_back("destroy");
  delete &self(plugin);
}

xsell_status on_event(const xsell_plugin* plugin, const xsell_event_header* event,
                      xsell_prompt_list* out) {
  Instance& lane = self(plugin);
  const auto* bytes = reinterpret_cast<const unsigned char*>(event);
  log().events.push_back({{bytes, bytes + event->struct_size}});
  if (event->sequence <= lane.last_sequence) return XSELL_ERROR_STALE_SEQUENCE;
  lane.last_sequence = event->sequence;
  ++lane.events;
  take(lane, *event);
  if (out != nullptr) answer(lane, *out);
  return XSELL_OK;
}

xsell_status read(const xsell_plugin* plugin, xsell_health* out) {
  out->state = XSELL_HEALTH_READY;
  out->events = self(plugin).events;
  std::snprintf(out->message, sizeof out->message, "a fake plugin");
  return XSELL_OK;
}

const void* get_extension(const xsell_plugin*, const char* id) {
  static const xsell_status_extension status = {sizeof status, 0, read};
  return std::strcmp(id, XSELL_EXT_STATUS) == 0 ? &status : nullptr;
}

xsell_status create(const xsell_host* host, const xsell_plugin** out) {
  log().calls.emplace_back("create");
  log().host_name.assign(host->name.data, host->name.size);
  auto* lane = new (std::nothrow) Instance;
  if (lane == nullptr) return XSELL_ERROR_OUT_OF_MEMORY;
  lane->plugin = {sizeof lane->plugin, XSELL_ABI_MINOR, lane, start, stop, destroy, on_event,
                  get_extension};
  *out = &lane->plugin;
  return XSELL_OK;
}

}  // namespace

Log& log() {
  static Log instance;
  return instance;
}

const xsell_entry& entry() {
  static const xsell_entry instance = {sizeof instance, XSELL_ABI_MAJOR, XSELL_ABI_MINOR, 0,
                                       "0.0.0-fake",    create};
  return instance;
}

}  // namespace fake
