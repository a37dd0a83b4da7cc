#ifndef XSELL_OFFLINE_CACHE_SCHEMAS_H_
#define XSELL_OFFLINE_CACHE_SCHEMAS_H_

#include <span>

#include "offline_cache/migrations.h"

namespace xsell::offline_cache {

// From migrations/{trust,lane,rules}/NNN_name.sql.
extern const std::span<const Migration> kTrustMigrations;
extern const std::span<const Migration> kLaneMigrations;
extern const std::span<const Migration> kRulesMigrations;

}  // namespace xsell::offline_cache

#endif  // XSELL_OFFLINE_CACHE_SCHEMAS_H_
