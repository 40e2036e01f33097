// What is printed from the tables (reference, reference_json, man_page), and the tables themselves: each record whole,
// each id once, the committed pages equal.
#include "config/reference.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "config/message.hpp"

using namespace sysplexd::config;

namespace {

const std::string base = "[ubroker]\nsystem_id = \"mndv\"\nsysname = \"SYS1\"\nmount_point = \"/m\"\n";

std::string file_text(const std::string& path) {
  std::ifstream in(std::string(SYSPLEXD_SOURCE_DIR) + "/" + path);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reference)

BOOST_AUTO_TEST_CASE(every_option_is_whole) {
  std::set<std::string> names;
  for (const auto& option : options()) {
    BOOST_TEST_CONTEXT(option.name()) {
      BOOST_TEST(names.insert(option.name()).second);
      BOOST_TEST(!section_text(option.section).empty());
      BOOST_TEST(!option.text.empty());
      BOOST_TEST(option.text.ends_with("."));
      BOOST_TEST(!allowed(option).empty());
      BOOST_TEST(!type_name(option.type).empty());
      BOOST_TEST((option.store != nullptr));
      BOOST_TEST((option.derive != nullptr) == (option.absent == Absent::derived));
      BOOST_TEST(option.standard.empty() == (option.absent == Absent::unset || option.absent == Absent::refused));
      BOOST_TEST(option.max >= option.min);
      if (option.type == Type::duration || option.type == Type::size) BOOST_TEST(!option.unit.empty());
    }
  }
  BOOST_TEST(names.size() > 20u);
}

BOOST_AUTO_TEST_CASE(every_message_is_whole_and_its_id_stands_once) {
  std::set<std::string_view> ids;
  for (const auto& table : message_tables)
    for (const auto& message : table) {
      BOOST_TEST_CONTEXT(message.id) {
        BOOST_TEST(ids.insert(message.id).second);
        BOOST_TEST(!message.text.empty());
        BOOST_TEST(!message.explanation.empty());
        BOOST_TEST(!message.action.empty());
        if (message.id.starts_with("UNV")) {
          const std::string letters = "IWESA";
          BOOST_TEST(message.id.size() == 8u);
          BOOST_TEST(letters.find(message.id.back()) == static_cast<std::size_t>(message.severity));
        }
      }
    }
  BOOST_TEST(ids.size() > 10u);
}

BOOST_AUTO_TEST_CASE(the_example_file_loads) {
  const auto result = load_text(example_toml(), "example");
  for (const auto& error : result.errors) BOOST_ERROR(error.line_text());
  BOOST_TEST(result.ok());
}

BOOST_AUTO_TEST_CASE(the_example_file_loads_with_every_option_set_to_its_example) {
  std::stringstream in(example_toml());
  std::string text, line;
  while (std::getline(in, line)) {
    // "#key = value", not "# text"; the roles' words contradict each other and have their own tests.
    if (line.size() > 1 && line[0] == '#' && line[1] != ' ') line.erase(0, 1);
    text += line + "\n";
  }
  const auto result = load_text(text, "example");
  for (const auto& error : result.errors) BOOST_ERROR(error.line_text());
  BOOST_REQUIRE(result.ok());
  for (const auto& value : result.effective)
    if (value.section != "symbols")
      BOOST_TEST((value.origin.kind == Origin::Kind::file), value.section + "." + value.key);
}

BOOST_AUTO_TEST_CASE(what_show_prints_loads_again_to_the_same_values) {
  const auto first =
      load_text(base + "[dbgmgr]\nclient = \"53&N\"\n[jes]\ndasd = \"/a&&b\"\n[symbols]\nN = \"31\"\n", "f");
  BOOST_REQUIRE(first.ok());
  const auto shown = show_text(first, "f");
  BOOST_TEST(shown.find("client = 5331") != std::string::npos);
  BOOST_TEST(shown.find("# f:6, symbols N, written \"53&N\"") != std::string::npos);
  BOOST_TEST(shown.find("# derived") != std::string::npos);
  BOOST_TEST(shown.find("# default") != std::string::npos);
  const auto second = load_text(shown, "g");
  for (const auto& error : second.errors) BOOST_ERROR(error.line_text());
  for (const auto& change : changes(first, second))
    BOOST_ERROR(change.option + " " + change.before + " " + change.after);
}

BOOST_AUTO_TEST_CASE(check_prints_place_text_and_action_of_each_error) {
  const auto bad = load_text(base + "[jes]\nclas = 1\nclass = 2\n", "f.toml");
  const auto text = check_text(bad, "f.toml");
  BOOST_TEST(text.find("f.toml:6:1: UNV1004E UNKNOWN OPTION jes.clas; DID YOU MEAN class?\n") != std::string::npos);
  BOOST_TEST(text.find("f.toml:7:9: UNV1005E jes.class = 2: A NUMBER, NOT A STRING; ALLOWED: one letter or digit\n") !=
             std::string::npos);
  BOOST_TEST(text.find(std::string(find_message("UNV1005E")->action)) != std::string::npos);
  const auto good = check_text(load_text(base, "f.toml"), "f.toml");
  BOOST_TEST(good.starts_with("UNV1000I CONFIGURATION f.toml IS GOOD: 3 OPTIONS SET"));
}

BOOST_AUTO_TEST_CASE(the_json_documents_have_their_fields) {
  const auto bad = load_text(base + "[jes]\nclass = 2\n", "f\xff.toml");
  const auto check = nlohmann::json::parse(check_document(bad, "f\xff.toml"));
  BOOST_TEST(check["ok"] == false);
  BOOST_TEST(check["errors"].size() == 1u);
  BOOST_TEST(check["errors"][0]["id"] == "UNV1005E");
  BOOST_TEST(check["errors"][0]["line"] == 6);
  BOOST_TEST(check["errors"][0]["option"] == "jes.class");
  BOOST_TEST(check["error"]["id"] == "UNV1005E");
  const auto good = nlohmann::json::parse(check_document(load_text(base, "f"), "f"));
  BOOST_TEST(good["ok"] == true);
  BOOST_TEST(good["errors"].empty());
  BOOST_TEST(!good.contains("error"));
  const auto missing = nlohmann::json::parse(check_document(load_text("", "f"), "f"));
  BOOST_TEST(missing["error"]["line"].is_null());

  const auto show = nlohmann::json::parse(show_document(load_text(base, "f"), "f"));
  bool found = false;
  for (const auto& row : show["options"])
    if (row["section"] == "jes" && row["key"] == "dasd") {
      found = true;
      BOOST_TEST(row["value"] == "\"/m/dasd\"");
      BOOST_TEST(row["origin"] == "derived");
      BOOST_TEST(row["line"].is_null());
    }
  BOOST_TEST(found);

  const auto reference = nlohmann::json::parse(reference_document());
  BOOST_TEST(reference["options"].size() == options().size());
  std::size_t messages = 0;
  for (const auto& table : message_tables) messages += table.size();
  BOOST_TEST(reference["messages"].size() == messages);
}

BOOST_AUTO_TEST_CASE(the_references_name_every_option_and_message) {
  const auto option_text = option_reference(), option_page = option_man_page(), example = example_toml();
  for (const auto& option : options()) {
    BOOST_TEST(option_text.find("  " + std::string(option.key) + "\n") != std::string::npos);
    BOOST_TEST(option_page.find(".B " + std::string(option.key) + "\n") != std::string::npos);
    BOOST_TEST(example.find(std::string(option.key) + " = ") != std::string::npos);
  }
  const auto text = message_reference(), page = message_man_page();
  for (const auto& table : message_tables)
    for (const auto& message : table) {
      BOOST_TEST(text.find(std::string(message.id) + " ") != std::string::npos);
      BOOST_TEST(page.find(".B " + std::string(message.id) + " ") != std::string::npos);
    }
}

// SYSPLEXD_REWRITE=1 in the environment writes them anew.
BOOST_AUTO_TEST_CASE(the_committed_pages_are_those_of_the_tables) {
  const std::pair<const char*, std::string> pages[] = {{"packaging/man/sysplexd.toml.5", option_man_page()},
                                                       {"packaging/man/sysplexd-messages.7", message_man_page()},
                                                       {"packaging/sysplexd.toml", example_toml()}};
  for (const auto& [path, text] : pages) {
    if (std::getenv("SYSPLEXD_REWRITE")) std::ofstream(std::string(SYSPLEXD_SOURCE_DIR) + "/" + path) << text;
    BOOST_TEST_CONTEXT(path << " (SYSPLEXD_REWRITE=1 ctest -R config writes it anew)") {
      BOOST_TEST((file_text(path) == text));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
