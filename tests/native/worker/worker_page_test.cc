#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "worker/request_table.h"

namespace millrace {
namespace {

// A part of the page that is printed.
struct Part {
  std::string begin;
  std::string end;
  std::string text;
};

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

std::string ExtensionsAsMarkdown() {
  std::string text = "| number | method | handler |\n|---|---|---|\n";
  for (const RequestRow& row : ExtensionRows()) {
    text += "| " + std::to_string(row.method()) + " | `" + std::string(row.name()) + "` | " +
            std::string(ToString(row.kind())) + " |\n";
  }
  return text;
}

void ExpectOnPage(const Part& part) {
  std::string path = std::string(MILLRACE_TEST_DATA) + "/../../docs/WORKER.md";
  std::string page = Read(path);
  size_t begin = page.find(part.begin);
  size_t end = page.find(part.end);
  ASSERT_NE(begin, std::string::npos);
  ASSERT_NE(end, std::string::npos);
  begin += part.begin.size();
  if (std::getenv("MILLRACE_UPDATE_DOCS") != nullptr) {
    std::ofstream(path) << page.substr(0, begin) + part.text + page.substr(end);
    return;
  }
  EXPECT_EQ(page.substr(begin, end - begin), part.text)
      << "docs/WORKER.md is out of date; run this test with MILLRACE_UPDATE_DOCS=1";
}

TEST(WorkerPageTest, ListsTheMethodsAsTheyAre) {
  ExpectOnPage({"<!-- methods: printed from the request table -->\n", "<!-- end of methods -->",
                MethodsAsMarkdown()});
}

TEST(WorkerPageTest, ListsTheExtensionsAsTheyAre) {
  ExpectOnPage({"<!-- extensions: printed from the request table -->\n",
                "<!-- end of extensions -->", ExtensionsAsMarkdown()});
}

// What an operator meets as a label has a line that says what it means.
TEST(WorkerPageTest, OperationsTellEveryReasonAndCause) {
  std::string page = Read(std::string(MILLRACE_TEST_DATA) + "/../../docs/OPERATIONS.md");
  for (size_t i = 0; i < kDropReasonCount; ++i) {
    std::string row = "| `" + std::string(ToString(static_cast<DropReason>(i))) + "` |";
    EXPECT_NE(page.find(row), std::string::npos) << row;
  }
  for (size_t i = 0; i < kLayerCauseCount; ++i) {
    std::string word = "`" + std::string(ToString(static_cast<LayerCause>(i))) + "`";
    EXPECT_NE(page.find(word), std::string::npos) << word;
  }
}

}  // namespace
}  // namespace millrace
