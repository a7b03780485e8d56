#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "worker/request_table.h"

namespace millrace {
namespace {

constexpr char kBegin[] = "<!-- methods: printed from the request table -->\n";
constexpr char kEnd[] = "<!-- end of methods -->";

std::string MethodsAsMarkdown() {
  std::string text = "| method | handler | answered |\n|---|---|---|\n";
  for (const RequestRow& row : RequestRows()) {
    std::string answer = "yes";
    if (row.unused()) answer = "error: no handler of the protocol knows it";
    text += "| `" + std::string(row.name()) + "` | " + std::string(ToString(row.kind())) + " | " +
            answer + " |\n";
  }
  return text;
}

std::string Read(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(WorkerPageTest, ListsTheMethodsAsTheyAre) {
  std::string path = std::string(MILLRACE_TEST_DATA) + "/../../docs/WORKER.md";
  std::string page = Read(path);
  size_t begin = page.find(kBegin);
  size_t end = page.find(kEnd);
  ASSERT_NE(begin, std::string::npos);
  ASSERT_NE(end, std::string::npos);
  begin += sizeof(kBegin) - 1;
  std::string expected = MethodsAsMarkdown();
  if (std::getenv("MILLRACE_UPDATE_DOCS") != nullptr) {
    std::ofstream(path) << page.substr(0, begin) + expected + page.substr(end);
    return;
  }
  EXPECT_EQ(page.substr(begin, end - begin), expected)
      << "docs/WORKER.md is out of date; run this test with MILLRACE_UPDATE_DOCS=1";
}

}  // namespace
}  // namespace millrace
