#include "rules/compiled_rules.h"
#include "rules/lane_engine.h"
#include "tests/tools/bench/lane_under_test.h"
#include "tests/tools/bench/publisher.h"

namespace xsell::bench {
namespace {

constexpr std::int64_t kDay_s = 86'400;
constexpr std::int64_t kFirstMonday = 20'304;  // 2025-08-04, in days since 1970

class EngineLane : public LaneUnderTest {
 public:
  EngineLane(const Workload& workload, Pacing pacing, Publisher* publisher)
      : workload_(workload),
        texts_(workload),
        engine_(rules::LaneScope(), nullptr),
        publisher_(publisher) {
    for (int i = 0; i < 128; ++i) {
      groups_.push_back(group_name(i));
      segments_.push_back(segment_name(i));
    }
    Compiled compiled = compile(release_of(workload, pacing));
    rules_ = std::move(compiled.rules);
    engine_.adopt(rules_.get());
    set_up_.load_ms = compiled.load_ms;
    set_up_.load_cpu_ms = compiled.load_cpu_ms;
    set_up_.compile_ms = compiled.compile_ms;
    set_up_.index_mb = static_cast<double>(rules_->report().index_bytes) / (1 << 20);
    set_up_.rules_active = rules_->report().rules_active;
  }

  std::string_view name() const override { return "engine"; }
  const SetUp& set_up() const override { return set_up_; }

  void begin(const Basket& basket) override {
    if (publisher_ != nullptr) take_over();
    event_ = rules::Event();
    event_.kind = rules::EventKind::kTransactionBegin;
    event_.transaction = ++transaction_;
    event_.local_time_s = local_time_s(basket, transaction_);
    event_.monotonic_ns = monotonic_ns_ += 10'000'000'000;
    engine_.on_event(event_);
    told_segments_ = {groups_[static_cast<std::size_t>(basket.group)],
                      segments_[static_cast<std::size_t>(basket.segment)]};
    event_.kind = rules::EventKind::kCustomerIdentified;
    event_.customer = "c";
    event_.segments = told_segments_;
    engine_.on_event(event_);
    event_.segments = {};
    line_ = 0;
  }
  void prepare(int item) override {
    event_.kind = rules::EventKind::kLineAdded;
    event_.monotonic_ns = monotonic_ns_ += 1'000'000;
    event_.line.line = ++line_;
    code_.assign(texts_.code(item));
    event_.line.item = code_;
    event_.line.quantity_milli = 1000;
    event_.line.unit_price_minor = workload_.items[static_cast<std::size_t>(item)].price_minor;
    event_.line.has_price = true;
  }
  void scan() override { answer_ = &engine_.on_event(event_); }
  void void_line(std::uint64_t line) override {
    event_.kind = rules::EventKind::kLineVoided;
    event_.line.line = line;
    answer_ = &engine_.on_event(event_);
  }
  void set_quantity(std::uint64_t line, std::int64_t quantity_milli) override {
    event_.kind = rules::EventKind::kQuantityChanged;
    event_.line.line = line;
    event_.line.quantity_milli = quantity_milli;
    answer_ = &engine_.on_event(event_);
  }
  void end() override {
    event_.kind = rules::EventKind::kTransactionFinalised;
    engine_.on_event(event_);
  }
  RulesShown shown() const override {
    RulesShown out;
    for (const rules::Prompt& prompt : answer_->view())
      out.rules[out.count++] = record_number(prompt.rule_id);
    return out;
  }

 private:
  void take_over() {
    std::unique_ptr<rules::CompiledRuleSet> next(publisher_->take());
    if (!next) return;
    engine_.adopt(next.get());
    publisher_->retire(rules_.release());
    rules_ = std::move(next);
    ++set_up_.releases;
  }

  const Workload& workload_;
  ItemTexts texts_;
  std::vector<std::string> groups_, segments_;
  std::unique_ptr<rules::CompiledRuleSet> rules_;
  rules::LaneEngine engine_;
  Publisher* publisher_;
  SetUp set_up_;
  rules::Event event_;
  std::string code_;
  std::array<std::string_view, 2> told_segments_;
  const rules::Answer* answer_ = nullptr;
  std::uint64_t transaction_ = 0;
  std::uint64_t line_ = 0;
  std::uint64_t monotonic_ns_ = 0;
};

}  // namespace

ItemTexts::ItemTexts(const Workload& workload) {
  for (std::size_t i = 0; i < workload.items.size(); ++i)
    codes_.push_back(gtin_of(static_cast<int>(i)));
}

std::int64_t local_time_s(const Basket& basket, std::uint64_t week) {
  const std::int64_t day = kFirstMonday + 7 * static_cast<std::int64_t>(week) + basket.weekday;
  return day * kDay_s + std::int64_t{60} * basket.minute;
}

std::unique_ptr<LaneUnderTest> make_engine_lane(const Workload& workload, Pacing pacing,
                                                Publisher* publisher) {
  return std::make_unique<EngineLane>(workload, pacing, publisher);
}

}  // namespace xsell::bench
