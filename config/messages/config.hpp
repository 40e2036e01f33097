// Messages of config. Included by config/message.hpp only. The place, FILE:LINE:COLUMN, stands before the message.
#pragma once
namespace sysplexd::config::messages {

inline constexpr Message config[] = {
    {"UNV1000I", Severity::information, "CONFIGURATION {} IS GOOD: {} OPTIONS SET, {} BY DEFAULT",
     "Every option of the file is known and within its bounds.", "None."},
    {"UNV1001E", Severity::error, "CANNOT READ CONFIGURATION {}: {}",
     "The file is not there, may not be read, or is larger than a configuration can be.",
     "Correct the path after --config, or the file's permissions."},
    {"UNV1002E", Severity::error, "TOML SYNTAX: {}",
     "The line does not follow the grammar of TOML. The line, or the section that it heads, was passed over, so that "
     "what else is wrong is told in the same run.",
     "Correct the line. Strings stand in quotes; a key stands once in a section."},
    {"UNV1003E", Severity::error, "UNKNOWN SECTION [{}]{}",
     "No part of sysplexd reads a section of this name, or it stands where options are expected.",
     "Correct the name; sysplexd config reference lists the sections."},
    {"UNV1004E", Severity::error, "UNKNOWN OPTION {}{}",
     "The section has no option of this name. Nothing is passed over: a misspelt option would else be a default.",
     "Correct the name; sysplexd config reference lists the options."},
    {"UNV1005E", Severity::error, "{} = {}: {}; ALLOWED: {}",
     "The value is of a wrong kind, does not follow its grammar, or is out of bounds.",
     "Write a value that is allowed."},
    {"UNV1006E", Severity::error, "{} = {}: SYMBOL &{} IS NOT DEFINED",
     "The value uses a system symbol that is neither one of ours (SYSNAME, SYSCLONE, SYSPLEX) nor in [symbols].",
     "Define it in [symbols], or write && for an ampersand."},
    {"UNV1007E", Severity::error, "{} = {}: NOT A NUMBER AFTER SUBSTITUTION BUT {}; {}; ALLOWED: {}",
     "The value must be a number once its symbols are replaced; the symbols' values make it none.",
     "Give the symbol a numeric value in [symbols], or write the number."},
    {"UNV1008E", Severity::error, "{} IS REQUIRED AND NOT SET; ALLOWED: {}",
     "The option has no default and the file does not have it.", "Add it."},
    {"UNV1009E", Severity::error, "{} = {} DOES NOT GO WITH {}: {}",
     "Each option alone is right; together they contradict each other.", "Change one of the two."},
    {"UNV1010E", Severity::error, "symbols.{} = {}: {}",
     "A system symbol has a name or a value that cannot be used, or its value leads back to itself.",
     "Names: 1 to 8 letters, digits, $ # @, no digit first. Values: strings of at most 44 printable characters."},
};

}  // namespace sysplexd::config::messages
