#include "tests/tools/sse/sse_service.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

namespace xsell::tests {

using Json = nlohmann::json;
using hq::HttpAnswer;

namespace {

// "event-type-listeners" is not among them: all types are reported without asking.
constexpr const char* kCapabilities[] = {
    "bom",           "comments", "headers",
    "last-event-id", "post",     "read-timeout",
    "report",        "restart",  "server-directed-shutdown-request"};

HttpAnswer empty_answer(int status) {
  HttpAnswer answer;
  answer.status = status;
  return answer;
}

bool is_one_line(const std::string& text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos;
}

HttpUrl url_in(const Json& parameters, const char* name) {
  const auto url = parse_http_url(parameters.at(name).get<std::string>());
  if (!url) throw std::invalid_argument(std::string(name) + " is no http address");
  return *url;
}

// A member that may be absent or null.
template <typename T>
T value_or(const Json& parameters, const char* name, T otherwise) {
  const auto found = parameters.find(name);
  return found == parameters.end() || found->is_null() ? otherwise : found->get<T>();
}

std::chrono::milliseconds milliseconds_of(const Json& parameters, const char* name) {
  const auto value = parameters.at(name).get<std::int64_t>();
  constexpr std::int64_t kDay_ms = 86'400'000;
  if (value < 0 || value > kDay_ms) throw std::invalid_argument(std::string(name));
  return std::chrono::milliseconds(value);
}

EventSourceOptions options_of(const Json& parameters) {
  EventSourceOptions options;
  options.url = url_in(parameters, "streamUrl");
  options.method = value_or<std::string>(parameters, "method", "GET");
  if (options.method.empty()) options.method = "GET";
  if (options.method != "GET" && options.method != "POST" && options.method != "REPORT")
    throw std::invalid_argument("method " + options.method);
  options.body = value_or<std::string>(parameters, "body", "");
  options.last_event_id = value_or<std::string>(parameters, "lastEventId", "");
  if (!is_one_line(options.last_event_id)) throw std::invalid_argument("lastEventId");
  const Json headers = value_or(parameters, "headers", Json::object());
  for (const auto& [name, value] : headers.items()) {
    options.headers.emplace_back(name, value.get<std::string>());
    if (name.empty() || !is_one_line(name + options.headers.back().second))
      throw std::invalid_argument("header " + name);
  }
  if (!value_or(parameters, "initialDelayMs", Json()).is_null())
    options.reconnection_time = milliseconds_of(parameters, "initialDelayMs");
  if (!value_or(parameters, "readTimeoutMs", Json()).is_null())
    options.read_timeout = milliseconds_of(parameters, "readTimeoutMs");
  return options;
}

}  // namespace

HttpAnswer SseService::answer(const hq::HttpRequest& request) {
  try {
    if (request.path == "/") {
      if (request.method == "GET")
        return hq::json_answer(
            200, Json{{"name", "xsell"}, {"capabilities", Json(kCapabilities)}}.dump());
      if (request.method == "POST") return create(request);
      if (request.method != "DELETE") return empty_answer(405);
      on_quit_();
      return empty_answer(204);
    }
    const auto stream = streams_.find(request.path);
    if (stream == streams_.end()) return empty_answer(404);
    if (request.method == "POST") return command(stream->second, request.body);
    if (request.method != "DELETE") return empty_answer(405);
    streams_.erase(stream);
    return empty_answer(204);
  } catch (const Json::exception& error) {
    return hq::error_answer(400, "parameters", error.what());
  } catch (const std::invalid_argument& error) {
    return hq::error_answer(400, "parameters", error.what());
  }
}

HttpAnswer SseService::create(const hq::HttpRequest& request) {
  const Json parameters = Json::parse(request.body);
  Stream stream;
  stream.callbacks = std::make_unique<CallbackSender>(io_, url_in(parameters, "callbackUrl"));
  CallbackSender& callbacks = *stream.callbacks;
  stream.source = std::make_unique<EventSource>(
      io_, options_of(parameters),
      EventSource::Handlers{
          [&callbacks](const sync::SseEvent& event) {
            callbacks.send(
                Json{{"kind", "event"},
                     {"event",
                      {{"type", event.type}, {"data", event.data}, {"id", event.last_event_id}}}}
                    .dump());
          },
          [&callbacks](std::string_view text) {
            callbacks.send(Json{{"kind", "comment"}, {"comment", text}}.dump());
          },
          // The suite reads "error", its description says "comment".
          [&callbacks](const std::string& error) {
            callbacks.send(Json{{"kind", "error"}, {"error", error}, {"comment", error}}.dump());
          }});
  stream.source->start();
  const std::string path = "/streams/" + std::to_string(++count_);
  streams_.emplace(path, std::move(stream));
  HttpAnswer answer = empty_answer(201);
  answer.headers.emplace_back("Location", "http://" + std::string(request.header("host")) + path);
  return answer;
}

HttpAnswer SseService::command(Stream& stream, std::string_view body) {
  const Json parameters = Json::parse(body);
  const auto name = parameters.at("command").get<std::string>();
  if (name == "restart") {
    stream.source->restart();
  } else if (name == "listen") {
    // Events of every type are reported anyway.
    parameters.at("listen").at("type").get<std::string>();
  } else {
    throw std::invalid_argument("command " + name);
  }
  return empty_answer(202);
}

}  // namespace xsell::tests
