// The `entente` binary. See program.h.
#include "clients/cli/program.h"

int main(int argc, char** argv) {
  return entente::cli::Main(std::vector<std::string>(argv + 1, argv + argc));
}
