#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "media/bwe/bandwidth_world.h"

namespace millrace {
namespace {

constexpr uint64_t kLink = 2'000'000;
constexpr uint64_t kRamped = kLink * 9 / 10;
constexpr uint64_t kSeeds = 3;

Timestamp S(int64_t seconds) { return Timestamp::Millis(seconds * 1000); }

// A run that the document draws.
struct Curve {
  std::string name;   // of its CSV file
  std::string title;  // of its section
  Scenario scenario;
  Duration every;
};

Scenario OnLink(int rtt_ms, Duration length, std::vector<RateStep> rates = {{.bps = kLink}}) {
  Scenario scenario;
  scenario.bottleneck.rates = std::move(rates);
  scenario.bottleneck.one_way = Duration::Millis(rtt_ms / 2);
  scenario.length = length;
  return scenario;
}

std::vector<Curve> Curves() {
  std::vector<Curve> curves;
  curves.push_back({"beginning", "The first five seconds, round trip 200 ms",
                    OnLink(200, Duration::Seconds(5)), Duration::Millis(200)});
  Scenario steps =
      OnLink(50, Duration::Seconds(60), {{S(0), kLink}, {S(20), 300'000}, {S(40), kLink}});
  curves.push_back(
      {"steps", "2 Mbit/s, 300 kbit/s, 2 Mbit/s, round trip 50 ms", steps, Duration::Seconds(1)});
  Scenario loss = OnLink(50, Duration::Seconds(60));
  loss.bottleneck.loss = 0.10;
  curves.push_back(
      {"loss", "Every tenth packet lost, round trip 50 ms", loss, Duration::Seconds(2)});
  Scenario rival = OnLink(50, Duration::Seconds(80));
  rival.rivals = {{.bps = 1'000'000, .begins = S(20), .ends = S(50)}};
  curves.push_back({"rival", "A constant megabit comes and goes, round trip 50 ms", rival,
                    Duration::Seconds(2)});
  Scenario fair = OnLink(50, Duration::Seconds(180));
  fair.flows = {FlowSettings{}, FlowSettings{.starts = S(20)}};
  curves.push_back(
      {"fairness", "A second flow begins, round trip 50 ms", fair, Duration::Seconds(5)});
  Scenario layers =
      OnLink(50, Duration::Seconds(60), {{S(0), 3'000'000}, {S(20), 500'000}, {S(40), 3'000'000}});
  layers.flows = {FlowSettings{.layers = {150'000, 500'000, 1'500'000}}};
  curves.push_back({"layers", "Three layers (150, 500, 1500 kbit/s), round trip 50 ms", layers,
                    Duration::Seconds(2)});
  return curves;
}

// The worst of all seeds.
struct Figures {
  Duration reached;
  double utilisation = 1;
  Duration queue;
};

Figures Judge(const Scenario& scenario) {
  Figures worst;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    BandwidthRun run(scenario, seed);
    worst.reached =
        std::max(worst.reached, run.TimeToReach(kRamped, S(0)).value_or(scenario.length));
    worst.utilisation = std::min(worst.utilisation, run.Utilisation(S(10), S(60)));
    worst.queue = std::max(worst.queue, run.QueueUsual(S(10), S(60)));
  }
  return worst;
}

std::string Row(const std::string& name, const Scenario& scenario) {
  Figures figures = Judge(scenario);
  std::ostringstream row;
  row << "| " << name << " | " << scenario.bottleneck.one_way.ms() * 2 << " | "
      << static_cast<double>(figures.reached.ms()) / 1000 << " | "
      << static_cast<int>(figures.utilisation * 100) << " | " << figures.queue.ms() << " |\n";
  return row.str();
}

std::string Table() {
  std::string table =
      "| 2 Mbit/s with | RTT ms | s to 90 % | % used | usual queue ms |\n|---|---|---|---|---|\n";
  for (int rtt_ms : {50, 200}) {
    Scenario scenario = OnLink(rtt_ms, Duration::Seconds(60));
    table += Row("nothing else", scenario);
    for (int percent : {2, 10, 25}) {
      scenario.bottleneck.loss = percent / 100.0;
      table += Row(std::to_string(percent) + " % random loss", scenario);
    }
    scenario.bottleneck.loss = 0;
    for (int jitter_ms : {15, 50}) {
      scenario.bottleneck.jitter = Duration::Millis(jitter_ms);
      table += Row(std::to_string(jitter_ms) + " ms jitter", scenario);
    }
    scenario.bottleneck.jitter = {};
    scenario.bottleneck.queue = Duration::Millis(20);
    table += Row("a queue of 20 ms only", scenario);
    scenario.bottleneck.queue = Duration::Millis(250);
    scenario.flows = {FlowSettings{.can_pad = false}};
    table += Row("nothing to pad with", scenario);
  }
  return table;
}

std::string Section(const Curve& curve, const BandwidthRun& run) {
  return "### " + curve.title + "\n\n```\n" + CurveDrawing(run, curve.every) + "```\n";
}

std::string ReadAll(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

const std::string kBegin = "<!-- made by BandwidthCurvesTest: begin -->\n";
const std::string kEnd = "<!-- made by BandwidthCurvesTest: end -->\n";

// MILLRACE_BANDWIDTH_DOCUMENT=<file> writes the curves into the document between its marks;
// MILLRACE_BANDWIDTH_CSV=<folder> writes each of them as a table of tenths of seconds.
TEST(BandwidthCurvesTest, TheDocumentShowsEveryCurve) {
  std::string made = kBegin + "\n" + Table();
  const char* csv_folder = std::getenv("MILLRACE_BANDWIDTH_CSV");
  for (const Curve& curve : Curves()) {
    BandwidthRun run(curve.scenario, 1);
    made += "\n" + Section(curve, run);
    std::string csv = CurveCsv(run);
    size_t lines = static_cast<size_t>(std::count(csv.begin(), csv.end(), '\n'));
    EXPECT_EQ(lines, run.samples().size() + 1) << curve.name;
    if (csv_folder != nullptr)
      std::ofstream(std::string(csv_folder) + "/" + curve.name + ".csv") << csv;
  }
  made += "\n" + kEnd;

  if (const char* path = std::getenv("MILLRACE_BANDWIDTH_DOCUMENT")) {
    std::string text = ReadAll(path);
    size_t begin = text.find(kBegin);
    size_t end = text.find(kEnd);
    ASSERT_TRUE(begin != std::string::npos && end != std::string::npos) << "no marks in " << path;
    std::ofstream(path) << text.substr(0, begin) + made + text.substr(end + kEnd.size());
  }

  // The figures may differ in their last digits on another machine; what is shown may not.
  std::string document = ReadAll(MILLRACE_TEST_DATA "/../../docs/BANDWIDTH.md");
  for (const Curve& curve : Curves()) {
    EXPECT_NE(document.find("### " + curve.title + "\n"), std::string::npos) << curve.title;
  }
  EXPECT_NE(document.find("| 10 % random loss | 200 |"), std::string::npos);
}

}  // namespace
}  // namespace millrace
