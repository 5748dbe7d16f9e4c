// SIGTERM and SIGINT as something to wait for, without handlers or global state.
//
//   TerminationSignals signals;         // before any thread starts
//   …
//   signals.Await();                    // until somebody asks this process to end
//
// Thread safety: Await and AwaitFor from one thread at a time.
#ifndef ENTENTE_CLIENTS_CLI_SIGNALS_H_
#define ENTENTE_CLIENTS_CLI_SIGNALS_H_

#include <csignal>
#include <string_view>

namespace entente::cli {

// While it lives, the two signals are kept from the thread that made it and from all threads that
// start later.
class TerminationSignals {
 public:
  TerminationSignals();
  ~TerminationSignals();  // in the thread that made it
  TerminationSignals(const TerminationSignals&) = delete;
  TerminationSignals& operator=(const TerminationSignals&) = delete;

  // Waits for one and gives its name. From then on the next one ends the process at once, so that
  // an impatient second Ctrl-C works.
  std::string_view Await();

  // The same for at most `milliseconds`; false if none came.
  bool AwaitFor(int milliseconds);

 private:
  void LetNextThrough();

  sigset_t signals_;
  sigset_t before_;
};

}  // namespace entente::cli

#endif  // ENTENTE_CLIENTS_CLI_SIGNALS_H_
