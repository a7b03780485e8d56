#include <algorithm>
#include <cstdio>
#include <string>

#include "media/bwe/bandwidth_world.h"

namespace millrace {
namespace {

constexpr int kColumns = 60;  // of the drawing's rates

std::string Line(const char* format, auto... values) {
  char text[256];
  int size = std::snprintf(text, sizeof(text), format, values...);
  return std::string(text, static_cast<size_t>(std::clamp(size, 0, 255)));
}

double Kbps(uint64_t bps) { return static_cast<double>(bps) / 1000; }

uint64_t Highest(const BandwidthRun& run) {
  uint64_t highest = 1;
  for (const BandwidthSample& sample : run.samples()) {
    highest = std::max(highest, sample.link_bps);
    for (const BandwidthSample::Flow& flow : sample.flows) {
      highest = std::max(highest, flow.target_bps);
    }
  }
  return highest;
}

size_t ColumnOf(uint64_t bps, uint64_t highest) {
  return static_cast<size_t>(bps * (kColumns - 1) / highest);
}

}  // namespace

std::string CurveCsv(const BandwidthRun& run) {
  std::string text = "seconds,link_kbps,queue_ms";
  size_t flows = run.samples().empty() ? 0 : run.samples().front().flows.size();
  for (size_t i = 0; i < flows; ++i) text += Line(",target_kbps_%zu,arrived_kbps_%zu", i, i);
  text += "\n";
  for (const BandwidthSample& sample : run.samples()) {
    text += Line("%.1f,%.0f,%.0f", static_cast<double>(sample.at.ms()) / 1000,
                 Kbps(sample.link_bps), static_cast<double>(sample.queue_max.us()) / 1000);
    for (const BandwidthSample::Flow& flow : sample.flows) {
      text += Line(",%.0f,%.0f", Kbps(flow.target_bps), Kbps(flow.arrived_bps));
    }
    text += "\n";
  }
  return text;
}

std::string CurveDrawing(const BandwidthRun& run, Duration every) {
  uint64_t highest = Highest(run);
  std::string text = Line("    s   queue ms   0 %*.0f kbit/s   | link   1, 2 targets\n",
                          kColumns - 5, Kbps(highest));
  Duration queue_max;
  for (const BandwidthSample& sample : run.samples()) {
    queue_max = std::max(queue_max, sample.queue_max);
    if (sample.at.us() % every.us() != 0) continue;
    std::string row(kColumns, ' ');
    row[ColumnOf(sample.link_bps, highest)] = '|';
    for (size_t i = 0; i < sample.flows.size(); ++i) {
      row[ColumnOf(sample.flows[i].target_bps, highest)] = static_cast<char>('1' + i);
    }
    row.erase(row.find_last_not_of(' ') + 1);
    text += Line("%5.1f %8.0f     ", static_cast<double>(sample.at.ms()) / 1000,
                 static_cast<double>(queue_max.us()) / 1000) +
            row + "\n";
    queue_max = Duration();
  }
  return text;
}

}  // namespace millrace
