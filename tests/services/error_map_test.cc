#include "services/error_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "base/status.h"
#include "base/utf8.h"

namespace entente::services {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class ErrorMapTest : public ::testing::Test {
 protected:
  std::ostringstream logged_;
  Log log_{&logged_};
  ErrorMap clean_{&log_, ErrorDetail::kClean};
  ErrorMap whole_{&log_, ErrorDetail::kWhole};
};

TEST_F(ErrorMapTest, OkStaysOkBothWays) {
  EXPECT_TRUE(clean_.ToGrpc(absl::OkStatus(), "X.Y").ok());
  EXPECT_TRUE(FromGrpc(grpc::Status::OK).ok());
  EXPECT_THAT(logged_.str(), IsEmpty());
}

TEST_F(ErrorMapTest, EveryCodeSurvivesTheWayThereAndBack) {
  for (int code = 1; code <= 16; ++code) {
    const auto status = MakeStatus(static_cast<absl::StatusCode>(code), "why");
    EXPECT_EQ(FromGrpc(clean_.ToGrpc(status, "X.Y")).code(), status.code()) << code;
  }
}

TEST_F(ErrorMapTest, TheCallersErrorIsSentWholeAndNotLogged) {
  const grpc::Status sent = clean_.ToGrpc(InvalidArgument("page_size is -1"), "X.Y");
  EXPECT_EQ(sent.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(sent.error_message(), "page_size is -1");
  EXPECT_THAT(logged_.str(), IsEmpty());
}

TEST_F(ErrorMapTest, OurFaultIsLoggedWholeAndSentClean) {
  const grpc::Status sent = clean_.ToGrpc(DataLoss("/srv/news.db/000012.sst: bad block"), "X.Get");
  EXPECT_EQ(sent.error_code(), grpc::StatusCode::DATA_LOSS);
  EXPECT_THAT(sent.error_message(), Not(HasSubstr("/srv")));
  EXPECT_THAT(sent.error_message(), HasSubstr("reference 1"));
  EXPECT_THAT(logged_.str(), HasSubstr("reference 1: X.Get"));
  EXPECT_THAT(logged_.str(), HasSubstr("/srv/news.db/000012.sst: bad block"));
}

TEST_F(ErrorMapTest, EachFaultHasItsOwnReference) {
  clean_.ToGrpc(Internal("a"), "X.Y");
  EXPECT_THAT(clean_.ToGrpc(Internal("b"), "X.Y").error_message(), HasSubstr("reference 2"));
}

TEST_F(ErrorMapTest, WhatTheOperatorMustMendIsSentAndLogged) {
  const grpc::Status sent = clean_.ToGrpc(ResourceExhausted("the disk is full"), "X.Y");
  EXPECT_EQ(sent.error_message(), "the disk is full");
  EXPECT_THAT(logged_.str(), HasSubstr("WARNING X.Y"));
}

TEST_F(ErrorMapTest, InOneProcessTheWholeIsSent) {
  EXPECT_EQ(whole_.ToGrpc(Internal("key 7 is missing"), "X.Y").error_message(), "key 7 is missing");
  EXPECT_THAT(logged_.str(), IsEmpty());
}

TEST_F(ErrorMapTest, LongMessagesAreCutBetweenCharacters) {
  std::string message = "a";
  while (message.size() < 3 * kMaxErrorMessageBytes) message += "é";
  const std::string sent = clean_.ToGrpc(InvalidArgument(message), "X.Y").error_message();
  EXPECT_LE(sent.size(), kMaxErrorMessageBytes + 3);
  EXPECT_TRUE(IsValidUtf8(sent));
}

TEST_F(ErrorMapTest, BytesThatAreNotUtf8DoNotReachTheWire) {
  EXPECT_TRUE(IsValidUtf8(clean_.ToGrpc(InvalidArgument("\xff\xfe"), "X.Y").error_message()));
}

}  // namespace
}  // namespace entente::services
