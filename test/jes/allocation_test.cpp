// Allocation and dispositions on a real catalogue root, step by step as the initiator calls them.
#include "sysplex/jes/allocation.hpp"

#include <sys/mount.h>
#include <sys/wait.h>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "test/support/temp_folder.hpp"

using namespace sysplexd;
using jcl::Disp;
using jcl::DispAction;
using jcl::DispStatus;
using test::file_bytes;
using test::put_file;
using test::there;

namespace {

constexpr auto keep = DispAction::keep, remove_ = DispAction::remove, catlg = DispAction::catlg,
               uncatlg = DispAction::uncatlg, pass = DispAction::pass;

jcl::DdPart dsn(const std::string& name, Disp disp, const std::string& member = {}) {
  jcl::DdPart part;
  part.kind = jcl::DdKind::dataset;
  part.dsname.name = name;
  part.dsname.member = member;
  part.disp = disp;
  return part;
}
jcl::DdPart generation(const std::string& base, int number, Disp disp) {
  auto part = dsn(base, disp);
  part.dsname.generation = number;
  return part;
}
jcl::DdPart temporary(const std::string& name, Disp disp, const std::string& member = {}) {
  auto part = dsn(name, disp, member);
  part.dsname.temporary = true;
  return part;
}
jcl::DdPart fixed(jcl::DdPart part, int lrecl) {
  part.dcb.recfm = "FB";
  part.dcb.lrecl = lrecl;
  return part;
}
jcl::DdPart lib(jcl::DdPart part) {
  part.library = true;
  return part;
}
jcl::DdPart instream(const std::string& data) {
  jcl::DdPart part;
  part.kind = jcl::DdKind::instream;
  part.data = data;
  return part;
}
jcl::DdPart sysout(const std::string& sysout_class = "A") {
  jcl::DdPart part;
  part.kind = jcl::DdKind::sysout;
  part.sysout_class = sysout_class;
  return part;
}
jcl::DdPart path(const std::string& name, const std::vector<std::string>& options = {}) {
  jcl::DdPart part;
  part.kind = jcl::DdKind::path;
  part.path = name;
  part.path_options = options;
  return part;
}
const jcl::DdPart dummy = {};

constexpr Disp new_catlg{DispStatus::is_new, catlg, remove_};
constexpr Disp new_pass{DispStatus::is_new, pass, remove_};
constexpr Disp shr{DispStatus::shr, keep, keep};
constexpr Disp old{DispStatus::old, keep, keep};
constexpr Disp mod{DispStatus::mod, keep, keep};

struct Fixture {
  test::TempFolder folder;
  std::string root = folder.folder("dasd"), temp = folder.folder("temp"), spool = folder.folder("spool");
  dasd::Catalog catalog = dasd::Catalog::open(root).value();
  jcl::Plan plan;
  jes::AllocationContext context;
  std::optional<jes::JobAllocation> job_;
  std::string said;                 // messages of the last end_step or end_job
  jes::DispositionFailure failure;  // of the last end_step

  Fixture() {
    plan.job_name = "PAYJOB";
    context.dasd_root = root;
    context.temp_dir = temp;
    context.sysout_prefix = spool + "/JOB00001";
    context.jobid = "JOB00001";
    context.job_name = "PAYJOB";
    context.owner = "PAYUSER";
    context.uid = ::getuid();
    context.gid = ::getgid();
    context.started_s = 1795399200;
  }
  jcl::Step& step(const std::vector<jcl::Dd>& dds) {
    jcl::Step step;
    step.number = static_cast<int>(plan.steps.size()) + 1;
    step.name = "STEP" + std::to_string(step.number);
    step.program = "PROG";
    step.dds = dds;
    plan.steps.push_back(step);
    return plan.steps.back();
  }
  // The job begins with the first use; all steps are in the plan by then.
  jes::JobAllocation& job() {
    if (!job_) job_.emplace(plan, context);
    return *job_;
  }
  jes::StepAllocation allocated(int number) {
    auto done = job().allocate(plan.steps[static_cast<std::size_t>(number - 1)]);
    BOOST_REQUIRE_MESSAGE(done.ok(), (done.ok() ? "" : done.error().text));
    return std::move(done).value();
  }
  std::string refused(int number) {
    const auto done = job().allocate(plan.steps[static_cast<std::size_t>(number - 1)]);
    BOOST_REQUIRE(!done.ok());
    return done.error().text;
  }
  void end(int number, bool normal = true) {
    said.clear();
    failure = {};
    const auto messages = job().end_step(plan.steps[static_cast<std::size_t>(number - 1)], normal, &failure);
    for (const auto& message : messages) said += message + "\n";
  }
  void end_job() {
    said.clear();
    const auto messages = job().end_job();
    for (const auto& message : messages) said += message + "\n";
  }
  bool says(const std::string& words) const { return said.find(words) != std::string::npos; }
  std::string disposition(const std::string& name, const std::string& word) {
    return "IEF285I   " + name + std::string(name.size() < 44 ? 44 - name.size() : 0, ' ') + " " + word + "\n";
  }
  static std::string value(const jes::StepAllocation& step, const std::string& name) {
    for (const auto& [key, text] : step.environment)
      if (key == name) return text;
    return "(none)";
  }
  void make(const std::string& name, const std::string& bytes, int lrecl = 0) {
    dasd::Attributes attributes;
    if (lrecl != 0) {
      attributes.recfm = "FB";
      attributes.lrecl = lrecl;
    }
    BOOST_REQUIRE(catalog.create(name, attributes).ok());
    put_file(root + "/" + name, bytes);
  }
  void make_library(const std::string& name) {
    dasd::Attributes attributes;
    attributes.dsorg = "PO";
    BOOST_REQUIRE(catalog.create(name, attributes).ok());
  }
  void make_group(const std::string& base, int generations, int limit = 5, bool scratch = true) {
    dasd::GdgBase attributes;
    attributes.limit = limit;
    attributes.scratch = scratch;
    BOOST_REQUIRE(catalog.define_gdg(base, attributes).ok());
    for (int i = 1; i <= generations; ++i) {
      BOOST_REQUIRE(catalog.create_generation({base, i, 0}, {}).ok());
      put_file(root + "/" + dasd::to_string(dasd::GenerationName{base, i, 0}),
               "generation " + std::to_string(i) + "\n");
      BOOST_REQUIRE(catalog.catalog_generation({base, i, 0}).ok());
    }
  }
  bool catalogued(const std::string& name) { return catalog.find(name).ok(); }
  bool temp_is_empty() { return std::filesystem::is_empty(temp); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(allocation, Fixture)

// ------------------------------------------------------------------ NEW, OLD, SHR and their ends

BOOST_AUTO_TEST_CASE(a_new_data_set_is_made_empty_and_catalogued) {
  step({{"OUT", {fixed(dsn("PAY.OUT", new_catlg), 80)}}});
  const auto step = allocated(1);
  BOOST_TEST(value(step, "DD_OUT") == root + "/PAY.OUT");
  BOOST_TEST(value(step, "DCB_OUT") == "FB,80,");
  BOOST_TEST(value(step, "DISP_OUT") == "(none)");
  BOOST_TEST(file_bytes(root + "/PAY.OUT") == "");
  BOOST_TEST(step.messages[0] == "IEF236I ALLOC. FOR PAYJOB STEP1");
  BOOST_TEST(step.messages[1] == "IEF237I DASD ALLOCATED TO OUT");
  end(1);
  BOOST_TEST(said == disposition("PAY.OUT", "CATALOGED"));
  BOOST_TEST(catalog.find("PAY.OUT")->attributes.owner == "PAYUSER");
}

struct End {
  DispStatus status;
  DispAction normal, abnormal;
  bool normal_end;
  const char* word;
  bool file, catalogued;
};
std::ostream& operator<<(std::ostream& out, const End& e) {
  return out << static_cast<int>(e.status) << ',' << static_cast<int>(e.normal) << ',' << static_cast<int>(e.abnormal)
             << ' ' << (e.normal_end ? "normal" : "abnormal");
}
static const std::vector<End> ends = {
    {DispStatus::is_new, remove_, remove_, true, "DELETED", false, false},
    {DispStatus::is_new, catlg, remove_, true, "CATALOGED", true, true},
    {DispStatus::is_new, catlg, remove_, false, "DELETED", false, false},
    {DispStatus::is_new, keep, keep, true, "KEPT", true, true},
    {DispStatus::is_new, remove_, catlg, false, "CATALOGED", true, true},
    {DispStatus::is_new, uncatlg, keep, true, "UNCATALOGED", true, false},
    {DispStatus::is_new, pass, remove_, true, "PASSED", true, true},
    {DispStatus::old, keep, keep, true, "KEPT", true, true},
    {DispStatus::old, keep, keep, false, "KEPT", true, true},
    {DispStatus::old, remove_, keep, true, "DELETED", false, false},
    {DispStatus::old, remove_, keep, false, "KEPT", true, true},
    {DispStatus::old, keep, remove_, false, "DELETED", false, false},
    {DispStatus::old, catlg, catlg, true, "KEPT", true, true},
    {DispStatus::old, uncatlg, keep, true, "UNCATALOGED", true, false},
    {DispStatus::shr, keep, keep, true, "KEPT", true, true},
    {DispStatus::shr, remove_, keep, true, "DELETED", false, false},
    {DispStatus::mod, keep, keep, true, "KEPT", true, true},
    {DispStatus::mod, remove_, remove_, true, "DELETED", false, false},
    {DispStatus::mod, remove_, remove_, false, "DELETED", false, false},
};
BOOST_DATA_TEST_CASE_F(Fixture, dispositions_do_what_they_say, boost::unit_test::data::make(ends)) {
  if (sample.status != DispStatus::is_new) make("A.B", "data\n");
  step({{"D", {dsn("A.B", {sample.status, sample.normal, sample.abnormal})}}});
  allocated(1);
  end(1, sample.normal_end);
  BOOST_TEST(said == disposition("A.B", sample.word));
  BOOST_TEST(there(root + "/A.B") == sample.file);
  BOOST_TEST(catalogued("A.B") == sample.catalogued);
  if (sample.file && sample.status != DispStatus::is_new) BOOST_TEST(file_bytes(root + "/A.B") == "data\n");
}

BOOST_AUTO_TEST_CASE(old_and_shr_of_a_missing_data_set_are_ief212i) {
  step({{"IN", {dsn("NO.SUCH", shr)}}});
  BOOST_TEST(refused(1) == "IEF212I PAYJOB STEP1 IN - DATA SET NOT FOUND");
  auto& in_procedure = step({{"IN", {dummy}}});
  in_procedure.procstep = "GO";
  in_procedure.dds = {{"IN", {instream("x\n"), dsn("NO.SUCH", old)}}};
  BOOST_TEST(refused(2) == "IEF212I PAYJOB GO STEP2 IN +001 - DATA SET NOT FOUND");
  BOOST_TEST(temp_is_empty());
}

BOOST_AUTO_TEST_CASE(new_on_a_catalogued_name_is_igd17101i_and_the_data_set_stays) {
  make("A.B", "precious");
  step({{"OUT", {dsn("A.B", new_catlg)}}});
  const auto text = refused(1);
  BOOST_TEST(text.find("IEF344I PAYJOB STEP1 OUT - ALLOCATION FAILED") == 0u);
  BOOST_TEST(text.find("\nIGD17101I DATA SET A.B NOT DEFINED BECAUSE DUPLICATE NAME EXISTS IN CATALOG") !=
             std::string::npos);
  BOOST_TEST(file_bytes(root + "/A.B") == "precious");
}

BOOST_AUTO_TEST_CASE(new_on_an_uncatalogued_name_is_ief253i) {
  make("A.B", "precious");
  BOOST_REQUIRE(catalog.uncatalog("A.B").ok());
  step({{"OUT", {dsn("A.B", new_catlg)}}});
  BOOST_TEST(refused(1) == "IEF253I PAYJOB STEP1 OUT - DUPLICATE NAME ON DIRECT ACCESS VOLUME");
  BOOST_TEST(file_bytes(root + "/A.B") == "precious");
}

BOOST_AUTO_TEST_CASE(a_failed_dd_undoes_the_whole_step) {
  make("KEEP.ME", "x");
  make("PASSED.ON", "y");
  step({{"P", {dsn("PASSED.ON", {DispStatus::old, pass, keep})}}});
  step({{"A", {dsn("NEW.ONE", new_catlg)}},
        {"B", {lib(dsn("NEW.LIB", new_catlg))}},
        {"C", {temporary("T", new_pass)}},
        {"D", {instream("data\n")}},
        {"E", {dsn("KEEP.ME", {DispStatus::old, remove_, remove_})}},
        {"F", {dsn("PASSED.ON", {DispStatus::old, remove_, remove_})}},
        {"G", {path(folder / "made", {"OWRONLY", "OCREAT"})}},
        {"H", {path(folder / "cut", {"OWRONLY", "OTRUNC"})}},
        {"Z", {dsn("NO.SUCH", shr)}}});
  put_file(folder / "cut", "still here");
  allocated(1);
  end(1);
  BOOST_TEST(refused(2).find("IEF212I PAYJOB STEP2 Z") == 0u);
  BOOST_TEST(!there(root + "/NEW.ONE"));
  BOOST_TEST(!there(root + "/NEW.LIB"));
  BOOST_TEST(!there(folder / "made"));
  BOOST_TEST(file_bytes(folder / "cut") == "still here");
  BOOST_TEST(file_bytes(root + "/KEEP.ME") == "x");
  BOOST_TEST(temp_is_empty());
  end_job();
  BOOST_TEST(said == disposition("PASSED.ON", "KEPT"));  // passed still, and not made by this job
}

BOOST_AUTO_TEST_CASE(names_that_leave_the_root_are_refused) {
  put_file(folder / "secret", "x");
  std::filesystem::create_symlink(folder / "secret", root + "/A.LINK");
  for (const char* name : {"../secret", "..", ".", "A/B", "a.b", ".catalog", "", "A.B\n",
                           "A1234567.B1234567.C1234567.D1234567.E123456.F"}) {
    plan.steps.clear();
    job_.reset();
    step({{"X", {dsn(name, {DispStatus::old, remove_, remove_})}}});
    BOOST_TEST(refused(1).find("UNV3101E PAYJOB STEP1 X - ") == 0u);
    plan.steps.front().dds.front().parts.front().disp = new_catlg;
    BOOST_TEST(refused(1).find("UNV3101E PAYJOB STEP1 X - ") == 0u);
  }
  for (const char* member : {"..", "../X", "TOOLONGNAME", "a"}) {
    plan.steps.clear();
    job_.reset();
    step({{"X", {temporary("T", new_pass, member)}}, {"Y", {dsn("SOME.LIB", shr, member)}}});
    BOOST_TEST(refused(1).find("IS NO MEMBER NAME") != std::string::npos);
  }
  plan.steps.clear();
  job_.reset();
  step({{"X", {dsn("A.LINK", old)}}});
  BOOST_TEST(refused(1).find("symbolic link") != std::string::npos);
  BOOST_TEST(file_bytes(folder / "secret") == "x");
}

BOOST_AUTO_TEST_CASE(a_missing_catalogue_root_is_told_and_nothing_is_made) {
  context.dasd_root = folder / "nowhere";
  step({{"X", {dsn("A.B", new_catlg)}}});
  BOOST_TEST(refused(1).find("nowhere: No such file or directory") != std::string::npos);
  BOOST_TEST(!there(folder / "nowhere"));
}

BOOST_AUTO_TEST_CASE(a_data_set_that_the_program_deleted_is_said_to_be_gone) {
  make("A.B", "x");
  step({{"X", {dsn("A.B", {DispStatus::old, remove_, keep})}}, {"Y", {dsn("A.B", old)}}});
  allocated(1);
  BOOST_REQUIRE(catalog.remove("A.B").ok());
  end(1);
  BOOST_TEST(said == "UNV3102W A.B IS GONE: ITS DISPOSITION DELETE HAD NOTHING TO ACT ON\n");
}

BOOST_AUTO_TEST_CASE(the_delete_idiom_removes_what_is_there_and_is_content_without) {
  make("OLD.OUT", "yesterday");
  const Disp idiom{DispStatus::mod, remove_, remove_};
  step({{"A", {dsn("OLD.OUT", idiom)}}, {"B", {dsn("NEVER.WAS", idiom)}}});
  step({{"A", {dsn("OLD.OUT", new_catlg)}}});
  allocated(1);
  end(1);
  BOOST_TEST(said == disposition("OLD.OUT", "DELETED") + disposition("NEVER.WAS", "DELETED"));
  allocated(2);
  end(2);
  BOOST_TEST(catalogued("OLD.OUT"));
  BOOST_TEST(!catalogued("NEVER.WAS"));
}

BOOST_AUTO_TEST_CASE(dcb_of_an_old_data_set_becomes_its_label_only_when_it_is_written) {
  make("A.B", "text\n");
  make("A.C", "text\n");
  step({{"X", {fixed(dsn("A.B", old), 4)}}, {"Y", {fixed(dsn("A.C", old), 4)}}});
  const auto step = allocated(1);
  BOOST_TEST(value(step, "DCB_X") == "FB,4,");
  put_file(root + "/A.B", "NEW1NEW2");
  end(1);
  BOOST_TEST(catalog.find("A.B")->attributes.recfm == "FB");
  BOOST_TEST(catalog.find("A.C")->attributes.recfm == "");
}

BOOST_AUTO_TEST_CASE(recfm_f_with_blksize_alone_has_records_of_a_block) {
  auto part = dsn("A.B", new_catlg);
  part.dcb.recfm = "F";
  part.dcb.blksize = 133;
  step({{"X", {part}}});
  BOOST_TEST(value(allocated(1), "DCB_X") == "F,133,133");
}

// ------------------------------------------------------------------ PASS, temporaries

BOOST_AUTO_TEST_CASE(a_passed_data_set_that_nobody_receives_goes_with_the_job_that_made_it) {
  make("WAS.THERE", "x");
  step({{"A", {dsn("NEW.ONE", new_pass)}}, {"B", {dsn("WAS.THERE", {DispStatus::old, pass, keep})}}});
  allocated(1);
  end(1);
  BOOST_TEST(said == disposition("NEW.ONE", "PASSED") + disposition("WAS.THERE", "PASSED"));
  end_job();
  BOOST_TEST(said == disposition("NEW.ONE", "DELETED") + disposition("WAS.THERE", "KEPT"));
  BOOST_TEST(!catalogued("NEW.ONE"));
  BOOST_TEST(catalogued("WAS.THERE"));
}

BOOST_AUTO_TEST_CASE(a_passed_data_set_is_received_kept_or_passed_on) {
  step({{"A", {dsn("X.ONE", new_pass)}}, {"B", {dsn("X.TWO", new_pass)}}});
  step({{"A", {dsn("X.ONE", {DispStatus::old, catlg, remove_})}},
        {"B", {dsn("X.TWO", {DispStatus::old, pass, remove_})}}});
  step({{"B", {dsn("X.TWO", shr)}}});
  for (int i = 1; i <= 3; ++i) {
    allocated(i);
    end(i);
    if (i == 2) BOOST_TEST(said == disposition("X.ONE", "CATALOGED") + disposition("X.TWO", "PASSED"));
  }
  end_job();
  BOOST_TEST(said == "");
  BOOST_TEST(catalogued("X.ONE"));
  BOOST_TEST(catalogued("X.TWO"));
}

BOOST_AUTO_TEST_CASE(after_an_abend_the_third_part_decides_for_what_was_passed) {
  step({{"A", {dsn("X.KEPT", {DispStatus::is_new, pass, catlg})}}, {"B", {dsn("X.GONE", new_pass)}}});
  step({});
  allocated(1);
  end(1);
  allocated(2);
  end(2, false);
  end_job();
  BOOST_TEST(said == disposition("X.GONE", "DELETED") + disposition("X.KEPT", "CATALOGED"));
}

BOOST_AUTO_TEST_CASE(temporary_data_sets_live_for_the_job_in_its_folder) {
  step({{"OUT", {fixed(temporary("T", new_pass), 80)}}});
  step({{"IN", {temporary("T", {DispStatus::old, keep, keep})}}});
  step({{"IN", {temporary("T", {DispStatus::old, remove_, remove_})}}});
  step({{"IN", {temporary("T", {DispStatus::old, pass, pass})}}});
  const auto first = allocated(1);
  put_file(value(first, "DD_OUT"), std::string(80, 'x'));
  BOOST_TEST(value(first, "DD_OUT").find(temp + "/") == 0u);
  BOOST_TEST(first.messages[1] == "IEF237I VIO  ALLOCATED TO OUT");
  end(1);
  BOOST_TEST(says("PASSED"));
  BOOST_TEST(says(".RA000.PAYJOB.T.H01"));
  const auto second = allocated(2);
  BOOST_TEST(value(second, "DD_IN") == value(first, "DD_OUT"));
  BOOST_TEST(value(second, "DCB_IN") == "FB,80,");
  BOOST_TEST(file_bytes(value(second, "DD_IN")).size() == 80u);
  end(2);
  BOOST_TEST(says("PASSED"));  // KEEP is PASS for a temporary one
  allocated(3);
  end(3);
  BOOST_TEST(says("DELETED"));
  BOOST_TEST(refused(4) == "IEF212I PAYJOB STEP4 IN - DATA SET NOT FOUND");
  BOOST_TEST(temp_is_empty());
  BOOST_TEST(catalog.list("**", true)->empty());
}

BOOST_AUTO_TEST_CASE(a_temporary_name_is_new_once_and_gone_at_job_end) {
  step({{"A", {temporary("T", new_pass)}}, {"L", {lib(temporary("OBJ", new_pass, "M"))}}});
  step({{"A", {temporary("T", new_pass)}}});
  const auto step = allocated(1);
  put_file(value(step, "DD_L"), "object");
  end(1);
  BOOST_TEST(refused(2) == "IEF253I PAYJOB STEP2 A - DUPLICATE NAME ON DIRECT ACCESS VOLUME");
  end_job();
  BOOST_TEST(std::count(said.begin(), said.end(), '\n') == 2);
  BOOST_TEST(says("DELETED"));
  BOOST_TEST(temp_is_empty());
}

// ------------------------------------------------------------------ generations

BOOST_AUTO_TEST_CASE(a_new_generation_is_one_data_set_for_the_whole_job) {
  make_group("PAY.HIST", 2);
  step({{"OUT", {generation("PAY.HIST", 1, new_catlg)}}, {"IN", {generation("PAY.HIST", 0, shr)}}});
  step({{"IN", {generation("PAY.HIST", 1, shr)}},
        {"OLD", {generation("PAY.HIST", 0, shr)}},
        {"NEXT", {generation("PAY.HIST", 2, new_catlg)}}});
  const auto first = allocated(1);
  BOOST_TEST(value(first, "DD_OUT") == root + "/PAY.HIST.G0003V00");
  BOOST_TEST(value(first, "DD_IN") == root + "/PAY.HIST.G0002V00");
  BOOST_TEST(!catalogued("PAY.HIST.G0003V00"));  // not before its step has ended
  end(1);
  BOOST_TEST(catalogued("PAY.HIST.G0003V00"));
  const auto second = allocated(2);
  BOOST_TEST(value(second, "DD_IN") == root + "/PAY.HIST.G0003V00");
  BOOST_TEST(value(second, "DD_OLD") == root + "/PAY.HIST.G0002V00");
  BOOST_TEST(value(second, "DD_NEXT") == root + "/PAY.HIST.G0004V00");
  end(2);
  end_job();
  BOOST_TEST(dasd::to_string(*catalog.resolve("PAY.HIST", 0)) == "PAY.HIST.G0004V00");
}

BOOST_AUTO_TEST_CASE(roll_off_comes_with_the_catalogued_generation_and_is_told) {
  make_group("A.G", 2, 2);
  step({{"OUT", {generation("A.G", 1, new_catlg)}}, {"OLDEST", {generation("A.G", -1, shr)}}});
  allocated(1);
  BOOST_TEST(there(root + "/A.G.G0001V00"));
  end(1);
  BOOST_TEST(says(disposition("A.G.G0003V00", "CATALOGED") + "UNV3103I A.G.G0001V00 ROLLED OFF FROM A.G, DELETED\n"));
  BOOST_TEST(!there(root + "/A.G.G0001V00"));
}

BOOST_AUTO_TEST_CASE(noscratch_roll_off_is_told_as_uncataloged) {
  make_group("A.G", 1, 1, false);
  step({{"OUT", {generation("A.G", 1, new_catlg)}}});
  allocated(1);
  end(1);
  BOOST_TEST(says("UNV3103I A.G.G0001V00 ROLLED OFF FROM A.G, UNCATALOGED"));
  BOOST_TEST(file_bytes(root + "/A.G.G0001V00") == "generation 1\n");
}

BOOST_AUTO_TEST_CASE(an_abend_leaves_no_new_generation_and_rolls_nothing_off) {
  make_group("A.G", 1, 1);
  step({{"OUT", {generation("A.G", 1, new_catlg)}}});
  allocated(1);
  end(1, false);
  BOOST_TEST(said == disposition("A.G.G0002V00", "DELETED"));
  BOOST_TEST(catalogued("A.G.G0001V00"));
}

BOOST_AUTO_TEST_CASE(a_passed_generation_is_found_by_later_steps_before_it_is_catalogued) {
  make_group("A.G", 0);
  step({{"OUT", {generation("A.G", 1, new_pass)}}});
  step({{"IN", {generation("A.G", 1, {DispStatus::old, catlg, remove_})}}});
  const auto first = allocated(1);
  put_file(value(first, "DD_OUT"), "data\n");
  end(1);
  BOOST_TEST(!catalogued("A.G.G0001V00"));
  BOOST_TEST(file_bytes(value(allocated(2), "DD_IN")) == "data\n");
  end(2);
  BOOST_TEST(said == disposition("A.G.G0001V00", "CATALOGED"));
  BOOST_TEST(catalogued("A.G.G0001V00"));
}

BOOST_AUTO_TEST_CASE(the_group_without_a_number_is_all_generations_newest_first) {
  make_group("A.G", 3);
  step({{"IN", {dsn("A.G", shr)}}});
  const auto step = allocated(1);
  BOOST_TEST(file_bytes(value(step, "DD_IN")) == "generation 3\ngeneration 2\ngeneration 1\n");
  end(1);
  BOOST_TEST(std::count(said.begin(), said.end(), '\n') == 3);
  BOOST_TEST(temp_is_empty());
}

BOOST_AUTO_TEST_CASE(impossible_uses_of_generations_are_refused) {
  make_group("A.G", 1);
  make_group("A.EMPTY", 0);
  const auto text = [&](jcl::DdPart part) {
    plan.steps.clear();
    job_.reset();
    step({{"X", {std::move(part)}}});
    return refused(1);
  };
  BOOST_TEST(text(generation("A.G", -1, shr)) == "IEF212I PAYJOB STEP1 X - DATA SET NOT FOUND");
  BOOST_TEST(text(generation("A.NONE", 1, new_catlg)) == "IEF212I PAYJOB STEP1 X - DATA SET NOT FOUND");
  BOOST_TEST(text(generation("A.NONE", 0, shr)) == "IEF212I PAYJOB STEP1 X - DATA SET NOT FOUND");
  BOOST_TEST(text(generation("A.G", 1, shr)) == "IEF212I PAYJOB STEP1 X - DATA SET NOT FOUND");  // nobody made it
  BOOST_TEST(text(dsn("A.EMPTY", shr)) == "IEF212I PAYJOB STEP1 X - DATA SET NOT FOUND");
  BOOST_TEST(text(dsn("A.G", new_catlg)) == "IEF286I PAYJOB STEP1 X - DISP FIELD INCOMPATIBLE WITH DSNAME");
  BOOST_TEST(text(dsn("A.G", mod)) == "IEF286I PAYJOB STEP1 X - DISP FIELD INCOMPATIBLE WITH DSNAME");
  BOOST_TEST(text(generation("A.G", 0, new_catlg)) == "IEF286I PAYJOB STEP1 X - DISP FIELD INCOMPATIBLE WITH DSNAME");
  make("A.SEQ", "x");
  BOOST_TEST(text(generation("A.SEQ", 0, shr)).find("is a data set, no generation data group") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(two_steps_cannot_make_one_generation) {
  make_group("A.G", 0);
  step({{"OUT", {generation("A.G", 1, new_pass)}}});
  step({{"OUT", {generation("A.G", 1, new_catlg)}}});
  put_file(value(allocated(1), "DD_OUT"), "kept");
  end(1);
  BOOST_TEST(refused(2).find("IEF253I") == 0u);
  BOOST_TEST(file_bytes(root + "/A.G.G0001V00") == "kept");
}

// ------------------------------------------------------------------ concatenation, in-stream, DUMMY

BOOST_AUTO_TEST_CASE(in_stream_data_is_a_file_of_lines_or_of_padded_records) {
  step({{"A", {instream("one\n  two  \n")}}, {"B", {fixed(instream("one\ntwo   \n"), 4)}}});
  const auto step = allocated(1);
  BOOST_TEST(file_bytes(value(step, "DD_A")) == "one\n  two  \n");
  BOOST_TEST(value(step, "DCB_A") == "(none)");
  BOOST_TEST(file_bytes(value(step, "DD_B")) == "one two ");
  BOOST_TEST(value(step, "DCB_B") == "FB,4,");
  end(1);
  BOOST_TEST(says("SYSIN"));
  BOOST_TEST(temp_is_empty());
}

BOOST_AUTO_TEST_CASE(in_stream_lines_longer_than_lrecl_are_refused_by_number) {
  step({{"B", {fixed(instream("one\ntoo long\n"), 4)}}});
  BOOST_TEST(refused(1).find("line 2 of the in-stream data has 8 characters, LRECL is 4") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(sequential_parts_become_one_file_with_whole_lines) {
  make("A.ONE", "1\n2");  // no newline at its end
  make("A.TWO", "3\n");
  make("A.NONE", "");
  step({{"IN", {dsn("A.ONE", shr), dsn("A.NONE", shr), dsn("A.TWO", shr), instream("4\n")}}});
  const auto step = allocated(1);
  BOOST_TEST(file_bytes(value(step, "DD_IN")) == "1\n2\n3\n4\n");
  BOOST_TEST(step.messages.size() == 5u);
  BOOST_TEST(step.messages[2] == "IEF237I DASD ALLOCATED TO         ");
  BOOST_TEST(file_bytes(root + "/A.ONE") == "1\n2");
}

BOOST_AUTO_TEST_CASE(fixed_records_and_lines_join_in_the_form_of_the_first) {
  make("A.FIX", "aa  bb  ", 4);
  make("A.WIDE", "123456", 6);
  step({{"F", {dsn("A.FIX", shr), instream("c\ndddd\n")}}, {"L", {instream("x\n"), dsn("A.FIX", shr)}}});
  step({{"W", {dsn("A.FIX", shr), dsn("A.WIDE", shr)}}});
  step({{"T", {dsn("A.FIX", shr), instream("toolong\n")}}});
  const auto step = allocated(1);
  BOOST_TEST(file_bytes(value(step, "DD_F")) == "aa  bb  c   dddd");
  BOOST_TEST(value(step, "DCB_F") == "FB,4,");
  BOOST_TEST(file_bytes(value(step, "DD_L")) == "x\naa\nbb\n");
  BOOST_TEST(value(step, "DCB_L") == "(none)");
  end(1);
  BOOST_TEST(refused(2).find("LRECL=6 does not fit the first data set's LRECL=4") != std::string::npos);
  BOOST_TEST(refused(3).find("longer than LRECL=4") != std::string::npos);
  BOOST_TEST(temp_is_empty());
}

BOOST_AUTO_TEST_CASE(a_concatenation_of_many_megabytes_is_whole) {
  std::string big;
  for (int i = 0; big.size() < (std::size_t{5} << 20); ++i) big += "line " + std::to_string(i) + "\n";
  make("A.BIG", big);
  make("A.FIX", std::string(std::size_t{3} << 20, 'f'), 8);
  step({{"IN", {dsn("A.BIG", shr), dsn("A.BIG", shr)}}, {"C", {instream("h\n"), dsn("A.FIX", shr)}}});
  const auto step = allocated(1);
  BOOST_TEST((file_bytes(value(step, "DD_IN")) == big + big));
  const auto lines = file_bytes(value(step, "DD_C"));
  BOOST_TEST(lines.size() == 2 + (std::size_t{3} << 20) / 8 * 9);
}

BOOST_AUTO_TEST_CASE(one_part_is_the_file_itself_and_dummy_ends_a_concatenation) {
  make("A.ONE", "1\n");
  step({{"A", {dsn("A.ONE", shr)}}, {"B", {dsn("A.ONE", shr), dummy, instream("never\n")}}, {"C", {dummy}}});
  const auto step = allocated(1);
  BOOST_TEST(value(step, "DD_A") == root + "/A.ONE");
  BOOST_TEST(value(step, "DD_B") == root + "/A.ONE");
  BOOST_TEST(value(step, "DD_C") == "/dev/null");
  BOOST_TEST(step.messages.back() == "IEF237I DMY  ALLOCATED TO C");
}

BOOST_AUTO_TEST_CASE(libraries_are_joined_by_colons_and_not_with_files) {
  make_library("LIB.A");
  make_library("LIB.B");
  make("A.SEQ", "x\n");
  step({{"L", {dsn("LIB.A", shr), dsn("LIB.B", shr)}}});
  step({{"L", {dsn("LIB.A", shr), dsn("A.SEQ", shr)}}});
  BOOST_TEST(value(allocated(1), "DD_L") == root + "/LIB.A:" + root + "/LIB.B");
  end(1);
  BOOST_TEST(refused(2).find("LIBRARIES AND SEQUENTIAL DATA SETS CANNOT BE CONCATENATED") != std::string::npos);
}

// ------------------------------------------------------------------ DISP=MOD

BOOST_AUTO_TEST_CASE(mod_appends_what_a_truncating_program_writes) {
  make("A.LOG", "first\n");
  step({{"LOG", {dsn("A.LOG", mod)}}});
  step({{"LOG", {dsn("A.LOG", mod)}}});
  const auto step = allocated(1);
  BOOST_TEST(value(step, "DISP_LOG") == "MOD");
  put_file(value(step, "DD_LOG"), "first\n");  // truncates; the same bytes again are new data
  end(1);
  BOOST_TEST(file_bytes(root + "/A.LOG") == "first\nfirst\n");
  std::ofstream(value(allocated(2), "DD_LOG"), std::ios::app) << "third\n";
  end(2, false);  // also what a program wrote before its abend
  BOOST_TEST(file_bytes(root + "/A.LOG") == "first\nfirst\nthird\n");
  BOOST_TEST(temp_is_empty());
}

BOOST_AUTO_TEST_CASE(mod_of_a_missing_data_set_makes_it) {
  step({{"LOG", {dsn("A.LOG", {DispStatus::mod, catlg, catlg})}}});
  const auto step = allocated(1);
  BOOST_TEST(value(step, "DD_LOG") == root + "/A.LOG");
  BOOST_TEST(value(step, "DISP_LOG") == "MOD");
  end(1);
  BOOST_TEST(said == disposition("A.LOG", "CATALOGED"));
}

BOOST_AUTO_TEST_CASE(mod_completes_a_last_line_but_not_a_fixed_record) {
  make("A.TEXT", "no newline");
  make("A.FIX", "aaaa", 4);
  make("A.SAME", "untouched");
  step({{"T", {dsn("A.TEXT", mod)}}, {"F", {dsn("A.FIX", mod)}}, {"S", {dsn("A.SAME", mod)}}});
  const auto step = allocated(1);
  put_file(value(step, "DD_T"), "next\n");
  put_file(value(step, "DD_F"), "bbbb");
  end(1);
  BOOST_TEST(file_bytes(root + "/A.TEXT") == "no newline\nnext\n");
  BOOST_TEST(file_bytes(root + "/A.FIX") == "aaaabbbb");
  BOOST_TEST(file_bytes(root + "/A.SAME") == "untouched");
}

// ------------------------------------------------------------------ libraries, members, programs

BOOST_AUTO_TEST_CASE(a_member_is_a_file_of_its_library) {
  make_library("MY.LIB");
  put_file(root + "/MY.LIB/OLDM", "old");
  step({{"A", {dsn("MY.LIB", shr, "OLDM")}},
        {"B", {dsn("MY.LIB", shr, "NEWM")}},
        {"C", {lib(dsn("NEW.LIB", new_catlg, "M"))}}});
  const auto step = allocated(1);
  BOOST_TEST(value(step, "DD_A") == root + "/MY.LIB/OLDM");
  BOOST_TEST(value(step, "DD_B") == root + "/MY.LIB/NEWM");
  BOOST_TEST(step.abend == "");  // the program may be about to write it
  put_file(value(step, "DD_B"), "new");
  put_file(value(step, "DD_C"), "first");
  end(1);
  BOOST_TEST(file_bytes(root + "/NEW.LIB/M") == "first");
  BOOST_TEST((catalog.find("NEW.LIB")->kind == dasd::EntryKind::library));
}

BOOST_AUTO_TEST_CASE(a_member_that_must_be_read_and_is_not_there_is_s013) {
  make_library("MY.LIB");
  step({{"SYSIN", {dsn("MY.LIB", shr, "NONE")}}});
  step({{"IN", {instream("x\n"), dsn("MY.LIB", shr, "NONE")}}});
  for (int i = 1; i <= 2; ++i) {
    const auto step = allocated(i);
    BOOST_TEST(step.abend == "S013");
    BOOST_TEST(step.abend_reason.find("IEC141I 013-18,PAYJOB STEP") == 0u);
    BOOST_TEST(step.abend_reason.find("MY.LIB(NONE)") != std::string::npos);
    end(i, false);
  }
}

BOOST_AUTO_TEST_CASE(a_member_of_what_is_no_library_is_refused) {
  make("A.SEQ", "x");
  step({{"X", {dsn("A.SEQ", shr, "M")}}});
  BOOST_TEST(refused(1).find("A.SEQ IS NO LIBRARY") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(steplib_hides_joblib_and_both_must_be_libraries) {
  make_library("JOB.LIB");
  make_library("STEP.LIB");
  make("A.SEQ", "x");
  plan.joblib = {dsn("JOB.LIB", shr)};
  step({});
  step({{"STEPLIB", {dsn("STEP.LIB", shr), dsn("JOB.LIB", shr)}}});
  step({{"STEPLIB", {dsn("A.SEQ", shr)}}});
  BOOST_TEST(allocated(1).libraries == std::vector<std::string>{root + "/JOB.LIB"}, boost::test_tools::per_element());
  end(1);
  const std::vector<std::string> both = {root + "/STEP.LIB", root + "/JOB.LIB"};
  BOOST_TEST(allocated(2).libraries == both, boost::test_tools::per_element());
  end(2);
  BOOST_TEST(refused(3).find("A.SEQ IS NO LIBRARY") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_missing_joblib_is_ief212i) {
  plan.joblib = {dsn("NO.LIB", shr)};
  step({});
  BOOST_TEST(refused(1) == "IEF212I PAYJOB STEP1 JOBLIB - DATA SET NOT FOUND");
}

BOOST_AUTO_TEST_CASE(a_program_that_an_earlier_step_made_is_found_by_its_dd) {
  step({{"SYSLMOD", {lib(temporary("GOSET", new_pass, "GO"))}}});
  auto& go = step({});
  go.program = "GO";
  go.program_dsn.name = "GOSET";
  go.program_dsn.member = "GO";
  go.program_dsn.temporary = true;
  const auto made = allocated(1);
  put_file(value(made, "DD_SYSLMOD"), "program");
  end(1);
  BOOST_TEST(file_bytes(allocated(2).program_path) == "program");
}

// ------------------------------------------------------------------ streams, SYSOUT, PATH

BOOST_AUTO_TEST_CASE(standard_streams_follow_their_dds) {
  make("A.OUT", "");
  step({{"SYSIN", {instream("in\n")}}, {"SYSOUT", {sysout()}}, {"SYSPRINT", {sysout()}}});
  step({{"SYSOUT", {dsn("A.OUT", old)}}, {"STDERR", {sysout()}}});
  step({{"SYSPRINT", {dummy}}});
  step({});
  const std::string prefix = spool + "/JOB00001.S";
  auto step = allocated(1);
  BOOST_TEST(file_bytes(step.stdin_path) == "in\n");
  BOOST_TEST(step.stdout_path == prefix + "1.SYSPRINT");
  BOOST_TEST(step.stderr_path == step.stdout_path);
  BOOST_TEST(!there(step.stdout_path));  // made by whoever opens it
  end(1);
  BOOST_TEST(says("PAYUSER.PAYJOB.JOB00001.D0000101.?"));
  step = allocated(2);
  BOOST_TEST(step.stdin_path == "/dev/null");
  BOOST_TEST(step.stdout_path == root + "/A.OUT");
  BOOST_TEST(step.stderr_path == prefix + "2.STDERR");
  end(2);
  BOOST_TEST(allocated(3).stdout_path == "/dev/null");
  end(3);
  BOOST_TEST(allocated(4).stdout_path == prefix + "4.STDOUT");
}

BOOST_AUTO_TEST_CASE(a_library_cannot_be_standard_output) {
  make_library("MY.LIB");
  step({{"SYSPRINT", {dsn("MY.LIB", shr)}}});
  BOOST_TEST(refused(1).find("MY.LIB IS A LIBRARY: NAME A MEMBER OF IT") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(sysout_files_have_fixed_numbers_and_only_existing_ones_are_listed) {
  step({{"SYSPRINT", {sysout("X")}}, {"REPORT", {sysout("B")}}});
  auto& second = step({{"REPORT", {sysout()}}});
  second.procstep = "GO";
  job();
  BOOST_TEST(job().sysout_files().empty());
  put_file(spool + "/JOB00001.S1.REPORT", "12345");
  put_file(spool + "/JOB00001.S2.STDOUT", "");
  std::filesystem::create_symlink("/etc/passwd", spool + "/JOB00001.S2.REPORT");
  const auto files = job().sysout_files();
  BOOST_REQUIRE(files.size() == 2u);
  BOOST_TEST(files[0].id == 102u);
  BOOST_TEST(files[0].ddname == "REPORT");
  BOOST_TEST(files[0].sysout_class == "B");
  BOOST_TEST(files[0].bytes == 5u);
  BOOST_TEST(files[0].name == "JOB00001.S1.REPORT");
  BOOST_TEST(files[1].id == 104u);
  BOOST_TEST(files[1].ddname == "STDOUT");
  BOOST_TEST(files[1].step == "STEP2");
  BOOST_TEST(files[1].procstep == "GO");
  BOOST_TEST(jes::sysout_files(plan, context.sysout_prefix).size() == 2u);
}

BOOST_AUTO_TEST_CASE(path_is_made_with_its_mode_only_when_asked) {
  auto made = path(folder / "made", {"OWRONLY", "OCREAT"});
  made.path_mode = 0640;
  step({{"A", {made}}});
  step({{"A", {path(folder / "none", {"ORDONLY"})}}});
  step({{"A", {path(folder / "made", {"OWRONLY", "OCREAT", "OEXCL"})}}});
  step({{"A", {path("relative/path", {"OCREAT"})}}});
  const auto step = allocated(1);
  BOOST_TEST(value(step, "DD_A") == folder / "made");
  struct stat status{};
  BOOST_REQUIRE(::stat((folder / "made").c_str(), &status) == 0);
  BOOST_TEST((status.st_mode & 0777) == 0640u);
  end(1);
  BOOST_TEST(there(folder / "made"));  // KEEP is the default of PATHDISP
  BOOST_TEST(refused(2).find("IGD17501I") == 0u);
  BOOST_TEST(refused(2).find("No such file or directory") != std::string::npos);
  BOOST_TEST(refused(3).find("File exists") != std::string::npos);
  BOOST_TEST(refused(4).find("IS NOT ABSOLUTE") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(path_options_truncate_append_and_delete) {
  put_file(folder / "trunc", "old");
  put_file(folder / "append", "old\n");
  put_file(folder / "gone", "old");
  auto gone = path(folder / "gone", {"ORDONLY"});
  gone.disp = {DispStatus::old, remove_, keep};
  step({{"T", {path(folder / "trunc", {"OWRONLY", "OTRUNC"})}},
        {"A", {path(folder / "append", {"OWRONLY", "OAPPEND"})}},
        {"G", {gone}}});
  const auto step = allocated(1);
  BOOST_TEST(file_bytes(folder / "trunc") == "");
  BOOST_TEST(value(step, "DISP_A") == "MOD");
  put_file(value(step, "DD_A"), "new\n");
  end(1);
  BOOST_TEST(file_bytes(folder / "append") == "old\nnew\n");
  BOOST_TEST(!there(folder / "gone"));
  BOOST_TEST(says("DELETED"));
}

BOOST_AUTO_TEST_CASE(of_two_dds_of_one_name_the_program_sees_the_first) {
  make("A.ONE", "1");
  make("A.TWO", "2");
  step({{"IN", {dsn("A.ONE", shr)}}, {"IN", {dsn("A.TWO", {DispStatus::old, remove_, keep})}}});
  BOOST_TEST(value(allocated(1), "DD_IN") == root + "/A.ONE");
  end(1);
  BOOST_TEST(!catalogued("A.TWO"));
}

// ------------------------------------------------------------------ rights, space

BOOST_AUTO_TEST_CASE(root_does_for_a_user_only_what_the_user_may) {
  if (::geteuid() != 0) {
    BOOST_TEST_MESSAGE("not root: not run");
    return;
  }
  make("ROOT.ONLY", "secret\n");
  BOOST_REQUIRE(::chmod((root + "/ROOT.ONLY").c_str(), 0600) == 0);
  BOOST_REQUIRE(::chmod(root.c_str(), 01777) == 0);
  BOOST_REQUIRE(::chmod((root + "/.catalog").c_str(), 01777) == 0);
  BOOST_REQUIRE(::chmod((root + "/.catalog/.tmp").c_str(), 01777) == 0);
  BOOST_REQUIRE(::chmod((root + "/.catalog/.lock").c_str(), 0666) == 0);
  BOOST_REQUIRE(::chmod(folder.path().c_str(), 0755) == 0);
  BOOST_REQUIRE(::chown(temp.c_str(), 12345, 12345) == 0);
  context.uid = context.gid = 12345;
  step({{"MINE", {dsn("USER.OWN", new_catlg)}}, {"DEL", {dsn("ROOT.ONLY", {DispStatus::old, remove_, remove_})}}});
  step({{"IN", {instream("x\n"), dsn("ROOT.ONLY", shr)}}});
  allocated(1);
  end(1);
  BOOST_TEST(says("IEF283I   ROOT.ONLY"));
  BOOST_TEST(there(root + "/ROOT.ONLY"));
  struct stat status{};
  BOOST_REQUIRE(::stat((root + "/USER.OWN").c_str(), &status) == 0);
  BOOST_TEST(status.st_uid == 12345u);
  BOOST_TEST(refused(2).find("Permission denied") != std::string::npos);
  BOOST_TEST(::access((root + "/ROOT.ONLY").c_str(), R_OK) == 0);  // our own rights are back
  put_file(root + "/PROOF", "x");
  BOOST_REQUIRE(::stat((root + "/PROOF").c_str(), &status) == 0);
  BOOST_TEST(status.st_uid == 0u);
}

BOOST_AUTO_TEST_CASE(a_full_volume_fails_the_append_with_se37_and_leaves_the_data_set_as_it_was) {
  const auto volume = folder.folder("volume");
  if (::mount("none", volume.c_str(), "tmpfs", 0, "size=64k") != 0) {
    BOOST_TEST_MESSAGE("no right to mount: not run");
    return;
  }
  context.dasd_root = volume;
  auto own = dasd::Catalog::open(volume).value();
  BOOST_REQUIRE(own.create("A.LOG", {}).ok());
  put_file(volume + "/A.LOG", "old\n");
  step({{"LOG", {dsn("A.LOG", mod)}}, {"NEW", {dsn("A.NEW", new_catlg)}}});
  put_file(value(allocated(1), "DD_LOG"), std::string(200 * 1024, 'x'));
  end(1);
  BOOST_TEST(failure.abend == "SE37");
  BOOST_TEST(failure.reason.find("A.LOG") != std::string::npos);
  BOOST_TEST(says("UNV3104E OUTPUT OF DISP=MOD WAS NOT APPENDED TO A.LOG"));
  BOOST_TEST(says(disposition("A.NEW", "DELETED")));  // the end is abnormal now
  BOOST_TEST(file_bytes(volume + "/A.LOG") == "old\n");
  ::umount2(volume.c_str(), MNT_DETACH);
}

BOOST_AUTO_TEST_CASE(a_full_temporary_folder_is_ief257i_and_undone) {
  if (::mount("none", temp.c_str(), "tmpfs", 0, "size=64k") != 0) {
    BOOST_TEST_MESSAGE("no right to mount: not run");
    return;
  }
  make("A.BIG", std::string(200 * 1024, 'x'));
  step({{"NEW", {dsn("A.NEW", new_catlg)}}, {"IN", {dsn("A.BIG", shr), dsn("A.BIG", shr)}}});
  BOOST_TEST(refused(1).find("IEF257I PAYJOB STEP1 IN - SPACE REQUESTED NOT AVAILABLE") == 0u);
  BOOST_TEST(!there(root + "/A.NEW"));
  BOOST_TEST(temp_is_empty());
  ::umount2(temp.c_str(), MNT_DETACH);
}

BOOST_AUTO_TEST_CASE(a_read_only_root_is_told) {
  make("A.B", "x\n");
  if (::mount(root.c_str(), root.c_str(), nullptr, MS_BIND, nullptr) != 0) {
    BOOST_TEST_MESSAGE("no right to mount: not run");
    return;
  }
  BOOST_REQUIRE(::mount("none", root.c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr) == 0);
  step({{"IN", {dsn("A.B", shr)}}});
  step({{"OUT", {dsn("A.NEW", new_catlg)}}});
  allocated(1);
  end(1);
  BOOST_TEST(said == disposition("A.B", "KEPT"));
  const auto text = refused(2);
  ::umount2(root.c_str(), MNT_DETACH);
  BOOST_TEST(text.find("IEF344I PAYJOB STEP2 OUT") == 0u);
  BOOST_TEST(text.find("Read-only file system") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(two_jobs_in_two_processes_that_make_one_data_set_are_told_apart) {
  step({{"OUT", {dsn("RACE.OUT", new_catlg)}}});
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      jes::JobAllocation own(plan, context);
      const auto done = own.allocate(plan.steps[0]);
      if (!done) ::_exit(done.error().text.find("IGD17101I") != std::string::npos ? 1 : 2);
      own.end_step(plan.steps[0], true);
      ::_exit(0);
    }
    children.push_back(pid);
  }
  int made = 0, duplicates = 0;
  for (const pid_t pid : children) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    made += WIFEXITED(status) && WEXITSTATUS(status) == 0;
    duplicates += WIFEXITED(status) && WEXITSTATUS(status) == 1;
  }
  BOOST_TEST(made == 1);
  BOOST_TEST(duplicates == 3);
  BOOST_TEST(catalogued("RACE.OUT"));
}

BOOST_AUTO_TEST_SUITE_END()
