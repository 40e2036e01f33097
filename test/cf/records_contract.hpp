// What every engine of the coupling facility must do, as one suite: it knows nothing but the Records interface. A check
// that does not hold is a line in the report, so that a test can also show that the suite finds a broken engine.
#pragma once
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "net/task.hpp"
#include "sysplex/cf/records.hpp"

namespace sysplexd::test {

class ContractReport {
 public:
  void check(bool holds, std::string what) {
    ++checks_;
    if (!holds) violations_.push_back(std::move(what));
  }
  std::size_t checks() const { return checks_; }
  const std::vector<std::string>& violations() const { return violations_; }

 private:
  std::size_t checks_ = 0;
  std::vector<std::string> violations_;
};

namespace contract {

using cf::Records;
using cf::Transaction;
using net::Errc;
using net::Task;

inline Transaction put(std::string key, std::string value) {
  Transaction t;
  t.puts.push_back(cf::Put{std::move(key), std::move(value)});
  return t;
}
inline Transaction put_if(std::string key, std::uint64_t version, std::string value) {
  Transaction t = put(key, std::move(value));
  t.compares.push_back(cf::Compare{std::move(key), version});
  return t;
}
// As one call with ordinary arguments (the await rule: no aggregate temporaries beside co_await).
inline Task<net::Result<cf::TransactionAnswer>> commit(Records& records, std::string key, std::string value) {
  Transaction t = put(std::move(key), std::move(value));
  const auto answer = co_await records.transact(std::move(t));
  co_return answer;
}
inline std::string keys_of(const Records& records, std::string_view prefix) {
  std::string out;
  records.scan(prefix, [&](std::string_view key, const cf::Versioned& r) {
    out += std::string(key) + "=" + r.value + ";";
    return true;
  });
  return out;
}

inline Task<void> records_are_put_read_scanned_deleted(Records& records, ContractReport& report) {
  Transaction first = put("a/1", "one");
  first.puts.push_back(cf::Put{"a/2", "two"});
  first.puts.push_back(cf::Put{"b", "bee"});
  const auto committed = co_await records.transact(first);
  report.check(committed.ok() && committed->committed, "a transaction without compares commits");
  const auto one = records.get("a/1");
  report.check(one && one->value == "one", "a put value is read back");
  report.check(one && committed.ok() && one->version == committed->revision,
               "the version is the revision of the commit");
  report.check(keys_of(records, "a/") == "a/1=one;a/2=two;", "a scan gives the keys of the prefix in order");
  std::size_t seen = 0;
  records.scan("a/", [&](std::string_view, const cf::Versioned&) { return ++seen < 1; });
  report.check(seen == 1, "a scan stops when it is told to");
  Transaction second = put("a/1", "");
  second.deletes.push_back("a/2");
  second.deletes.push_back("never there");
  const auto changed = co_await records.transact(second);
  report.check(changed.ok() && changed->committed && committed.ok() && changed->revision > committed->revision,
               "revisions grow");
  report.check(keys_of(records, "a/") == "a/1=;", "an empty value is a value, a deleted key is gone");
  report.check(!records.get("a/2"), "a deleted key is not read");
  Transaction all;
  all.deletes = {"a/1", "b"};
  const auto gone = co_await records.transact(all);
  report.check(gone.ok() && gone->committed && keys_of(records, "").empty(), "what was put can be deleted");
}

inline Task<void> compares_decide(Records& records, ContractReport& report) {
  Transaction make = put_if("c", 0, "first");
  const auto made = co_await records.transact(make);
  report.check(made.ok() && made->committed, "version 0 holds for a key that is not there");
  const auto again = co_await records.transact(make);
  report.check(again.ok() && !again->committed && again->conflict_key == "c",
               "version 0 does not hold for a key that is");
  const std::uint64_t version = made.ok() ? made->revision : 0;
  Transaction mixed = put_if("c", version, "second");
  mixed.compares.push_back(cf::Compare{"absent", 7});
  mixed.puts.push_back(cf::Put{"d", "x"});
  mixed.history.push_back(cf::HistoryRecord{900001, "x"});
  const auto refused = co_await records.transact(mixed);
  report.check(refused.ok() && !refused->committed && refused->conflict_key == "absent",
               "the first compare that does not hold is named");
  const auto history = co_await records.history(900001);
  const auto c = records.get("c");
  report.check(c && c->value == "first" && !records.get("d") && history.ok() && !*history,
               "a refused transaction leaves nothing behind");
  Transaction change = put_if("c", version, "second");
  const auto changed = co_await records.transact(change);
  report.check(changed.ok() && changed->committed, "the right version holds");
  const auto stale = co_await records.transact(change);
  report.check(stale.ok() && !stale->committed, "an old version does not hold");
  Transaction remove;
  remove.compares.push_back(cf::Compare{"c", changed.ok() ? changed->revision : 0});
  remove.deletes.push_back("c");
  const auto removed = co_await records.transact(remove);
  report.check(removed.ok() && removed->committed && !records.get("c"), "a delete can be compared too");
}

inline Task<void> add_many(Records& records, ContractReport& report, int times, int& conflicts) {
  for (int done = 0; done < times;) {
    const auto now = records.get("counter");
    Transaction t = put_if("counter", now ? now->version : 0, std::to_string(now ? std::stoi(now->value) + 1 : 1));
    const auto answer = co_await records.transact(t);
    if (!answer) {
      report.check(false, "a race ends without an error: " + answer.error().text);
      co_return;
    }
    if (answer->committed)
      ++done;
    else
      ++conflicts;
  }
}

inline Task<void> races_have_one_winner(Records& records, ContractReport& report) {
  constexpr int runners = 8, times = 25;
  int conflicts = 0;
  std::vector<Task<void>> tasks;
  for (int i = 0; i < runners; ++i) tasks.push_back(add_many(records, report, times, conflicts));
  co_await net::all_of(std::move(tasks));
  const auto end = records.get("counter");
  report.check(end && end->value == std::to_string(runners * times), "no increment of a race is lost or counted twice");
  report.check(conflicts > 0, "the race was a race");
  Transaction clean;
  clean.deletes.push_back("counter");
  const auto cleaned = co_await records.transact(clean);
  report.check(cleaned.ok(), "the counter can be deleted");
}

inline Task<void> grab(Records& records, std::string who, int& winners) {
  Transaction t = put_if("grant", 0, who);
  const auto answer = co_await records.transact(t);
  if (answer && answer->committed) ++winners;
}

inline Task<void> begun_work_counts_at_once(Records& records, ContractReport& report) {
  // All begin before any is durable: the first that is judged wins, whatever the disk does.
  int winners = 0;
  std::vector<Task<void>> tasks;
  for (int i = 0; i < 16; ++i) tasks.push_back(grab(records, "member" + std::to_string(i), winners));
  co_await net::all_of(std::move(tasks));
  report.check(winners == 1, "of transactions with the same compare one commits, not " + std::to_string(winners));
  Transaction clean;
  clean.deletes.push_back("grant");
  const auto cleaned = co_await records.transact(clean);
  report.check(cleaned.ok(), "the grant can be deleted");
}

inline Transaction request(std::string member, std::uint64_t incarnation, std::uint64_t sequence, Transaction t,
                           std::uint64_t acknowledged_below = 0) {
  t.id.member = std::move(member);
  t.id.incarnation = incarnation;
  t.id.sequence = sequence;
  t.id.acknowledged_below = acknowledged_below;
  return t;
}

inline Task<void> repeats_are_answered_and_not_done_again(Records& records, ContractReport& report) {
  const Transaction one = request("SYS1", 5, 1, put("r", "one"));
  const auto first = co_await records.transact(one);
  const Transaction two = request("SYS1", 5, 2, put("r", "two"));
  const auto second = co_await records.transact(two);
  const auto repeat = co_await records.transact(one);
  report.check(first.ok() && second.ok() && repeat.ok() && repeat->committed && repeat->revision == first->revision,
               "a repeat gets the first answer");
  const auto r = records.get("r");
  report.check(r && r->value == "two", "a repeat changes nothing");

  const Transaction lost = request("SYS1", 5, 3, put_if("r", 1, "three"));
  const auto refused = co_await records.transact(lost);
  Transaction clear;
  clear.deletes.push_back("r");
  const auto cleared = co_await records.transact(clear);
  const Transaction absent = request("SYS1", 5, 4, put_if("r", 0, "four"));
  const auto four = co_await records.transact(absent);
  const auto refused_again = co_await records.transact(lost);
  report.check(refused.ok() && !refused->committed && refused_again.ok() && !refused_again->committed &&
                   refused_again->conflict_key == "r" && refused_again->revision == refused->revision,
               "a refusal is repeated too");
  report.check(cleared.ok() && four.ok() && four->committed, "other requests go on");

  // Two of the same at once are one.
  const Transaction twin = request("SYS1", 5, 5, put("twin", "x"));
  auto answers = std::make_shared<std::vector<std::uint64_t>>();
  const auto send = [](Records& to, Transaction t, std::shared_ptr<std::vector<std::uint64_t>> out) -> Task<void> {
    const auto answer = co_await to.transact(std::move(t));
    if (answer && answer->committed) out->push_back(answer->revision);
  };
  std::vector<Task<void>> tasks;
  tasks.push_back(send(records, twin, answers));
  tasks.push_back(send(records, twin, answers));
  co_await net::all_of(std::move(tasks));
  report.check(answers->size() == 2 && (*answers)[0] == (*answers)[1], "a repeat of a request on its way joins it");

  const Transaction acknowledging = request("SYS1", 5, 6, put("r", "six"), 6);
  const auto six = co_await records.transact(acknowledging);
  const auto late = co_await records.transact(one);
  report.check(six.ok() && !late.ok() && late.error().code == Errc::not_permitted,
               "a repeat below an acknowledgement is refused, not done again");
  const Transaction next_life = request("SYS1", 6, 1, put("r", "new"));
  const auto reborn = co_await records.transact(next_life);
  const Transaction ghost = request("SYS1", 5, 7, put("r", "ghost"));
  const auto haunted = co_await records.transact(ghost);
  report.check(reborn.ok() && reborn->committed && !haunted.ok() && haunted.error().code == Errc::not_permitted,
               "a newer incarnation ends the older one's requests");
  const auto end = records.get("r");
  report.check(end && end->value == "new", "and those change nothing");
  const Transaction own_answer = request("SYS1", 6, 2, put("r", "x"), 9);
  const auto invalid = co_await records.transact(own_answer);
  report.check(!invalid.ok() && invalid.error().code == Errc::invalid, "a request cannot acknowledge its own answer");
  Transaction clean;
  clean.deletes = {"r", "twin"};
  const auto cleaned = co_await records.transact(clean);
  report.check(cleaned.ok(), "clean");
}

inline std::string numbers_of(const net::Result<std::vector<cf::HistoryRecord>>& listed) {
  if (!listed) return "error: " + listed.error().text;
  std::string out;
  for (const auto& r : *listed) out += std::to_string(r.number) + ":" + r.value + " ";
  return out;
}

// `count` records, numbers base+1 … base+count, given out of order, ten a transaction; enough of them to fill segments.
inline Task<void> history_is_kept_and_listed(Records& records, ContractReport& report, std::uint64_t base,
                                             std::uint64_t count) {
  const std::uint64_t before = records.usage().history_records;
  std::vector<std::uint64_t> order;
  for (std::uint64_t i = 1; i <= count; ++i) order.push_back(base + i);
  for (std::size_t i = 0; i + 7 < order.size(); i += 7) std::swap(order[i], order[i + 6]);
  for (std::size_t at = 0; at < order.size();) {
    Transaction t;
    t.from_reserve = true;
    for (int i = 0; i < 10 && at < order.size(); ++i, ++at)
      t.history.push_back(cf::HistoryRecord{order[at], "job" + std::to_string(order[at])});
    const auto answer = co_await records.transact(t);
    report.check(answer.ok() && answer->committed, "history is appended");
    if (!answer) co_return;
  }
  report.check(records.usage().history_records == before + count, "history is counted");
  for (const std::uint64_t number : {base + 1, base + count / 2, base + count}) {
    const auto found = co_await records.history(number);
    report.check(found.ok() && *found && **found == "job" + std::to_string(number),
                 "history record " + std::to_string(number) + " is found");
  }
  const auto none = co_await records.history(base + count + 1);
  report.check(none.ok() && !*none, "a number that was not given is not found");
  const auto newest = co_await records.history_before(cf::history_newest, 3);
  std::string expected;
  for (std::uint64_t i = 0; i < 3; ++i)
    expected += std::to_string(base + count - i) + ":job" + std::to_string(base + count - i) + " ";
  report.check(numbers_of(newest) == expected, "the newest come first: " + numbers_of(newest));
  std::uint64_t at = cf::history_newest, listed = 0;
  bool descending = true;
  for (;;) {
    const auto page = co_await records.history_before(at, 7);
    if (!page || page->empty() || page->front().number <= base) break;
    for (const auto& r : *page) {
      if (r.number <= base) continue;
      descending = descending && r.number < at;
      at = r.number;
      ++listed;
    }
  }
  report.check(descending && listed == count, "pages give each record once, in order: " + std::to_string(listed));
  const auto oldest = co_await records.history_from(base + 2, 2);
  report.check(numbers_of(oldest) == std::to_string(base + 2) + ":job" + std::to_string(base + 2) + " " +
                                         std::to_string(base + 3) + ":job" + std::to_string(base + 3) + " ",
               "the oldest first: " + numbers_of(oldest));

  Transaction again;
  again.history.push_back(cf::HistoryRecord{base + count, "twice"});
  again.history.push_back(cf::HistoryRecord{base + count, "twice"});
  const auto twice = co_await records.transact(again);
  report.check(!twice.ok() && twice.error().code == Errc::exists, "a number is given once");

  Transaction purge;
  purge.from_reserve = true;
  purge.history_remove = {base + 1, base + count, base + count + 5};
  const auto purged = co_await records.transact(purge);
  report.check(purged.ok() && purged->committed, "removal of what is not there is no error");
  const auto first = co_await records.history(base + 1);
  const auto last = co_await records.history(base + count);
  report.check(first.ok() && !*first && last.ok() && !*last, "removed records are gone");
  const auto rest = co_await records.history_before(base + count + 1, 1);
  report.check(rest.ok() && rest->size() == 1 && rest->front().number == base + count - 1,
               "and are not listed: " + numbers_of(rest));
  report.check(records.usage().history_records == before + count - 2, "and not counted");
}

inline Task<void> bad_input_is_refused(Records& records, ContractReport& report) {
  const std::uint64_t revision = records.usage().revision;
  std::vector<std::pair<Errc, Transaction>> cases;
  cases.emplace_back(Errc::invalid, put("", "x"));
  cases.emplace_back(Errc::too_large, put(std::string(cf::key_bytes_max + 1, 'k'), "x"));
  cases.emplace_back(Errc::too_large, put("big", std::string(cf::value_bytes_max + 1, 'v')));
  Transaction twice = put("same", "1");
  twice.puts.push_back(cf::Put{"same", "2"});
  cases.emplace_back(Errc::invalid, twice);
  Transaction both = put("same", "1");
  both.deletes.push_back("same");
  cases.emplace_back(Errc::invalid, both);
  Transaction huge;
  for (int i = 0; i < 5; ++i) huge.puts.push_back(cf::Put{"h" + std::to_string(i), std::string(200'000, 'h')});
  cases.emplace_back(Errc::too_large, huge);
  for (const auto& [code, transaction] : cases) {
    const auto answer = co_await records.transact(transaction);
    report.check(!answer.ok() && answer.error().code == code && !answer.error().text.empty(),
                 "bad input has its code and a sentence");
  }
  report.check(records.usage().revision == revision && keys_of(records, "").empty(), "and changes nothing");
}

inline Task<void> all(Records& records, ContractReport& report) {
  co_await records_are_put_read_scanned_deleted(records, report);
  co_await compares_decide(records, report);
  co_await races_have_one_winner(records, report);
  co_await begun_work_counts_at_once(records, report);
  co_await repeats_are_answered_and_not_done_again(records, report);
  co_await bad_input_is_refused(records, report);
  co_await history_is_kept_and_listed(records, report, 1000, 150);
  co_await history_is_kept_and_listed(records, report, 5000, 150);
}

}  // namespace contract
}  // namespace sysplexd::test
