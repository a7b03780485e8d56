#pragma once

#include "wire/dependency_descriptor.h"

namespace millrace {

// What a packet's dependency descriptor says, and the structure that says it; borrowed for a call.
struct DependencyFrame {
  const DependencyDescriptor& descriptor;
  const DependencyStructure& structure;
};

}  // namespace millrace
