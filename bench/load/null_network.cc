#include "null_network.h"

#include <arpa/inet.h>
#include <linux/ethtool.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "io/file_descriptor.h"

namespace millrace {

namespace {

FileDescriptor OpenControl() {
  return FileDescriptor(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
}

ifreq RequestFor(const char* device) {
  ifreq request{};
  std::strncpy(request.ifr_name, device, sizeof(request.ifr_name) - 1);
  return request;
}

// One rtnetlink request that makes a device of kind "ifb".
struct NewLink {
  nlmsghdr header;
  ifinfomsg info;
  std::array<uint8_t, 128> attributes;
};

size_t AddAttribute(NewLink& message, size_t at, uint16_t type, std::string_view text) {
  auto* attribute = reinterpret_cast<rtattr*>(message.attributes.data() + at);
  attribute->rta_type = type;
  attribute->rta_len = static_cast<uint16_t>(RTA_LENGTH(text.size() + 1));
  std::memcpy(RTA_DATA(attribute), text.data(), text.size());
  return at + RTA_ALIGN(attribute->rta_len);
}

// Sends one rtnetlink request; 0, or errno.
int AskRouting(const void* message, size_t size) {
  FileDescriptor route(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  std::array<uint8_t, 4096> answer{};
  bool sent = send(route.get(), message, size, 0) > 0 &&
              recv(route.get(), answer.data(), answer.size(), 0) > 0;
  if (!sent) GiveUp("the kernel's routing socket does not answer");
  const auto* header = reinterpret_cast<const nlmsghdr*>(answer.data());
  const auto* result = static_cast<const nlmsgerr*>(NLMSG_DATA(header));
  return header->nlmsg_type == NLMSG_ERROR ? -result->error : EPROTO;
}

// One rtnetlink request about the route of a network to ourselves.
struct LocalRoute {
  nlmsghdr header;
  rtmsg route;
  rtattr destination_head;
  in_addr destination;
  rtattr device_head;
  uint32_t device;
};

void MakeDevice(const char* name) {
  NewLink message{};
  size_t end = AddAttribute(message, 0, IFLA_IFNAME, name);
  auto* nest = reinterpret_cast<rtattr*>(message.attributes.data() + end);
  size_t nest_end = AddAttribute(message, end + RTA_LENGTH(0), IFLA_INFO_KIND, "ifb");
  nest->rta_type = IFLA_LINKINFO;
  nest->rta_len = static_cast<uint16_t>(nest_end - end);
  message.header.nlmsg_type = RTM_NEWLINK;
  message.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK;
  message.header.nlmsg_len = static_cast<uint32_t>(offsetof(NewLink, attributes) + nest_end);

  errno = AskRouting(&message, message.header.nlmsg_len);
  if (errno != 0) GiveUp("an ifb device cannot be made (the kernel needs CONFIG_IFB)");
}

void SetAddress(const FileDescriptor& control, const char* device, const char* address,
                const char* mask) {
  for (auto [request_code, text] : {std::pair<unsigned long, const char*>{SIOCSIFADDR, address},
                                    std::pair<unsigned long, const char*>{SIOCSIFNETMASK, mask}}) {
    ifreq request = RequestFor(device);
    auto* ipv4 = reinterpret_cast<sockaddr_in*>(&request.ifr_addr);
    ipv4->sin_family = AF_INET;
    inet_pton(AF_INET, text, &ipv4->sin_addr);
    if (ioctl(control.get(), request_code, &request) != 0) GiveUp("a device gets no address");
  }
}

void BringUp(const FileDescriptor& control, const char* device) {
  ifreq request = RequestFor(device);
  if (ioctl(control.get(), SIOCGIFFLAGS, &request) != 0) GiveUp("a device has no flags");
  request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP | IFF_RUNNING);
  if (ioctl(control.get(), SIOCSIFFLAGS, &request) != 0) GiveUp("a device does not come up");
}

bool AskDriver(const FileDescriptor& control, const char* device, void* command) {
  ifreq request = RequestFor(device);
  request.ifr_data = static_cast<char*>(command);
  return ioctl(control.get(), SIOCETHTOOL, &request) == 0;
}

// How many offload features the driver names, and the place of one of them.
struct FeatureIndex {
  uint32_t count = 0;
  uint32_t index = 0;
  bool found = false;
};

FeatureIndex FindFeature(const FileDescriptor& control, const char* device, std::string_view name) {
  std::vector<uint8_t> size_buffer(sizeof(ethtool_sset_info) + sizeof(uint32_t));
  auto* size = reinterpret_cast<ethtool_sset_info*>(size_buffer.data());
  size->cmd = ETHTOOL_GSSET_INFO;
  size->sset_mask = 1ull << ETH_SS_FEATURES;
  if (!AskDriver(control, device, size) || size->sset_mask == 0) return {};
  uint32_t count = 0;
  std::memcpy(&count, size_buffer.data() + sizeof(ethtool_sset_info), sizeof(count));

  std::vector<uint8_t> names_buffer(sizeof(ethtool_gstrings) + size_t{count} * ETH_GSTRING_LEN);
  auto* names = reinterpret_cast<ethtool_gstrings*>(names_buffer.data());
  names->cmd = ETHTOOL_GSTRINGS;
  names->string_set = ETH_SS_FEATURES;
  names->len = count;
  if (!AskDriver(control, device, names)) return {};
  for (uint32_t i = 0; i < count; ++i) {
    const char* text = reinterpret_cast<const char*>(names_buffer.data()) +
                       sizeof(ethtool_gstrings) + size_t{i} * ETH_GSTRING_LEN;
    if (std::string_view(text, strnlen(text, ETH_GSTRING_LEN)) == name) return {count, i, true};
  }
  return {};
}

}  // namespace

void GiveUp(const std::string& sentence) {
  std::fprintf(stderr, "millrace-load: %s: %s\n", sentence.c_str(), std::strerror(errno));
  std::exit(1);
}

NullNetwork::NullNetwork() {
  if (unshare(CLONE_NEWNET) != 0) {
    GiveUp("a network namespace of its own needs root (CAP_SYS_ADMIN); run it with sudo");
  }
  FileDescriptor control = OpenControl();
  BringUp(control, "lo");
  MakeDevice(kDevice);
  SetAddress(control, kDevice, kLocalAddress, "255.255.0.0");
  BringUp(control, kDevice);
}

bool NullNetwork::SetDeviceSegmentation(bool on) const {
  FileDescriptor control = OpenControl();
  FeatureIndex feature = FindFeature(control, kDevice, "tx-udp-segmentation");
  if (!feature.found) return false;
  size_t blocks = (feature.count + 31) / 32;
  std::vector<uint8_t> buffer(sizeof(ethtool_sfeatures) +
                              blocks * sizeof(ethtool_set_features_block));
  auto* features = reinterpret_cast<ethtool_sfeatures*>(buffer.data());
  features->cmd = ETHTOOL_SFEATURES;
  features->size = static_cast<uint32_t>(blocks);
  ethtool_set_features_block block{};
  block.valid = 1u << (feature.index % 32);
  block.requested = on ? block.valid : 0;
  std::memcpy(buffer.data() + sizeof(ethtool_sfeatures) +
                  (feature.index / 32) * sizeof(ethtool_set_features_block),
              &block, sizeof(block));
  return AskDriver(control, kDevice, features);
}

void NullNetwork::SetDelivery(bool on) const {
  LocalRoute message{};
  message.header.nlmsg_len = sizeof(message);
  message.header.nlmsg_type = on ? RTM_NEWROUTE : RTM_DELROUTE;
  message.header.nlmsg_flags =
      static_cast<uint16_t>(NLM_F_REQUEST | NLM_F_ACK | (on ? NLM_F_CREATE : 0));
  message.route.rtm_family = AF_INET;
  message.route.rtm_dst_len = 16;
  message.route.rtm_table = RT_TABLE_LOCAL;
  message.route.rtm_protocol = RTPROT_BOOT;
  message.route.rtm_scope = RT_SCOPE_HOST;
  message.route.rtm_type = RTN_LOCAL;
  message.destination_head = {.rta_len = RTA_LENGTH(sizeof(in_addr)), .rta_type = RTA_DST};
  inet_pton(AF_INET, (std::string(kRemotePrefix) + "0.0").c_str(), &message.destination);
  message.device_head = {.rta_len = RTA_LENGTH(sizeof(uint32_t)), .rta_type = RTA_OIF};
  message.device = if_nametoindex("lo");
  errno = AskRouting(&message, sizeof(message));
  bool was_so = errno == (on ? EEXIST : ESRCH);
  if (errno != 0 && !was_so) GiveUp("the route to the peers cannot be changed");
}

}  // namespace millrace
