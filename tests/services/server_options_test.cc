// Goal: a server never listens where others can reach it without somebody having said so, and wrong
// options are told before anything starts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"
#include "services/server.h"

namespace entente::services {
namespace {

using ::testing::HasSubstr;

absl::Status StartWith(const ServerOptions& options) {
  graph::StoreOptions store_options;
  store_options.in_memory = true;
  const auto store = graph::Store::Open(store_options);
  if (!store.ok()) return store.status();
  Log log(nullptr);
  const v1::Ontology ontology;
  return Server::Start(options, Backend{store->get(), nullptr, &ontology, &log}).status();
}

TEST(IsLoopbackAddressTest, KnowsLoopback) {
  for (const char* address :
       {"127.0.0.1:7474", "127.1.2.3:0", "localhost:1", "[::1]:7474", "unix:/run/entente.sock"}) {
    const auto loopback = IsLoopbackAddress(address);
    ASSERT_TRUE(loopback.ok()) << address;
    EXPECT_TRUE(*loopback) << address;
  }
}

TEST(IsLoopbackAddressTest, KnowsTheRest) {
  for (const char* address : {"0.0.0.0:7474", "[::]:7474", "192.168.1.2:1", "example.org:7474",
                              "127.0.0.1.example.org:80", "127.0.0.256:80"}) {
    const auto loopback = IsLoopbackAddress(address);
    ASSERT_TRUE(loopback.ok()) << address;
    EXPECT_FALSE(*loopback) << address;
  }
}

TEST(IsLoopbackAddressTest, RefusesWhatIsNoAddress) {
  for (const char* address : {"", "7474", "localhost", ":7474", "host:", "host:99999", "host:x"}) {
    EXPECT_EQ(IsLoopbackAddress(address).status().code(), absl::StatusCode::kInvalidArgument)
        << address;
  }
}

TEST(ServerOptionsTest, AnOpenAddressNeedsTlsOrInsecure) {
  ServerOptions options;
  options.address = "0.0.0.0:0";
  const absl::Status status = StartWith(options);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(MessageOf(status)), HasSubstr("--insecure"));
  options.insecure = true;
  EXPECT_TRUE(StartWith(options).ok());
}

TEST(ServerOptionsTest, ACertificateNeedsItsKey) {
  ServerOptions options;
  options.tls_certificate_file = "server.pem";
  EXPECT_EQ(StartWith(options).code(), absl::StatusCode::kInvalidArgument);
}

TEST(ServerOptionsTest, AMissingCertificateIsNamed) {
  ServerOptions options;
  options.tls_certificate_file = "/nowhere/server.pem";
  options.tls_key_file = "/nowhere/server.key";
  const absl::Status status = StartWith(options);
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(MessageOf(status)), HasSubstr("/nowhere/server.pem"));
}

TEST(ServerOptionsTest, LimitsHaveRanges) {
  ServerOptions options;
  options.max_calls = 0;
  const absl::Status status = StartWith(options);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(MessageOf(status)), HasSubstr("max_calls is 0"));
}

TEST(ServerOptionsTest, AnAddressInUseIsToldAndNotShared) {
  graph::StoreOptions store_options;
  store_options.in_memory = true;
  const auto store = graph::Store::Open(store_options);
  ASSERT_TRUE(store.ok());
  Log log(nullptr);
  const v1::Ontology ontology;
  ServerOptions options;
  options.address = "127.0.0.1:0";
  const auto first = Server::Start(options, Backend{store->get(), nullptr, &ontology, &log});
  ASSERT_TRUE(first.ok()) << first.status();
  options.address = Cat("127.0.0.1:", (*first)->port());
  EXPECT_EQ(StartWith(options).code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace entente::services
