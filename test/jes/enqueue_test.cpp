// SYSDSN names of a job and the table of holders: pure.
#include "sysplex/jes/enqueue.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace sysplexd;
using jcl::DispAction;
using jcl::DispStatus;
using jes::Enqueue;

namespace {

jcl::DdPart data_set(const std::string& name, DispStatus status, DispAction normal = DispAction::keep,
                     DispAction abnormal = DispAction::keep) {
  jcl::DdPart part;
  part.kind = jcl::DdKind::dataset;
  part.dsname.name = name;
  part.disp = {status, normal, abnormal};
  return part;
}

jcl::Plan plan_of(const std::vector<std::vector<jcl::DdPart>>& steps) {
  jcl::Plan plan;
  for (const auto& parts : steps) {
    jcl::Step step;
    step.number = static_cast<int>(plan.steps.size()) + 1;
    for (const auto& part : parts) step.dds.push_back({"DD" + std::to_string(step.dds.size()), {part}});
    plan.steps.push_back(std::move(step));
  }
  return plan;
}

struct Case {
  DispStatus status;
  DispAction normal, abnormal;
  bool exclusive;
};
std::ostream& operator<<(std::ostream& out, const Case& c) {
  return out << static_cast<int>(c.status) << static_cast<int>(c.normal) << static_cast<int>(c.abnormal);
}
const std::vector<Case> cases = {
    {DispStatus::shr, DispAction::keep, DispAction::keep, false},
    {DispStatus::shr, DispAction::pass, DispAction::keep, false},
    {DispStatus::shr, DispAction::catlg, DispAction::catlg, false},
    {DispStatus::shr, DispAction::remove, DispAction::keep, true},
    {DispStatus::shr, DispAction::keep, DispAction::remove, true},
    {DispStatus::shr, DispAction::uncatlg, DispAction::keep, true},
    {DispStatus::old, DispAction::keep, DispAction::keep, true},
    {DispStatus::mod, DispAction::keep, DispAction::keep, true},
    {DispStatus::is_new, DispAction::catlg, DispAction::remove, true},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(enqueue)

BOOST_DATA_TEST_CASE(disp_decides_between_exclusive_and_shared, boost::unit_test::data::make(cases)) {
  const auto names = jes::enqueues(plan_of({{data_set("A.B", sample.status, sample.normal, sample.abnormal)}}));
  BOOST_REQUIRE(names.size() == 1u);
  BOOST_TEST(names.front().name == "A.B");
  BOOST_TEST(names.front().exclusive == sample.exclusive);
}

BOOST_AUTO_TEST_CASE(one_exclusive_use_makes_the_name_exclusive_for_the_whole_job) {
  const auto names = jes::enqueues(plan_of({{data_set("A.B", DispStatus::shr), data_set("X.Y", DispStatus::shr)},
                                            {data_set("A.B", DispStatus::old)},
                                            {data_set("A.B", DispStatus::shr)}}));
  BOOST_TEST((names == std::vector<Enqueue>{{"A.B", true}, {"X.Y", false}}));
}

BOOST_AUTO_TEST_CASE(temporaries_and_what_is_no_data_set_take_no_name) {
  auto temporary = data_set("T", DispStatus::is_new);
  temporary.dsname.temporary = true;
  jcl::DdPart sysout, instream, path, dummy;
  sysout.kind = jcl::DdKind::sysout;
  instream.kind = jcl::DdKind::instream;
  path.kind = jcl::DdKind::path;
  path.path = "/tmp/x";
  BOOST_TEST(jes::enqueues(plan_of({{temporary, sysout, instream, path, dummy}})).empty());
}

BOOST_AUTO_TEST_CASE(a_member_holds_its_library) {
  auto member = data_set("MY.LIB", DispStatus::shr);
  member.dsname.member = "M";
  BOOST_TEST((jes::enqueues(plan_of({{member}})) == std::vector<Enqueue>{{"MY.LIB", false}}));
}

BOOST_AUTO_TEST_CASE(a_generation_holds_its_group_exclusively_when_it_is_new) {
  auto current = data_set("A.G", DispStatus::shr), fresh = data_set("A.G", DispStatus::shr);
  current.dsname.generation = 0;
  fresh.dsname.generation = 1;
  BOOST_TEST((jes::enqueues(plan_of({{current}})) == std::vector<Enqueue>{{"A.G", false}}));
  BOOST_TEST((jes::enqueues(plan_of({{current}, {fresh}})) == std::vector<Enqueue>{{"A.G", true}}));
}

BOOST_AUTO_TEST_CASE(joblib_is_shared_and_steps_before_a_restart_hold_nothing) {
  auto plan = plan_of({{data_set("A.B", DispStatus::old)}, {data_set("C.D", DispStatus::shr)}});
  plan.joblib.push_back(data_set("LOAD.LIB", DispStatus::shr));
  plan.steps[0].skipped_by_restart = true;
  BOOST_TEST((jes::enqueues(plan) == std::vector<Enqueue>{{"C.D", false}, {"LOAD.LIB", false}}));
}

BOOST_AUTO_TEST_CASE(shared_names_are_held_together_and_exclusive_ones_alone) {
  jes::EnqueueTable table;
  BOOST_TEST(!table.try_take(1, {{"A", false}}).has_value());
  BOOST_TEST(!table.try_take(2, {{"A", false}}).has_value());
  const auto conflict = table.try_take(3, {{"A", true}});
  BOOST_REQUIRE(conflict.has_value());
  BOOST_TEST(conflict->job == 1u);
  BOOST_TEST(conflict->name == "A");
  table.release(1);
  BOOST_TEST(table.try_take(3, {{"A", true}})->job == 2u);
  table.release(2);
  BOOST_TEST(!table.try_take(3, {{"A", true}}).has_value());
  BOOST_TEST(table.try_take(4, {{"A", false}})->job == 3u);
  BOOST_TEST(table.holders("A") == std::vector<std::uint64_t>{3}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(all_names_are_taken_or_none) {
  jes::EnqueueTable table;
  BOOST_TEST(!table.try_take(1, {{"B", true}}).has_value());
  BOOST_TEST(table.try_take(2, {{"A", true}, {"B", false}})->name == "B");
  BOOST_TEST(table.holders("A").empty());
  BOOST_TEST(!table.try_take(3, {{"A", true}}).has_value());
}

BOOST_AUTO_TEST_CASE(a_job_that_takes_again_changes_its_names_and_never_waits_for_itself) {
  jes::EnqueueTable table;
  BOOST_TEST(!table.try_take(1, {{"A", false}, {"B", true}}).has_value());
  BOOST_TEST(!table.try_take(1, {{"A", true}}).has_value());
  BOOST_TEST(table.holders("B").empty());
  BOOST_TEST(table.try_take(2, {{"A", false}})->job == 1u);
  // A refusal leaves what the job had.
  BOOST_TEST(!table.try_take(2, {{"C", true}}).has_value());
  BOOST_TEST(table.try_take(2, {{"A", true}})->job == 1u);
  BOOST_TEST(table.holders("C") == std::vector<std::uint64_t>{2}, boost::test_tools::per_element());
  table.release(1);
  table.release(1);
  table.release(99);
  BOOST_TEST(table.holders("A").empty());
}

BOOST_AUTO_TEST_SUITE_END()
