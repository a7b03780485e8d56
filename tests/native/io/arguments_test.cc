#include "io/arguments.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <initializer_list>
#include <string>
#include <vector>

namespace millrace {
namespace {

Result<Arguments> Parse(std::initializer_list<std::string_view> texts) {
  std::vector<std::string_view> arguments(texts);
  return ParseArguments(arguments);
}

uint32_t Bit(LogTag tag) { return 1u << static_cast<uint32_t>(tag); }

TEST(ArgumentsTest, NoneGiveTheDefaults) {
  Result<Arguments> parsed = Parse({});
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed.value().settings.log_level, LogLevel::kError);
  EXPECT_FALSE(parsed.value().settings.log_off);
  EXPECT_EQ(parsed.value().settings.rtc_min_port, 10000);
  EXPECT_EQ(parsed.value().settings.rtc_max_port, 59999);
}

TEST(ArgumentsTest, AreTakenWithOneDashOrTwo) {
  Result<Arguments> parsed = Parse({"-logLevel=warn", "--rtcMinPort=40000", "-rtcMaxPort=40100"});
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed.value().settings.log_level, LogLevel::kWarn);
  EXPECT_EQ(parsed.value().settings.rtc_min_port, 40000);
  EXPECT_EQ(parsed.value().settings.rtc_max_port, 40100);
}

TEST(ArgumentsTest, MayBeAbbreviatedWhileOnlyOneSettingFits) {
  Result<Arguments> parsed = Parse({"--logTag=ice", "--logT=dtls", "--rtcMi=2000", "--lib=x/y"});
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed.value().settings.log_tags, Bit(LogTag::kIce) | Bit(LogTag::kDtls));
  EXPECT_EQ(parsed.value().settings.rtc_min_port, 2000);
  EXPECT_FALSE(Parse({"--log=x"}).ok());
  EXPECT_FALSE(Parse({"--rtcM=1"}).ok());
  EXPECT_FALSE(Parse({"--=x"}).ok());
}

TEST(ArgumentsTest, KnowEveryLogTagOfTheContract) {
  for (std::string tag : {"info", "ice", "dtls", "rtp", "srtp", "rtcp", "rtx", "bwe", "score",
                          "simulcast", "svc", "sctp", "message"}) {
    EXPECT_TRUE(Parse({"--logTags=" + tag}).ok()) << tag;
  }
}

TEST(ArgumentsTest, LevelNoneSilencesErrorsToo) {
  Result<Arguments> parsed = Parse({"--logLevel=none"});
  ASSERT_TRUE(parsed.ok());
  EXPECT_TRUE(parsed.value().settings.log_off);
}

TEST(ArgumentsTest, WrongOnesAreRefused) {
  for (std::string_view text :
       {"--unknown=1", "--logLevel=loud", "--logTags=everything", "--rtcMinPort=65536",
        "--rtcMinPort=0", "--rtcMinPort=-1", "--rtcMinPort=12x", "--rtcMinPort=", "--logLevel",
        "logLevel=warn", "--loglevel=warn", ""}) {
    EXPECT_FALSE(Parse({text}).ok()) << text;
  }
  EXPECT_FALSE(Parse({"--rtcMinPort=200", "--rtcMaxPort=100"}).ok());
}

TEST(ArgumentsTest, ACertificateComesWithItsKeyAndFromFilesThatExist) {
  std::string name = testing::TempDir() + "millrace_pem_" + std::to_string(getpid());
  std::FILE* file = std::fopen(name.c_str(), "w");
  ASSERT_NE(file, nullptr);
  std::fputs("PEM", file);
  std::fclose(file);
  WorkerSettings settings;

  EXPECT_TRUE(ReadCertificate("", "", settings).ok());
  EXPECT_FALSE(settings.dtls_certificate.has_value());
  EXPECT_FALSE(ReadCertificate(name, "", settings).ok());
  EXPECT_FALSE(ReadCertificate(name, name + ".missing", settings).ok());
  EXPECT_TRUE(ReadCertificate(name, name, settings).ok());
  EXPECT_EQ(settings.dtls_certificate, "PEM");
  EXPECT_EQ(settings.dtls_private_key, "PEM");
  std::remove(name.c_str());
}

}  // namespace
}  // namespace millrace
