#include <stdexcept>

#include "sync/enrolment.h"
#include "sync/hq_endpoint.h"
#include "tests/tools/net_bench/measurements.h"

namespace xsell::benchmark {

MeasuredHq::MeasuredHq() {
  program_.publish("The first release");
  program_.serve();
  sync::EnrolmentResult enrolled = sync::enroll(program_.enrolment_token());
  if (!enrolled.is_ok()) throw std::runtime_error(enrolled.reason);
  lane_ = std::move(enrolled.identity);
}

std::uint16_t MeasuredHq::port() const { return sync::parse_hq_url(program_.url())->port; }

std::string MeasuredHq::tree() const { return program_.file("hq/tree"); }

}  // namespace xsell::benchmark
