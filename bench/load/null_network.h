#pragma once

#include <string>

namespace millrace {

// A network namespace of this process and its children, with a device that throws away what is sent
// through it: the sender pays for the whole path down to the driver, and nobody pays for a
// receiver. It goes away with the last process in it.
class NullNetwork {
 public:
  // Where the worker's outgoing sockets are bound, and a network whose every other address is
  // swallowed by the device.
  static constexpr const char* kLocalAddress = "10.99.0.1";
  static constexpr const char* kRemotePrefix = "10.99.";

  // Moves this process into it. Ends the program with a sentence when it may not (root is needed).
  NullNetwork();

  // Whether the device cuts large sends itself, as a network card can, or leaves it to the kernel.
  // False: this device cannot be told.
  [[nodiscard]] bool SetDeviceSegmentation(bool on) const;

  // Whether packets to kRemotePrefix reach sockets of this namespace that are bound there, instead
  // of being thrown away; for hand-shakes before a measurement.
  void SetDelivery(bool on) const;

 private:
  static constexpr const char* kDevice = "millrace0";
};

// Ends the program with a sentence and what the system says.
[[noreturn]] void GiveUp(const std::string& sentence);

}  // namespace millrace
