// What `sysplexd config check|show|reference` prints, and the pages that are made from the tables: text for people, one
// JSON document for programs. Every function returns the whole output, with a newline at its end. Pure.
#pragma once
#include <string>

#include "config/load.hpp"

namespace sysplexd::config {

// config check: a line FILE:LINE:COLUMN: ID text per error and its action, or UNV1000I.
std::string check_text(const LoadResult& result, const std::string& file);
// {"file","ok","options_set","options_default","errors":[{id,message,action,file,line,column,option,value,allowed}]};
// with errors also "error", the first of them (the error document of interfaces.md).
std::string check_document(const LoadResult& result, const std::string& file);

// config show: the effective settings as TOML that loads again, each with where it comes from. Of a good result.
std::string show_text(const LoadResult& result, const std::string& file);
// {"file","options":[{section,key,value,origin,line,column,written,symbols}]}; origin file | default | derived
std::string show_document(const LoadResult& result, const std::string& file);

// config reference: options, then messages.
std::string option_reference();
std::string message_reference();
// {"options":[{section,key,type,default,allowed,unit,required,takes_effect,later,text}],
//  "messages":[{id,severity,text,explanation,action}]}
std::string reference_document();

std::string example_toml();      // packaging/sysplexd.toml: every option, the defaults as comments
std::string option_man_page();   // sysplexd.toml(5), roff
std::string message_man_page();  // sysplexd-messages(7), roff

}  // namespace sysplexd::config
