// Parses any bytes as RTP, reads every part, and writes the packet again: it must say the same.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "wire/rtp_extensions.h"
#include "wire/rtp_view.h"
#include "wire/rtp_writer.h"

namespace {

void ExpectEqual(millrace::Bytes a, millrace::Bytes b) {
  if (!std::equal(a.begin(), a.end(), b.begin(), b.end())) std::abort();
}

void ExpectWithin(millrace::Bytes part, millrace::Bytes whole) {
  if (part.empty()) return;
  if (part.data() < whole.data()) std::abort();
  if (part.data() + part.size() > whole.data() + whole.size()) std::abort();
}

void WriteAgain(const millrace::RtpView& view) {
  std::vector<uint8_t> bytes(view.bytes().size() + 600);
  millrace::RtpHeader header{.payload_type = view.payload_type(),
                             .marker = view.marker(),
                             .sequence_number = view.sequence_number(),
                             .timestamp = view.timestamp(),
                             .ssrc = view.ssrc(),
                             .csrcs = view.csrcs()};
  millrace::RtpWriter writer(bytes, header);
  size_t elements = 0;
  view.ForEachExtension([&](uint8_t id, millrace::Bytes value) {
    if (elements++ < millrace::RtpWriter::kExtensionsMax) writer.AddExtension(id, value);
  });
  size_t size = writer.Finish(view.payload(), static_cast<uint8_t>(view.padding_size()));
  auto again = millrace::RtpView::Parse(millrace::Bytes(bytes).first(size));
  if (!again || again->ssrc() != view.ssrc() || again->marker() != view.marker()) std::abort();
  if (again->sequence_number() != view.sequence_number()) std::abort();
  if (again->padding_size() != view.padding_size()) std::abort();
  ExpectEqual(again->payload(), view.payload());
  ExpectEqual(again->csrcs(), view.csrcs());
  if (elements > millrace::RtpWriter::kExtensionsMax) return;
  again->ForEachExtension([&](uint8_t id, millrace::Bytes value) {
    bool found = false;
    view.ForEachExtension([&](uint8_t other_id, millrace::Bytes other) {
      found |= id == other_id && std::equal(value.begin(), value.end(), other.begin(), other.end());
    });
    if (!found) std::abort();
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  millrace::Bytes packet(data, size);
  (void)millrace::RtpView::ParseSealed(packet);
  auto view = millrace::RtpView::Parse(packet);
  if (!view) return 0;
  if (view->header_size() + view->payload().size() + view->padding_size() != size) std::abort();
  view->ForEachExtension([&](uint8_t, millrace::Bytes value) { ExpectWithin(value, packet); });
  auto extensions = millrace::ReadRtpExtensions(*view, millrace::RtpExtensionIds::Internal());
  ExpectWithin(extensions.dependency_descriptor, packet);
  WriteAgain(*view);
  return 0;
}
