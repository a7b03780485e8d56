// Holds the compiled schema of the channel against the published contract: same slots, types,
// defaults and marks, whatever the schema's own files look like.
#include <flatbuffers/reflection_generated.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace millrace {
namespace {

using Json = nlohmann::json;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Names never travel, so only their spelling may differ: user_name, userName and USER_NAME agree.
std::string Spelling(std::string name) {
  std::erase(name, '_');
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name;
}

// The contract's name of one of our types.
std::string ContractName(const std::string& ours) {
  const std::string prefix = "Millrace.Schema.";
  return ours.starts_with(prefix) ? "FBS." + ours.substr(prefix.size()) : ours;
}

// Ours alone, and all of it: one namespace of tables, one method, one answer. Nothing else may
// stand in the schema that the contract does not have.
constexpr char kExtensionTables[] = "FBS.Counters.";
constexpr int64_t kFirstExtension = 200;
const std::map<std::string, std::map<int64_t, std::string>> kExtensions = {
    {"FBS.Request.Method", {{200, "workergetcounters"}}},
    {"FBS.Response.Body", {{200, "FBS.Counters.GetCountersResponse"}}},
};

// What an enum or union of the schema has beyond the contract's, which is taken out of it.
std::map<int64_t, std::string> TakeExtensions(std::map<int64_t, std::string>& values) {
  std::map<int64_t, std::string> extensions(values.lower_bound(kFirstExtension), values.end());
  values.erase(values.lower_bound(kFirstExtension), values.end());
  return extensions;
}

std::map<int64_t, std::string> ExtensionsOf(const std::string& name) {
  auto found = kExtensions.find(name);
  return found == kExtensions.end() ? std::map<int64_t, std::string>() : found->second;
}

class SchemaTest : public testing::Test {
 protected:
  void SetUp() override {
    binary_ = ReadFile(MILLRACE_SCHEMA_BINARY);
    flatbuffers::Verifier verifier(reinterpret_cast<const uint8_t*>(binary_.data()),
                                   binary_.size());
    ASSERT_TRUE(reflection::VerifySchemaBuffer(verifier));
    schema_ = reflection::GetSchema(binary_.data());
    contract_ = Json::parse(ReadFile(MILLRACE_TEST_DATA "/worker-protocol.json"), nullptr, false);
    ASSERT_FALSE(contract_.is_discarded());
  }

  const reflection::Enum& EnumAt(int index) const {
    return *schema_->enums()->Get(static_cast<unsigned>(index));
  }

  std::string ScalarName(reflection::BaseType type, int index) const {
    static const std::map<reflection::BaseType, std::string> kNames = {
        {reflection::Bool, "bool"},     {reflection::Byte, "int8"},
        {reflection::UByte, "uint8"},   {reflection::Short, "int16"},
        {reflection::UShort, "uint16"}, {reflection::Int, "int32"},
        {reflection::UInt, "uint32"},   {reflection::Long, "int64"},
        {reflection::ULong, "uint64"},  {reflection::Float, "float"},
        {reflection::Double, "double"}, {reflection::String, "string"},
    };
    if (type == reflection::Obj) {
      return ContractName(schema_->objects()->Get(static_cast<unsigned>(index))->name()->str());
    }
    if (type == reflection::Union) return ContractName(EnumAt(index).name()->str());
    if (type == reflection::UType) return ContractName(EnumAt(index).name()->str()) + "(type)";
    auto found = kNames.find(type);
    std::string name = found == kNames.end() ? "?" : found->second;
    return index < 0 ? name : ContractName(EnumAt(index).name()->str()) + ":" + name;
  }

  std::string TypeName(const reflection::Type& type) const {
    if (type.base_type() != reflection::Vector) return ScalarName(type.base_type(), type.index());
    return "[" + ScalarName(type.element(), type.index()) + "]";
  }

  void ExpectSameField(const reflection::Field& field, const Json& expected,
                       const std::string& where) const {
    EXPECT_EQ(Spelling(field.name()->str()), Spelling(expected["name"])) << where;
    EXPECT_EQ(field.offset(), expected["vtable_offset"].get<int>()) << where;
    EXPECT_EQ(TypeName(*field.type()), expected["type"].get<std::string>()) << where;
    EXPECT_EQ(field.required(), expected.value("required", false)) << where;
    EXPECT_EQ(field.optional(), expected.value("optional", false) || IsReference(field, expected))
        << where;
    EXPECT_FALSE(field.deprecated()) << where;
    if (expected.contains("default") && !expected["default"].is_null()) {
      ExpectSameDefault(field, expected["default"], where);
    }
  }

  // The compiler marks references that are not required as optional too; the contract marks only
  // numbers that can be absent.
  static bool IsReference(const reflection::Field& field, const Json& expected) {
    reflection::BaseType type = field.type()->base_type();
    bool reference = type == reflection::String || type == reflection::Vector ||
                     type == reflection::Obj || type == reflection::Union;
    return reference && !expected.value("required", false) && field.optional();
  }

  static void ExpectSameDefault(const reflection::Field& field, const Json& expected,
                                const std::string& where) {
    if (expected.is_number_float()) {
      EXPECT_DOUBLE_EQ(field.default_real(), expected.get<double>()) << where;
      return;
    }
    int64_t value = expected.is_boolean() ? int64_t{expected.get<bool>()} : expected.get<int64_t>();
    EXPECT_EQ(field.default_integer(), value) << where;
  }

  std::string binary_;
  const reflection::Schema* schema_ = nullptr;
  Json contract_;
};

TEST_F(SchemaTest, HasTheSameTables) {
  std::set<std::string> ours;
  for (const reflection::Object* object : *schema_->objects()) {
    EXPECT_FALSE(object->is_struct()) << object->name()->str();
    std::string name = ContractName(object->name()->str());
    if (!name.starts_with(kExtensionTables)) ours.insert(name);
  }
  std::set<std::string> theirs;
  for (const auto& [name, table] : contract_["tables"].items()) theirs.insert(name);
  EXPECT_FALSE(theirs.empty());
  EXPECT_EQ(ours, theirs);
}

TEST_F(SchemaTest, HasTheSameFieldsInEveryTable) {
  for (const reflection::Object* object : *schema_->objects()) {
    std::string name = ContractName(object->name()->str());
    if (name.starts_with(kExtensionTables)) continue;
    ASSERT_TRUE(contract_["tables"].contains(name)) << name;
    const Json& fields = contract_["tables"][name]["fields"];
    EXPECT_EQ(object->fields()->size(), fields.size()) << name;
    std::map<int, const reflection::Field*> by_id;
    for (const reflection::Field* field : *object->fields()) by_id[field->id()] = field;
    for (const Json& expected : fields) {
      auto found = by_id.find(expected["id"].get<int>());
      ASSERT_NE(found, by_id.end()) << name << " " << expected.dump();
      ExpectSameField(*found->second, expected, name + "." + expected["name"].get<std::string>());
    }
  }
}

TEST_F(SchemaTest, HasTheSameEnums) {
  size_t compared = 0;
  for (const reflection::Enum* ours : *schema_->enums()) {
    if (ours->is_union()) continue;
    std::string name = ContractName(ours->name()->str());
    ASSERT_TRUE(contract_["enums"].contains(name)) << name;
    const Json& expected = contract_["enums"][name];
    EXPECT_EQ(ScalarName(ours->underlying_type()->base_type(), -1),
              expected["underlying"].get<std::string>());
    std::map<int64_t, std::string> values;
    for (const reflection::EnumVal* value : *ours->values()) {
      values[value->value()] = Spelling(value->name()->str());
    }
    std::map<int64_t, std::string> expected_values;
    for (const auto& [value_name, value] : expected["values"].items()) {
      expected_values[value.get<int64_t>()] = Spelling(value_name);
    }
    EXPECT_EQ(TakeExtensions(values), ExtensionsOf(name)) << name;
    EXPECT_EQ(values, expected_values) << name;
    ++compared;
  }
  EXPECT_EQ(compared, contract_["enums"].size());
}

TEST_F(SchemaTest, HasTheSameUnions) {
  size_t compared = 0;
  for (const reflection::Enum* ours : *schema_->enums()) {
    if (!ours->is_union()) continue;
    std::string name = ContractName(ours->name()->str());
    ASSERT_TRUE(contract_["unions"].contains(name)) << name;
    std::map<int64_t, std::string> members;
    for (const reflection::EnumVal* value : *ours->values()) {
      const reflection::Type& type = *value->union_type();
      members[value->value()] =
          type.base_type() == reflection::None ? "" : ScalarName(type.base_type(), type.index());
    }
    std::map<int64_t, std::string> expected;
    for (const Json& member : contract_["unions"][name]["members"]) {
      expected[member["value"].get<int64_t>()] =
          member["type"].is_null() ? "" : member["type"].get<std::string>();
    }
    EXPECT_EQ(TakeExtensions(members), ExtensionsOf(name)) << name;
    EXPECT_EQ(members, expected) << name;
    ++compared;
  }
  EXPECT_EQ(compared, contract_["unions"].size());
}

TEST_F(SchemaTest, HasTheSameRoot) {
  ASSERT_NE(schema_->root_table(), nullptr);
  EXPECT_EQ(ContractName(schema_->root_table()->name()->str()),
            contract_["root"].get<std::string>());
  // A file identifier would be bytes that the other side does not expect.
  EXPECT_TRUE(schema_->file_ident() == nullptr || schema_->file_ident()->size() == 0);
}

}  // namespace
}  // namespace millrace
