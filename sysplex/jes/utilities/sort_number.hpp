// Numbers in records: reading and writing each field format, and edit masks. Pure.
// Decimal data that is not decimal makes no data exception here: a half byte above 9 counts as 0.
#pragma once
#include <string>
#include <string_view>

#include "sysplex/jes/utilities/sort_control.hpp"

namespace sysplexd::jes::sort {

// The bytes of a field in a record. Lines may be shorter: what is behind their end is missing, see the callers.
std::string_view field_bytes(const Field& field, std::string_view record);

// Decimal digits of a PD, ZD, FS … field without the sign, most significant first, as characters 0..9 (values, not
// text) into `digits` (at least decimal_digits(field) bytes); true when negative. Missing bytes are digits 0.
unsigned decimal_digits(const Field& field);
bool read_decimal(const Field& field, std::string_view bytes, unsigned char* digits);

// The value; fields within the arithmetic limits of check_length.
Number read_number(const Field& field, std::string_view record);

// Stores value in exactly `length` bytes; false: it does not fit (out is then unchanged). FS is blank-padded text.
bool store_number(Number value, Format format, std::uint32_t length, std::string& out);

// How many digits an edited field of this format can have (DFSORT: "digits needed for numeric fields").
unsigned edited_digits(const Field& field);
// M0 … M26 for so many digits. IBM's patterns, floating leading sign.
NumberEdit edit_mask(unsigned mask, unsigned digits);
inline constexpr unsigned edit_masks = 27;
// Length of a stored number where LENGTH= does not say it.
std::uint32_t stored_length(Format to, unsigned digits);

// The number as the edit says, exactly edit.length bytes: cut on the left where too long, as DFSORT does.
void append_edited(Number value, const NumberEdit& edit, std::string& out);

}  // namespace sysplexd::jes::sort
