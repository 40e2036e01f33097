// TLV fields to and from bytes. A message is a struct that lists its fields once:
//
//   struct Hello {
//     static constexpr std::uint16_t kind = 1;
//     std::uint32_t id = 0;  std::string name;
//     template <class Visitor> void fields(Visitor& v) { v(1, id); v(2, name); }
//   };
//   std::string bytes = net::encode(hello);     Result<Hello> back = net::decode<Hello>(bytes);
//
// A field is tag u16, length u32, bytes; integers are little-endian, bool one byte. Unknown tags are passed
// over (a newer sender), missing ones keep their default (an older one); a wrong length, a repeated scalar or
// left-over bytes refuse the message. Vectors and nested messages are repeated and nested fields. Pure.
#pragma once
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "net/result.hpp"

namespace sysplexd::net {

namespace wire_detail {

template <class T>
struct is_vector : std::false_type {};
template <class T>
struct is_vector<std::vector<T>> : std::true_type {};
template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};

template <class U>
void put_integer(std::string& out, U value) {
  for (std::size_t i = 0; i < sizeof(U); ++i) out.push_back(static_cast<char>((value >> (8 * i)) & 0xff));
}

template <class U>
U get_integer(std::string_view in) {
  U value = 0;
  for (std::size_t i = 0; i < sizeof(U); ++i) value |= static_cast<U>(static_cast<unsigned char>(in[i])) << (8 * i);
  return value;
}

class Encoder {
 public:
  explicit Encoder(std::string& out) : out_(out) {}
  template <class T>
  void operator()(std::uint16_t tag, const T& field) {
    if constexpr (is_vector<T>::value) {
      for (const auto& element : field) (*this)(tag, element);
    } else if constexpr (is_optional<T>::value) {
      if (field) (*this)(tag, *field);
    } else {
      put_integer<std::uint16_t>(out_, tag);
      const std::size_t length_at = out_.size();
      put_integer<std::uint32_t>(out_, 0);
      value(field);
      const auto length = static_cast<std::uint32_t>(out_.size() - length_at - 4);
      for (std::size_t i = 0; i < 4; ++i) out_[length_at + i] = static_cast<char>((length >> (8 * i)) & 0xff);
    }
  }

 private:
  template <class T>
  void value(const T& field) {
    if constexpr (std::is_same_v<T, std::string>) {
      out_.append(field);
    } else if constexpr (std::is_same_v<T, bool>) {
      out_.push_back(field ? 1 : 0);
    } else if constexpr (std::is_enum_v<T>) {
      value(static_cast<std::underlying_type_t<T>>(field));
    } else if constexpr (std::is_integral_v<T>) {
      put_integer(out_, static_cast<std::make_unsigned_t<T>>(field));
    } else {
      const_cast<T&>(field).fields(*this);  // fields() only lists; the encoder never writes through it
    }
  }
  std::string& out_;
};

class Decoder {
 public:
  explicit Decoder(std::string_view in) {
    while (!in.empty()) {
      if (in.size() < 6) {
        fail("a field header is cut off");
        return;
      }
      const auto tag = get_integer<std::uint16_t>(in.substr(0, 2));
      const auto length = get_integer<std::uint32_t>(in.substr(2, 4));
      if (in.size() - 6 < length) {
        fail("a field is longer than its message");
        return;
      }
      fields_.push_back({tag, in.substr(6, length)});
      in.remove_prefix(6 + length);
    }
  }
  template <class T>
  void operator()(std::uint16_t tag, T& field) {
    if constexpr (is_vector<T>::value) {
      for (const auto& f : fields_) {
        if (f.tag != tag) continue;
        typename T::value_type element{};
        value(f.bytes, element);
        field.push_back(std::move(element));
      }
    } else if constexpr (is_optional<T>::value) {
      const Field* f = single(tag);
      if (f == nullptr) return;
      typename T::value_type element{};
      value(f->bytes, element);
      field = std::move(element);
    } else {
      const Field* f = single(tag);
      if (f != nullptr) value(f->bytes, field);
    }
  }
  const std::string& failure() const { return failure_; }

 private:
  struct Field {
    std::uint16_t tag;
    std::string_view bytes;
  };
  const Field* single(std::uint16_t tag) {
    const Field* found = nullptr;
    for (const auto& f : fields_) {
      if (f.tag != tag) continue;
      if (found != nullptr) fail("field " + std::to_string(tag) + " is there twice");
      found = &f;
    }
    return found;
  }
  template <class T>
  void value(std::string_view bytes, T& field) {
    if constexpr (std::is_same_v<T, std::string>) {
      field.assign(bytes);
    } else if constexpr (std::is_same_v<T, bool>) {
      if (bytes.size() != 1) return fail("a bool is not one byte");
      field = bytes[0] != 0;
    } else if constexpr (std::is_enum_v<T>) {
      std::underlying_type_t<T> number{};
      value(bytes, number);
      field = static_cast<T>(number);
    } else if constexpr (std::is_integral_v<T>) {
      if (bytes.size() != sizeof(T)) return fail("an integer has a wrong length");
      field = static_cast<T>(get_integer<std::make_unsigned_t<T>>(bytes));
    } else {
      Decoder nested(bytes);
      field.fields(nested);
      if (!nested.failure_.empty()) fail(nested.failure_);
    }
  }
  void fail(std::string why) {
    if (failure_.empty()) failure_ = std::move(why);
  }
  std::vector<Field> fields_;
  std::string failure_;
};

}  // namespace wire_detail

template <class T>
std::string encode(const T& message) {
  std::string out;
  wire_detail::Encoder encoder(out);
  const_cast<T&>(message).fields(encoder);
  return out;
}

template <class T>
Result<T> decode(std::string_view bytes) {
  T message{};
  wire_detail::Decoder decoder(bytes);
  if (decoder.failure().empty()) message.fields(decoder);
  if (!decoder.failure().empty()) return Error{Errc::corrupt, decoder.failure()};
  return message;
}

}  // namespace sysplexd::net
