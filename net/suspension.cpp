#include "net/suspension.hpp"

#include <asio/query.hpp>

namespace sysplexd::net {

asio::execution_context::id SuspensionRegistry::id;

Suspension::Suspension(SuspensionRegistry& registry) : registry_hook_(*this) {
  registry_hook_.insert_before(registry.nodes_);
}

SuspensionRegistry& SuspensionRegistry::of(const Executor& executor) {
  asio::execution_context& context = asio::query(executor, asio::execution::context);
  return asio::use_service<SuspensionRegistry>(context);
}

void SuspensionRegistry::shutdown() {
  shutting_down_ = true;
  // A frame that goes may take other primitives with it and so change the list: always the first one.
  while (nodes_.linked()) {
    Suspension& first = static_cast<Suspension::RegistryHook*>(nodes_.next())->owner;
    delete &first;
  }
}

}  // namespace sysplexd::net
