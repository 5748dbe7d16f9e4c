#include "clients/cli/signals.h"

#include <pthread.h>

#include <ctime>

namespace entente::cli {

TerminationSignals::TerminationSignals() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGTERM);
  sigaddset(&signals_, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals_, &before_);
}

TerminationSignals::~TerminationSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

// A signal goes to any thread that does not block it: this one, from here on.
void TerminationSignals::LetNextThrough() { pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr); }

std::string_view TerminationSignals::Await() {
  int signal = 0;
  sigwait(&signals_, &signal);
  LetNextThrough();
  return signal == SIGINT ? "SIGINT" : "SIGTERM";
}

bool TerminationSignals::AwaitFor(int milliseconds) {
  const timespec limit{milliseconds / 1000, (milliseconds % 1000) * 1'000'000L};
  if (sigtimedwait(&signals_, nullptr, &limit) < 0) return false;
  LetNextThrough();
  return true;
}

}  // namespace entente::cli
