#include "worker/request_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

namespace millrace {
namespace {

using Json = nlohmann::json;

Json ReadContract() {
  std::ifstream file(MILLRACE_TEST_DATA "/worker-protocol.json");
  std::string text{std::istreambuf_iterator<char>(file), {}};
  return Json::parse(text, nullptr, false);
}

std::string Spelling(std::string_view name) {
  std::string result;
  for (char c : name) {
    if (c != '_' && c != '.') result += static_cast<char>(std::tolower(c));
  }
  return result;
}

TEST(RequestTableTest, HasTheContractsMethods) {
  Json methods = ReadContract()["methods"];
  ASSERT_EQ(methods.size(), RequestRows().size());
  for (const Json& method : methods) {
    const RequestRow& row = RequestRows()[method["value"].get<size_t>()];
    EXPECT_EQ(row.method(), method["value"].get<int>());
    std::string name = method["method"].get<std::string>();
    // The one number whose constant and text put the words in another order.
    if (name == "WORKER_WEBRTCSERVER_CLOSE") name = "WORKER_CLOSE_WEBRTCSERVER";
    EXPECT_EQ(Spelling(row.name()), Spelling(name));
    std::string handler = method["handler"].get<std::string>();
    if (!row.unused()) {
      EXPECT_EQ(ToString(row.kind()), handler) << name;
    }
  }
}

TEST(RequestTableTest, NamesEveryMethodOnce) {
  std::set<std::string_view> names;
  for (const RequestRow& row : RequestRows()) names.insert(row.name());
  EXPECT_EQ(names.size(), RequestRows().size());
  EXPECT_EQ(MethodName(8), "router.dump");
  EXPECT_EQ(MethodName(68), "unknown");
  EXPECT_EQ(MethodName(199), "unknown");
  EXPECT_EQ(MethodName(200), "worker.getCounters");
  EXPECT_EQ(MethodName(201), "unknown");
  EXPECT_EQ(MethodName(255), "unknown");
}

// The protocol may grow; what we add must not be in its way.
TEST(RequestTableTest, ExtensionsHaveNumbersFromTwoHundredOn) {
  ASSERT_FALSE(ExtensionRows().empty());
  std::set<uint8_t> numbers;
  for (const RequestRow& row : ExtensionRows()) {
    EXPECT_GE(row.method(), 200) << row.name();
    EXPECT_TRUE(numbers.insert(row.method()).second) << row.name();
    EXPECT_NE(row.verb(), nullptr) << row.name();
  }
}

TEST(RequestTableTest, DoesEveryMethodThatIsInUse) {
  for (const RequestRow& row : RequestRows()) {
    EXPECT_EQ(row.verb() != nullptr, !row.unused()) << row.name();
  }
}

}  // namespace
}  // namespace millrace
