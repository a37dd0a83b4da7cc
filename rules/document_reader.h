// The parts of the rules document, from JSON to the model; authored files and release lines share
// them. Inside the library only. Fails: by findings in the context; what could be read is set, all
// else keeps its default.
#ifndef XSELL_RULES_DOCUMENT_READER_H_
#define XSELL_RULES_DOCUMENT_READER_H_

#include "rules/catalogue.h"
#include "rules/model.h"
#include "rules/object_reader.h"

namespace xsell::rules {

void read_policy(DocumentContext& context, const JsonValue& value, const FieldPath& path,
                 Policy& out);
void read_item_list(ObjectReader& reader, ItemList& out);
void read_item_set(DocumentContext& context, const JsonValue& value, const FieldPath& path,
                   std::string_view name, ItemSet& out);
void read_selector(ObjectReader& reader, ItemSelector& out);
void read_segments(DocumentContext& context, const JsonValue& value, const FieldPath& path,
                   SegmentTest& out);
void read_money(DocumentContext& context, const JsonValue& value, const FieldPath& path,
                Money& out);
void read_condition(DocumentContext& context, const JsonValue& value, const FieldPath& path,
                    Condition& out);
void read_offer(DocumentContext& context, const JsonValue& value, const FieldPath& path,
                Offer& out);
void read_rule(DocumentContext& context, const JsonValue& value, const FieldPath& path, Rule& out);
void read_item(DocumentContext& context, const JsonValue& value, const FieldPath& path, Item& out);
void read_category(DocumentContext& context, const JsonValue& value, const FieldPath& path,
                   Category& out);

}  // namespace xsell::rules

#endif  // XSELL_RULES_DOCUMENT_READER_H_
