#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "sysplex/spool/job_file_reader.hpp"
#include "sysplex/spool/job_file_writer.hpp"
#include "test/support/temp_dir.hpp"

using namespace sysplexd;
using namespace sysplexd::spool;

namespace {

struct Folder : test::TempDir {
  std::string job_file() const { return *this / "0000/JOB00001.jes"; }
};

StepEvent event(std::uint32_t sequence, EventKind kind, int step) {
  StepEvent e;
  e.attempt = 1;
  e.sequence = sequence;
  e.event = kind;
  e.step = step;
  return e;
}

JobInput input(std::string deck) {
  JobInput i;
  i.deck = std::move(deck);
  return i;
}

JobOutcome outcome(int cc) {
  JobOutcome o;
  o.attempt = 1;
  o.cc = o.max_cc = cc;
  return o;
}

// A whole job file with a known layout; answers the offsets at which records begin, and the end.
std::vector<std::uint64_t> write_sample(const std::string& path) {
  auto writer = JobFileWriter::create(path);
  BOOST_REQUIRE(writer.ok());
  std::vector<std::uint64_t> offsets;
  const auto put = [&](auto&& add) {
    offsets.push_back(writer->offset());
    add();
    BOOST_REQUIRE(writer->flush().ok());
  };
  put([&] { writer->add(input("//A JOB\n")); });
  put([&] { writer->add(RecordKind::jesjcl, "        1 //A JOB\n"); });
  put([&] { writer->add(RecordKind::jesmsglg, "first\n"); });
  put([&] { writer->add(event(1, EventKind::job_started, 0)); });
  put([&] { writer->add(RecordKind::jesmsglg, "second\n"); });
  put([&] { writer->add(outcome(4)); });
  offsets.push_back(writer->offset());
  BOOST_REQUIRE(writer->sync().ok());
  return offsets;
}

std::string slurp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

void spill(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

std::size_t count_records(JobFileReader& reader) {
  std::size_t count = 0;
  for (;;) {
    auto record = reader.next();
    BOOST_REQUIRE_MESSAGE(record.ok(), (record.ok() ? "" : record.error().text));
    if (!*record) return count;
    ++count;
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(job_file)

BOOST_AUTO_TEST_CASE(what_was_written_is_read) {
  const Folder folder;
  write_sample(folder.job_file());
  const auto summary = read_summary(folder.job_file());
  BOOST_REQUIRE(summary.ok());
  BOOST_TEST(summary->events.size() == 1u);
  BOOST_REQUIRE(summary->outcome.has_value());
  BOOST_TEST(summary->outcome->cc == 4);
  BOOST_TEST(summary->jesmsglg_bytes == 13u);
  BOOST_TEST(summary->jesjcl_bytes == 18u);
  BOOST_TEST(!summary->torn_tail);
  BOOST_TEST(read_input(folder.job_file())->deck == "//A JOB\n");
  const auto files = system_files(*summary);
  BOOST_TEST(files.size() == 3u);
  BOOST_TEST(files[0].ddname == "JESMSGLG");
  BOOST_TEST((system_file_kind(files[2].id) == RecordKind::jesysmsg));
  BOOST_TEST(!system_file_kind(101).has_value());
}

BOOST_AUTO_TEST_CASE(a_job_file_is_private_and_made_once) {
  const Folder folder;
  write_sample(folder.job_file());
  struct stat status{};
  BOOST_REQUIRE(::stat(folder.job_file().c_str(), &status) == 0);
  BOOST_TEST((status.st_mode & 07777) == 0600u);
  const auto again = JobFileWriter::create(folder.job_file());
  BOOST_REQUIRE(!again.ok());
  BOOST_TEST(again.error().text.find(folder.job_file()) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_reader_follows_a_growing_file_byte_by_byte) {
  const Folder folder;
  write_sample(folder.job_file());
  const std::string whole = slurp(folder.job_file());
  const std::string grown = folder / "grown.jes";
  spill(grown, "");
  auto reader = JobFileReader::open(grown);
  BOOST_REQUIRE(reader.ok());
  const int fd = ::open(grown.c_str(), O_WRONLY | O_APPEND);
  std::size_t seen = 0;
  for (const char c : whole) {
    BOOST_REQUIRE(::write(fd, &c, 1) == 1);
    seen += count_records(*reader);
  }
  ::close(fd);
  BOOST_TEST(seen == 6u);
  BOOST_TEST(reader->offset() == whole.size());
}

BOOST_AUTO_TEST_CASE(a_file_cut_anywhere_is_a_torn_tail_that_the_next_writer_cuts) {
  const Folder folder;
  const auto offsets = write_sample(folder.job_file());
  const std::string whole = slurp(folder.job_file());
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    const std::string path = folder / "cut.jes";
    spill(path, whole.substr(0, cut));
    auto reader = JobFileReader::open(path);
    const auto expected = std::upper_bound(offsets.begin(), offsets.end(), cut) - offsets.begin() - 1;
    BOOST_TEST(count_records(*reader) == static_cast<std::size_t>(expected));
    BOOST_TEST(reader->offset() == offsets[static_cast<std::size_t>(expected)]);
    BOOST_TEST(reader->torn() == (reader->offset() != cut));
    auto writer = JobFileWriter::open(path, reader->offset());
    BOOST_REQUIRE(writer.ok());
    writer->add(event(9, EventKind::step_ended, 1));
    BOOST_REQUIRE(writer->sync().ok());
    // The reader that saw the torn tail sees the record that took its place.
    BOOST_TEST(count_records(*reader) == 1u);
    BOOST_TEST(std::filesystem::file_size(path) == writer->offset());
  }
}

BOOST_AUTO_TEST_CASE(a_bit_that_flips_in_any_byte_is_noticed) {
  const Folder folder;
  const auto offsets = write_sample(folder.job_file());
  const std::string whole = slurp(folder.job_file());
  const std::string path = folder / "flip.jes";
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
    spill(path, bytes);
    const auto damaged =
        static_cast<std::size_t>(std::upper_bound(offsets.begin(), offsets.end(), at) - offsets.begin() - 1);
    auto reader = JobFileReader::open(path);
    std::size_t whole_records = 0;
    bool corrupt = false;
    for (;;) {
      auto record = reader->next();
      if (!record) {
        corrupt = record.error().code == net::Errc::corrupt;
        break;
      }
      if (!*record) break;
      ++whole_records;
    }
    BOOST_TEST(whole_records == damaged, "byte " << at);
    // In the last record it looks like a torn tail; before it, the records behind it betray the damage.
    BOOST_TEST(corrupt == (damaged + 2 < offsets.size()), "byte " << at);
  }
}

BOOST_AUTO_TEST_CASE(zeroes_that_a_power_cut_left_at_the_end_are_a_torn_tail) {
  const Folder folder;
  write_sample(folder.job_file());
  const auto size = std::filesystem::file_size(folder.job_file());
  std::filesystem::resize_file(folder.job_file(), size + 5000);
  const auto summary = read_summary(folder.job_file());
  BOOST_REQUIRE(summary.ok());
  BOOST_TEST(summary->end == size);
  BOOST_TEST(summary->torn_tail);
}

BOOST_AUTO_TEST_CASE(text_is_read_in_parts_and_gone_on_with) {
  const Folder folder;
  auto writer = JobFileWriter::create(folder.job_file());
  writer->add(input("//A JOB\n"));
  for (int i = 0; i < 100; ++i) {
    writer->add(RecordKind::jesmsglg, "line " + std::to_string(i) + "\n");
    writer->add(RecordKind::jesysmsg, "other\n");
  }
  BOOST_REQUIRE(writer->flush().ok());
  std::string text;
  std::uint64_t from = 0;
  int parts = 0;
  for (;;) {
    const auto part = read_system_text(folder.job_file(), RecordKind::jesmsglg, from, 64);
    BOOST_REQUIRE(part.ok());
    BOOST_TEST(!part->ended);
    BOOST_TEST(part->bytes.size() < 128u);
    if (part->next == from) break;
    text += part->bytes;
    from = part->next;
    ++parts;
  }
  BOOST_TEST(parts > 5);
  BOOST_TEST(text.starts_with("line 0\nline 1\n"));
  BOOST_TEST(text.ends_with("line 99\n"));
  writer->add(RecordKind::jesmsglg, "last\n");
  writer->add(outcome(0));
  BOOST_REQUIRE(writer->sync().ok());
  const auto rest = read_system_text(folder.job_file(), RecordKind::jesmsglg, from);
  BOOST_TEST(rest->bytes == "last\n");
  BOOST_TEST(rest->ended);
}

BOOST_AUTO_TEST_CASE(a_record_of_a_megabyte_passes_through_the_read_buffer) {
  const Folder folder;
  auto writer = JobFileWriter::create(folder.job_file());
  writer->add(input(std::string(1 << 20, 'x')));
  writer->add(outcome(0));
  BOOST_REQUIRE(writer->sync().ok());
  BOOST_TEST(read_input(folder.job_file())->deck.size() == std::size_t{1} << 20);
  BOOST_TEST(read_summary(folder.job_file())->outcome.has_value());
}

BOOST_AUTO_TEST_CASE(a_write_that_is_cut_short_goes_on_at_the_same_byte) {
  const Folder folder;
  auto writer = JobFileWriter::create(folder.job_file());
  writer->add(input("//A JOB\n"));
  BOOST_REQUIRE(writer->flush().ok());
  // A file size limit cuts the write in the middle of a record, as a full disk does.
  const auto before = ::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{}, small{};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  small = limit;
  small.rlim_cur = writer->offset() + 100;
  writer->add(RecordKind::jesmsglg, std::string(5000, 'm'));
  writer->add(outcome(8));
  ::setrlimit(RLIMIT_FSIZE, &small);
  const auto first = writer->flush();
  const auto second = writer->sync();
  ::setrlimit(RLIMIT_FSIZE, &limit);
  ::signal(SIGXFSZ, before);
  BOOST_TEST(!first.ok());
  BOOST_TEST(!second.ok());
  BOOST_TEST(writer->pending_bytes() > 4900u);
  BOOST_TEST(!writer->sync_failed());
  BOOST_TEST(read_summary(folder.job_file())->torn_tail);
  BOOST_REQUIRE(writer->sync().ok());
  const auto summary = read_summary(folder.job_file());
  BOOST_TEST(summary->jesmsglg_bytes == 5000u);
  BOOST_TEST(summary->outcome->cc == 8);
  BOOST_TEST(!summary->torn_tail);
}

BOOST_AUTO_TEST_CASE(a_new_file_takes_the_place_of_one_that_cannot_be_synced) {
  const Folder folder;
  auto writer = JobFileWriter::create(folder.job_file());
  writer->add(input("//A JOB\n"));
  writer->add(RecordKind::jesmsglg, "before\n");
  BOOST_REQUIRE(writer->flush().ok());
  struct stat old{};
  ::stat(folder.job_file().c_str(), &old);
  // Half a record is written, the rest waits: the new file has it whole.
  rlimit limit{}, small{};
  const auto signal_before = ::signal(SIGXFSZ, SIG_IGN);
  ::getrlimit(RLIMIT_FSIZE, &limit);
  small = limit;
  small.rlim_cur = writer->offset() + 60;
  writer->add(RecordKind::jesmsglg, "one\n");
  writer->add(RecordKind::jesmsglg, std::string(300, 't'));
  ::setrlimit(RLIMIT_FSIZE, &small);
  BOOST_TEST(!writer->flush().ok());
  ::setrlimit(RLIMIT_FSIZE, &limit);
  ::signal(SIGXFSZ, signal_before);
  writer->add(outcome(0));
  BOOST_REQUIRE(writer->replace_file().ok());
  struct stat now{};
  ::stat(folder.job_file().c_str(), &now);
  BOOST_TEST(now.st_ino != old.st_ino);
  auto text = read_system_text(folder.job_file(), RecordKind::jesmsglg, 0);
  BOOST_TEST(text->bytes == "before\none\n" + std::string(300, 't'));
  BOOST_TEST(read_summary(folder.job_file())->outcome.has_value());
  BOOST_TEST(!std::filesystem::exists(folder.job_file() + ".new"));
  // And it goes on in the new one.
  writer->add(event(5, EventKind::step_ended, 1));
  BOOST_REQUIRE(writer->sync().ok());
  BOOST_TEST(read_summary(folder.job_file())->events.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_file_shorter_than_its_records_is_not_written_to) {
  const Folder folder;
  write_sample(folder.job_file());
  const auto writer = JobFileWriter::open(folder.job_file(), 1 << 20);
  BOOST_REQUIRE(!writer.ok());
  BOOST_TEST((writer.error().code == net::Errc::corrupt));
}

BOOST_AUTO_TEST_CASE(a_symbolic_link_in_the_spool_is_not_followed) {
  const Folder folder;
  write_sample(folder.job_file());
  const std::string link = folder / "0000/JOB00002.jes";
  std::filesystem::create_symlink(folder.job_file(), link);
  BOOST_TEST(!JobFileWriter::open(link, 0).ok());
  BOOST_TEST(!JobFileWriter::create(link).ok());
  BOOST_TEST(!JobFileReader::open(link).ok());
  BOOST_TEST(!read_sysout(link, 0).ok());
}

BOOST_AUTO_TEST_CASE(sysout_is_read_byte_for_byte_from_any_offset) {
  const Folder folder;
  std::string bytes;
  for (int i = 0; i < 100'000; ++i) bytes += static_cast<char>(i * 7);
  const std::string path = folder / "JOB00001.S1.OUT";
  spill(path, bytes);
  std::string read;
  std::uint64_t from = 0;
  for (;;) {
    const auto part = read_sysout(path, from, 3333);
    BOOST_REQUIRE(part.ok());
    if (part->bytes.empty()) break;
    read += part->bytes;
    from = part->next;
  }
  BOOST_TEST((read == bytes));
  BOOST_TEST(read_sysout(folder / "none", 0)->bytes.empty());
}

BOOST_AUTO_TEST_CASE(a_missing_job_file_is_not_an_empty_one) {
  BOOST_TEST(!read_summary("/dev/shm/there/is/none.jes").ok());
  const Folder folder;
  spill(folder / "empty.jes", "");
  BOOST_TEST(!read_input(folder / "empty.jes").ok());
}

BOOST_AUTO_TEST_SUITE_END()
