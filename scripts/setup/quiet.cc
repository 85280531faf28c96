// Compiled into the addon: keeps TensorFlow's start-up chatter out of notebooks and logs.
//
// TensorFlow logs through Abseil, which prints everything until it is initialised, whatever
// TF_CPP_MIN_LOG_LEVEL says, and it logs while its library is being loaded. So this constructor has to run
// before the library's own (the addon is linked with -z initfirst) and raises the lowest level that is logged.
// What an operation returns doesn't pass through the log: errors reach JavaScript as exceptions at any level.
#include <cstdlib>

#include "absl/base/log_severity.h"
#include "absl/log/globals.h"

namespace {

struct Quiet {
  Quiet() {
    const char* chosen = std::getenv("TF_CPP_MIN_LOG_LEVEL");
    // 0 information, 1 warnings, 2 errors (unless asked otherwise), 3 fatal errors only.
    int level = chosen != nullptr && *chosen != '\0' ? std::atoi(chosen) : 2;
    if (level < 0) level = 0;
    if (level > 3) level = 3;
    absl::SetMinLogLevel(static_cast<absl::LogSeverityAtLeast>(level));
  }
};

const Quiet quiet;

}  // namespace
