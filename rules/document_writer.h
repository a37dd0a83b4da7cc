// The parts of the rules document, from the model to JSON: the inverse of document_reader.h. A
// field at its default is left out, and decimals are strings when they are no whole numbers. Inside
// the library only.
#ifndef XSELL_RULES_DOCUMENT_WRITER_H_
#define XSELL_RULES_DOCUMENT_WRITER_H_

#include "rules/catalogue.h"
#include "rules/model.h"
#include "rules/strict_json.h"

namespace xsell::rules {

JsonValue write_policy(const Policy& policy);
JsonValue write_item_list(const ItemList& list);
JsonValue write_condition(const Condition& condition);
JsonValue write_offer(const Offer& offer);
JsonValue write_rule(const Rule& rule);
JsonValue write_item(const Item& item);
JsonValue write_category(const Category& category);

}  // namespace xsell::rules

#endif  // XSELL_RULES_DOCUMENT_WRITER_H_
