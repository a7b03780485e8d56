#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace millrace {

class Router;
class WebRtcServer;
class Transport;
class Producer;
class Consumer;
class DataProducer;
class DataConsumer;
class RtpObserver;

// Who answers to an id of the controller. One table for the whole worker, because requests name
// objects by id only. The worker enters routers and servers, router_control everything below them.
// Never read on the packet path.
class Registry {
 public:
  using Entry = std::variant<std::monostate, Router*, WebRtcServer*, Transport*, Producer*,
                             Consumer*, RtpObserver*, DataProducer*, DataConsumer*>;

  // False when the id is in use already (or empty); nothing changes then.
  [[nodiscard]] bool Add(const std::string& id, Entry entry) {
    return !id.empty() && entries_.try_emplace(id, entry).second;
  }
  void Remove(const std::string& id) { entries_.erase(id); }

  [[nodiscard]] Entry Find(std::string_view id) const {
    auto found = entries_.find(id);
    return found == entries_.end() ? Entry{} : found->second;
  }
  // The object of this kind with this id, or null.
  template <typename T>
  [[nodiscard]] T* Find(std::string_view id) const {
    Entry entry = Find(id);
    T** object = std::get_if<T*>(&entry);
    return object ? *object : nullptr;
  }
  [[nodiscard]] bool Contains(std::string_view id) const { return entries_.contains(id); }
  [[nodiscard]] std::vector<std::string> Ids() const {
    std::vector<std::string> ids;
    ids.reserve(entries_.size());
    for (const auto& [id, entry] : entries_) ids.push_back(id);
    return ids;
  }
  // Calls `visit` with every entry, in no order.
  template <typename Visit>
  void ForEach(Visit visit) const {
    for (const auto& [id, entry] : entries_) visit(entry);
  }

 private:
  struct TextHash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  std::unordered_map<std::string, Entry, TextHash, std::equal_to<>> entries_;
};

}  // namespace millrace
