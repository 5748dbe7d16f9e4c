// Directories of stores: whose they are, and how one takes its place whole. What backup and restore
// make is written beside its place, made durable, and only then given its name, in one step of the
// file system: whoever is killed in between leaves what was there, and a neighbour that ends in
// ".unfinished", which the next attempt removes.
//
//   const std::string neighbour = UnfinishedName(path);
//   … write into neighbour …
//   ENTENTE_RETURN_IF_ERROR(SyncTree(neighbour));
//   ENTENTE_RETURN_IF_ERROR(MoveFolder(neighbour, path));
//
// Thread safety: the functions keep no state; a DirectoryLock belongs to one thread at a time.
#ifndef ENTENTE_GRAPH_STORE_FOLDER_H_
#define ENTENTE_GRAPH_STORE_FOLDER_H_

#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"

namespace entente::graph {

// Names within a store's directory.
inline constexpr char kHeadName[] = "HEAD";
inline constexpr char kLockName[] = "LOCK";
inline constexpr char kDatabaseName[] = "db";

// Holds a directory against other processes, and other stores of this one, until it is destroyed.
class DirectoryLock {
 public:
  // FAILED_PRECONDITION (in use), PERMISSION_DENIED, UNAVAILABLE.
  static absl::StatusOr<std::unique_ptr<DirectoryLock>> Take(const std::string& directory);
  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

 private:
  explicit DirectoryLock(int fd) : fd_(fd) {}
  int fd_;
};

// "backups/monday" for "backups/monday/": names of neighbours are made of it.
std::string WithoutSlash(std::string_view path);

// Beside `path`, which has no slash at its end.
std::string UnfinishedName(const std::string& path);

// True if `inner` is the directory `outer` or would lie in it; links are followed.
bool LiesWithin(const std::string& inner, const std::string& outer);

// Makes every file and directory of a tree survive a loss of power. UNAVAILABLE.
absl::Status SyncTree(const std::string& path);

// Renames a directory to a name that nothing has, and makes that durable. UNAVAILABLE.
absl::Status MoveFolder(const std::string& from, const std::string& to);

// Lets two directories change names in one step, and makes that durable. UNIMPLEMENTED: this file
// system cannot. UNAVAILABLE.
absl::Status ExchangeFolders(const std::string& a, const std::string& b);

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_STORE_FOLDER_H_
