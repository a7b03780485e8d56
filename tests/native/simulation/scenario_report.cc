#include "simulation/scenario_report.h"

#include <cinttypes>
#include <cstdio>
#include <optional>
#include <vector>

namespace millrace {
namespace {

// What was played in this process, in order.
std::vector<std::string>& Lines() {
  static std::vector<std::string> lines;
  return lines;
}

template <typename... Values>
std::string Text(const char* format, Values... values) {
  char text[256];
  std::snprintf(text, sizeof(text), format, values...);
  return text;
}

std::string Percent(const std::optional<double>& share, const char* format) {
  return share ? Text(format, *share * 100) : "";
}

std::string Millis(const std::optional<Duration>& duration) {
  return duration ? Text("%" PRId64, duration->ms()) : "";
}

}  // namespace

void ScenarioReport::Add(const Scenario& scenario, uint64_t seed, const Figures& figures) {
  Lines().push_back(Line(scenario, seed, figures));
}

std::string ScenarioReport::Line(const Scenario& scenario, uint64_t seed, const Figures& figures) {
  return Text("| %s | %" PRIu64 " | %zu | ", scenario.name, seed, figures.packets) +
         Percent(figures.late_500_ms, "%.3f") + " | " + Percent(figures.late_1500_ms, "%.3f") +
         " | " + Millis(figures.freeze) + " | " +
         (figures.key_frames ? Text("%.0f", *figures.key_frames) : "") + " | " +
         Percent(figures.asked, "%.1f") + " | " + Percent(figures.resent, "%.1f") + " | " +
         Millis(figures.recovery) + " | " + figures.note + " |";
}

void ScenarioReport::Print() {
  std::printf(
      "| scenario | seed | packets | late at 500 ms, %% | late at 1.5 s, %% | longest freeze, ms | "
      "key frames asked | asked again, %% | sent again, %% | back after, ms | |\n"
      "|---|---|---|---|---|---|---|---|---|---|---|\n");
  for (const std::string& line : Lines()) std::printf("%s\n", line.c_str());
}

}  // namespace millrace
